#!/usr/bin/env python3
"""The cost of HTTP: the memory of idle connections, and the time that it adds to a call.

    benches/drive/over_http.py [BINARY] [--json FILE] [--check]

The binary runs against its own sandbox. --check fails if program and 1,000 idle connections need more than 40 MB, or if
HTTP adds more than 0.4 ms (median) to a call. The time of the call inside the process comes from the program's metrics.
The call is answered from its arguments alone, so that no rate limit of HighLevel affects it.
"""

import argparse
import http.client
import json
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import time

CONNECTIONS = 1_000
CALLS = 2_000
CALL = {"name": "ghl_get_contact", "arguments": {"nonsense": 1}}
HEADERS = {"content-type": "application/json", "accept": "application/json, text/event-stream"}


def memory(pid: int) -> dict[str, float]:
    """Resident memory in MB: all of it, and without the pages of the binary."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        kilobytes = dict(re.findall(r"^(VmRSS|RssAnon):\s+(\d+) kB", status.read(), re.MULTILINE))
    return {name: int(value) / 1024 for name, value in kilobytes.items()}


def message(method: str, params: dict) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()


def start(binary: str) -> tuple[subprocess.Popen, str, int]:
    command = [binary, "http", "--sandbox", "--log", "error", "--listen", "127.0.0.1:0"]
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    host, port = re.search(r"http://([^:]+):(\d+)/mcp", program.stderr.readline()).groups()
    return program, host, int(port)


def idle(pid: int, host: str, port: int) -> tuple[float, float]:
    """Resident memory without and with idle connections. Each connection was answered once."""
    before = memory(pid)["VmRSS"]
    body = message("tools/list", {})
    head = f"POST /mcp HTTP/1.1\r\nhost: {host}\r\ncontent-length: {len(body)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items()) + "\r\n"
    lines = []
    for _ in range(CONNECTIONS):
        line = socket.create_connection((host, port))
        line.sendall(head.encode() + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += line.recv(65536)
        length = int(re.search(rb"content-length: (\d+)", answer).group(1))
        while len(answer.split(b"\r\n\r\n", 1)[1]) < length:
            answer += line.recv(65536)
        lines.append(line)
    after = memory(pid)["VmRSS"]
    for line in lines:
        line.close()
    return before, after


def counted(host: str, port: int) -> tuple[float, int]:
    """The seconds in calls and the number of calls by the program's metrics, without HTTP."""
    line = http.client.HTTPConnection(host, port)
    line.request("GET", "/metrics")
    page = line.getresponse().read().decode()
    name = "ghl_mcp_call_duration_seconds"
    read = lambda what: float(re.search(rf'{name}_{what}{{tool="{CALL["name"]}"}} (\S+)', page).group(1))
    return read("sum"), int(read("count"))


def latency(host: str, port: int) -> list[float]:
    """The milliseconds that a client waits on one connection, after some calls to warm up."""
    line = http.client.HTTPConnection(host, port)
    line.connect()
    line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body = message("tools/call", CALL)
    times = []
    for _ in range(CALLS + 100):
        began = time.perf_counter()
        line.request("POST", "/mcp", body, HEADERS)
        line.getresponse().read()
        times.append((time.perf_counter() - began) * 1000)
    return times[100:]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", default="target/release/ghl-contacts-mcp")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    program, host, port = start(arguments.binary)
    try:
        before, after = idle(program.pid, host, port)
        print(f"resident memory: {before:.1f} MB, with {CONNECTIONS} idle connections {after:.1f} MB")
        waited = latency(host, port)
        seconds, calls = counted(host, port)
        inside = seconds / calls * 1000
        median, slow = statistics.median(waited), statistics.quantiles(waited, n=100)[98]
        print(f"a call that asks nothing of HighLevel: median {median:.3f} ms, p99 {slow:.3f} ms; in process {inside:.3f} ms")
        added = median - inside
        print(f"HTTP, and this client in Python, add {added:.3f} ms")
    finally:
        program.terminate()
        program.wait()
    found = {
        "connections": CONNECTIONS,
        "idleMb": round(before, 1),
        "connectedMb": round(after, 1),
        "calls": CALLS,
        "insideMs": round(inside, 3),
        "medianMs": round(median, 3),
        "p99Ms": round(slow, 3),
        "addedMs": round(added, 3),
    }
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if arguments.check and (after > 40 or added > 0.4):
        print("over the bar", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
