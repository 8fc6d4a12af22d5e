#!/usr/bin/env python3
"""The cost of a start: time to the first answer, time to the end, memory, size of the binary.

benches/drive/startup.py [BINARY] [--spawns N] [--json FILE] [--check]

Prints a table, and the same as JSON. With --check it fails if the binary is larger than its bar. Times are not checked:
they depend on the machine.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

# 8.25 MB of server, and since then sign-in, doctor, install and eleven more tools.
SIZE_BAR = 11_700_000  # bytes
CLIENT = {"name": "startup", "version": "1.0.0"}
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": CLIENT,
    "io.modelcontextprotocol/clientCapabilities": {},
}
FIRST = {
    "initialize": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": CLIENT},
    "server/discover": {"_meta": META},
}


class Server:
    """A spawned server, its pipes, and when it was spawned."""

    def __init__(self, binary):
        environment = {"PATH": os.environ.get("PATH", "")}
        self.spawned = time.perf_counter()
        self.process = subprocess.Popen(
            [binary, "stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def ask(self, number, method, params):
        line = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if answer.get("id") != number or "result" not in answer:
            sys.exit(f"{method} was answered {answer}")
        return answer["result"]

    def tell(self, method):
        line = {"jsonrpc": "2.0", "method": method}
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()

    def end(self):
        """Closes stdin. Returns the seconds until the process has ended."""
        closed = time.perf_counter()
        self.process.stdin.close()
        code = self.process.wait(timeout=10)
        seconds = time.perf_counter() - closed
        self.process.stdout.close()
        if code != 0:
            sys.exit(f"the server ended with exit code {code}")
        return seconds

    def resident(self):
        """Resident memory in bytes, if the system reports it."""
        try:
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        except OSError:
            return None
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024


def measure(binary, method, spawns):
    """The seconds from spawn to the answer of `method`, and from the end of stdin to the end of the process."""
    answered, ended = [], []
    for _ in range(spawns):
        server = Server(binary)
        server.ask(1, method, FIRST[method])
        answered.append(time.perf_counter() - server.spawned)
        if method == "initialize":
            server.tell("notifications/initialized")
        ended.append(server.end())
    return answered, ended


def measure_memory(binary):
    server = Server(binary)
    server.ask(1, "initialize", FIRST["initialize"])
    server.tell("notifications/initialized")
    tools = server.ask(2, "tools/list", {})["tools"]
    resident = server.resident()
    server.end()
    return len(tools), resident


def in_milliseconds(seconds):
    tenths = statistics.quantiles(seconds, n=10, method="inclusive")
    return {"median": round(statistics.median(seconds) * 1e3, 2), "p90": round(tenths[8] * 1e3, 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", default="target/release/ghl-contacts-mcp")
    parser.add_argument("--spawns", type=int, default=20)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    if args.spawns < 2:
        parser.error("--spawns: two at least")

    measure(args.binary, "initialize", 2)  # loads the file into memory
    initialize, ended = measure(args.binary, "initialize", args.spawns)
    discover, _ = measure(args.binary, "server/discover", args.spawns)
    tools, resident = measure_memory(args.binary)
    size = os.path.getsize(args.binary)
    found = {
        "spawns": args.spawns,
        "initializeMs": in_milliseconds(initialize),
        "discoverMs": in_milliseconds(discover),
        "exitMs": in_milliseconds(ended),
        "tools": tools,
        "residentBytes": resident,
        "binaryBytes": size,
        "binaryBarBytes": SIZE_BAR,
    }

    def row(what, times):
        print(f"{what:34} {times['median']:>9.2f} ms {times['p90']:>9.2f} ms")

    print(f"{'of ' + str(args.spawns) + ' spawns':34} {'median':>12} {'p90':>12}")
    row("spawn to `initialize` answered", found["initializeMs"])
    row("spawn to `server/discover` answered", found["discoverMs"])
    row("end of stdin to exit", found["exitMs"])
    print(f"{'resident after tools/list':34} {'unknown' if resident is None else f'{resident / 1e6:9.2f} MB':>12}")
    print(f"{'binary':34} {size / 1e6:>9.2f} MB   (bar {SIZE_BAR / 1e6:.1f} MB)")
    print(json.dumps(found))
    if args.json:
        args.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if args.check and size > SIZE_BAR:
        sys.exit(f"the binary has {size:,} bytes, {size - SIZE_BAR:,} more than its bar of {SIZE_BAR:,}")


if __name__ == "__main__":
    main()
