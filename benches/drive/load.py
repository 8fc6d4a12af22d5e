#!/usr/bin/env python3
"""What a call over stdio adds, and what twenty thousand at once cost.

benches/drive/load.py [BINARY] [--rounds N] [--flood N] [--rest SECONDS] [--json FILE] [--check]

Latency: ghl_get_contact through the server against its one request made straight to the same sandbox, in turns, one at
a time; the difference is what MCP, the checks and the reading of the answer add. Flood: so many calls written at once;
each must be answered, by a contact or by `busy`. Memory is the server's own, from /proc. With --check it fails where
one of the bars is not held: 64 MB at most, below twice the idle figure after the rest, no call lost.
"""

import argparse
import collections
import http.client
import json
import pathlib
import statistics
import sys
import threading
import time

from soak import sandbox, send, start

MEGABYTE = 1024


def memory(process, field):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field))


def call(process, number, contact):
    params = {"name": "ghl_get_contact", "arguments": {"contactId": contact}}
    send(process, {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})


def some_contact(process):
    params = {"name": "ghl_get_contact", "arguments": {"email": "jane.smith@example.com"}}
    send(process, {"jsonrpc": "2.0", "id": "who", "method": "tools/call", "params": params})
    return json.loads(process.stdout.readline())["result"]["structuredContent"]["contact"]["id"]


def latency(process, settings, contact, rounds):
    straight = http.client.HTTPConnection(settings["GHL_BASE_URL"].removeprefix("http://"))
    headers = {
        "authorization": f"Bearer {settings['GHL_PIT_TOKEN']}",
        "version": "2021-07-28",
        "user-agent": "load/1",
    }
    through, direct = [], []
    for number in range(rounds):
        began = time.perf_counter()
        straight.request("GET", f"/contacts/{contact}", headers=headers)
        straight.getresponse().read()
        direct.append(time.perf_counter() - began)
        began = time.perf_counter()
        call(process, number, contact)
        process.stdout.readline()
        through.append(time.perf_counter() - began)
    added = [a - b for a, b in zip(through, direct)]
    cuts = {"p50": 50, "p90": 90, "p99": 99}
    table = {"direct_us": direct, "stdio_us": through, "added_us": added}
    return {
        name: {cut: round(statistics.quantiles(times, n=100)[at - 1] * 1e6) for cut, at in cuts.items()}
        for name, times in table.items()
    }


def flood(process, contact, count, rest):
    idle = memory(process, "VmRSS:")
    writer = threading.Thread(target=lambda: [call(process, number, contact) for number in range(count)])
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
    parser.add_argument("--rounds", type=int, default=2_000)
    parser.add_argument("--flood", type=int, default=20_000)
    parser.add_argument("--rest", type=float, default=60)
    parser.add_argument("--json")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    arguments.faults, arguments.burst = 0, 1_000_000
    upstream, settings = sandbox(arguments.binary, arguments)
    process = start(arguments.binary, settings)
    try:
        contact = some_contact(process)
        result = {
            "latency": latency(process, settings, contact, arguments.rounds),
            "flood": flood(process, contact, arguments.flood, arguments.rest),
        }
    finally:
        process.kill()
        upstream.kill()
    print(json.dumps(result, indent=2))
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(result) + "\n", encoding="utf-8")
    kib = result["flood"]["kib"]
    held = kib["peak"] <= 64 * MEGABYTE and kib["rested"] <= 2 * kib["idle"]
    if arguments.check and not (held and result["flood"]["answered"] == arguments.flood):
        sys.exit("the bars are not held")


if __name__ == "__main__":
    main()
