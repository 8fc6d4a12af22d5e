#!/usr/bin/env python3
"""The cost of 20,000 calls at once.

benches/drive/load.py [BINARY] [--flood N] [--rest SECONDS] [--json FILE] [--check]

All calls are written at once over stdio. Each must be answered: `not_found`, or `busy`. Memory is the server's resident
memory from /proc. With --check it fails above a limit: a peak of 64 MB, twice the idle memory after the rest, or a lost
call.
"""

import argparse
import collections
import json
import pathlib
import sys
import threading
import time

from crm import Crm
from soak import send, start

MEGABYTE = 1024


def memory(process, field):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field))


def call(process, number, who):
    params = {"name": "ghl_get_contact", "arguments": who}
    send(process, {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})


def flood(process, count, rest):
    """Each call asks for another contact, so that none shares a read. The answers are `not_found` or `busy`."""
    idle = memory(process, "VmRSS:")
    who = lambda number: {"email": f"flood{number}@example.com"}
    writer = threading.Thread(target=lambda: [call(process, number, who(number)) for number in range(count)])
    began = time.perf_counter()
    writer.start()
    outcomes, seen = collections.Counter(), set()
    for _ in range(count):
        answer = json.loads(process.stdout.readline())
        seen.add(answer["id"])
        result = answer["result"]
        outcomes[result["structuredContent"]["code"] if result.get("isError") else "ok"] += 1
    seconds = time.perf_counter() - began
    writer.join()
    peak, after = memory(process, "VmHWM:"), memory(process, "VmRSS:")
    time.sleep(rest)
    return {
        "calls": count,
        "answered": len(seen),
        "outcomes": dict(outcomes.most_common()),
        "seconds": round(seconds, 1),
        "kib": {"idle": idle, "peak": peak, "after": after, "rested": memory(process, "VmRSS:")},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", nargs="?", default="target/release/ghl-contacts-mcp")
    parser.add_argument("--flood", type=int, default=20_000)
    parser.add_argument("--rest", type=float, default=60)
    parser.add_argument("--json")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    crm = Crm(arguments.binary, burst=1_000_000)
    process = start(arguments.binary, crm.settings)
    try:
        call(process, "warm", {"email": "jane.smith@example.com"})
        process.stdout.readline()
        result = flood(process, arguments.flood, arguments.rest)
    finally:
        process.kill()
        crm.end()
    print(json.dumps(result, indent=2))
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(result) + "\n", encoding="utf-8")
    kib = result["kib"]
    held = kib["peak"] <= 64 * MEGABYTE and kib["rested"] <= 2 * kib["idle"]
    if arguments.check and not (held and result["answered"] == arguments.flood):
        sys.exit("a limit is exceeded")


if __name__ == "__main__":
    main()
