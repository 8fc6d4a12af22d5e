#!/usr/bin/env python3
"""A long run of the server over stdio against a sandbox that fails at random: memory, file descriptors, lost calls.

benches/drive/soak.py [BINARY] [--minutes N] [--faults PERCENT] [--burst N] [--json FILE] [--check]

Eight calls run at all times. The sandbox allows far more than HighLevel (--burst), so that the run has many calls. With
--check it fails if a call was lost, if resident memory grew by more than 1 MB in ten minutes after the first fifth of the
run, or if the number of file descriptors grew.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import time

AT_ONCE = 8
CLIENT = {"name": "soak", "version": "1.0.0"}


def sandbox(binary, arguments):
    process = subprocess.Popen(
        [binary, "sandbox", "--listen", "127.0.0.1:0", "--faults", str(arguments.faults), "--burst", str(arguments.burst)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return process, dict(process.stdout.readline().strip().split("=", 1) for _ in range(3))


def start(binary, settings):
    process = subprocess.Popen(
        [binary, "stdio", "--log", "error"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), **settings},
    )
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": CLIENT}
    send(process, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello})
    process.stdout.readline()
    send(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    return process


def send(process, message):
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()


def some_call(rng):
    email = f"soak{rng.randrange(500)}@example.com"
    return rng.choice(
        [
            ("ghl_get_contact", {"email": email}),
            ("ghl_search_contacts", {"query": "soak", "limit": 20}),
            ("ghl_upsert_contact", {"email": email, "city": f"City {rng.randrange(100)}"}),
            ("ghl_add_tags", {"email": email, "tags": [f"tag-{rng.randrange(20)}"]}),
        ]
    )


def measured(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return resident, len(os.listdir(f"/proc/{process.pid}/fd"))


def run(process, minutes):
    rng, number, waiting = random.Random(7), 0, {}
    outcomes, samples = collections.Counter(), []
    began = time.monotonic()
    end, next_sample = began + minutes * 60, began
    while True:
        now = time.monotonic()
        if now >= next_sample:
            resident, descriptors = measured(process)
            samples.append({"second": round(now - began), "kib": resident, "fds": descriptors, "calls": number})
            print(f"{samples[-1]['second']:6d} s {resident:8d} KiB {descriptors:4d} fds {number:8d} calls", flush=True)
            next_sample += max(5.0, minutes * 60 / 30)
        while now < end and len(waiting) < AT_ONCE:
            number += 1
            tool, arguments = some_call(rng)
            waiting[number] = tool
            params = {"name": tool, "arguments": arguments}
            send(process, {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})
        if not waiting:
            return number, outcomes, samples
        answer = json.loads(process.stdout.readline())
        waiting.pop(answer["id"])
        result = answer["result"]
        outcomes[result["structuredContent"]["code"] if result.get("isError") else "ok"] += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", nargs="?", default="target/release/ghl-contacts-mcp")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--faults", type=float, default=5)
    parser.add_argument("--burst", type=int, default=100_000)
    parser.add_argument("--json")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    upstream, settings = sandbox(arguments.binary, arguments)
    process = start(arguments.binary, settings)
    try:
        calls, outcomes, samples = run(process, arguments.minutes)
        process.stdin.close()
        code = process.wait(timeout=15)
    finally:
        process.kill()
        upstream.kill()
    steady = [sample for sample in samples if sample["second"] >= arguments.minutes * 12] or samples
    seconds = max(1, steady[-1]["second"] - steady[0]["second"])
    growth = (steady[-1]["kib"] - steady[0]["kib"]) * 600 / seconds
    result = {
        "minutes": arguments.minutes,
        "faults_percent": arguments.faults,
        "calls": calls,
        "answered": sum(outcomes.values()),
        "outcomes": dict(outcomes.most_common()),
        "growth_kib_in_10_minutes": round(growth),
        "fds_most": max(sample["fds"] for sample in steady),
        "fds_least": min(sample["fds"] for sample in steady),
        "exit_code": code,
    }
    print(json.dumps(result, indent=2))
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps({**result, "samples": samples}) + "\n", encoding="utf-8")
    if arguments.check:
        bad = result["answered"] != calls or code != 0 or growth > 1024
        # Connections to HighLevel are pooled: their number varies by the number of simultaneous calls.
        if bad or result["fds_most"] - result["fds_least"] > AT_ONCE:
            sys.exit("the bars are not held")


if __name__ == "__main__":
    main()
