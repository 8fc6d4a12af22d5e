#!/usr/bin/env python3
"""What a call costs, as far as it does not depend on the machine, compared with benches/baseline.json.

    benches/drive/costs.py [BINARY] [--record]

`benches/costs.rs` counts requests to HighLevel, bytes of the answer and allocations, on one thread and in memory: these are
the same in every run. Where valgrind is installed, callgrind counts the instructions of BINARY, a release build, on stdio in
front of `bench_upstream`: those of many calls less those of few, so that the start does not count. They vary by less than
one percent, and are compared only with those of the same compiler. More than the baseline by over five percent fails;
requests may not grow at all. Less than the baseline by over five percent passes, and the script says how to record it:
--record writes the baseline.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BASELINE = ROOT / "benches/baseline.json"
CALLS = json.loads((HERE / "calls.json").read_text(encoding="utf-8"))
LIMIT = 0.05
FEW, MANY = 5, 25
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "costs", "version": "1.0.0"}}


def cargo(*arguments):
    command = ["cargo", *arguments]
    print("==>", *command, flush=True)
    return subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout


def upstream():
    """The HighLevel with prepared answers, as a process, and its address."""
    cargo("build", "--locked", "--quiet", "--example", "bench_upstream")
    process = subprocess.Popen([ROOT / "target/debug/examples/bench_upstream"], stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()


def instructions(binary, address, call, times):
    """The instructions of a whole run of the program, with so many calls one after another."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", binary, "stdio", "--log", "error"]
    settings = {
        "PATH": os.environ.get("PATH", ""),
        "GHL_BASE_URL": address,
        "GHL_PIT_TOKEN": "pit-00000000-0000-4000-8000-000000000000",
        "GHL_LOCATION_ID": "BenchLocation0000001",
    }
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=settings, text=True)

    def say(message):
        process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        process.stdin.flush()

    def ask(message):
        say({"id": 1, **message})
        return json.loads(process.stdout.readline())["result"]

    ask({"method": "initialize", "params": HELLO})
    say({"method": "notifications/initialized"})
    for number in range(1_000, 1_000 + times):
        if call is None:
            ask({"method": "tools/list", "params": {}})
            continue
        arguments = json.loads(json.dumps(call["arguments"]).replace("{n}", str(number)))
        answer = ask({"method": "tools/call", "params": {"name": call["tool"], "arguments": arguments}})
        if answer.get("isError"):
            sys.exit(f"{call['name']}: {answer['content'][0]['text']}")
    log = process.communicate(timeout=60)[1]
    return int(re.search(r"Collected : (\d+)", log).group(1))


def count_instructions(binary, found):
    process, address = upstream()
    try:
        found["start"]["instructions"] = instructions(binary, address, None, 0)
        for call in [None, *CALLS]:
            name = call["name"] if call else "tools/list"
            few, many = (instructions(binary, address, call, times) for times in (FEW, MANY))
            found[name]["instructions"] = round((many - few) / (MANY - FEW))
    finally:
        process.kill()
        process.wait()


def compare(found, baseline):
    """Prints each cost. Returns what has grown, and whether something has become much less."""
    grown, less = [], False
    for name, costs in found.items():
        for cost, value in costs.items():
            before = baseline.get(name, {}).get(cost)
            change = "" if not before else f"{(value - before) / before:+8.1%}"
            print(f"{name:30} {cost:15} {value:>14,} {change}")
            limit = 0 if cost == "requests" else LIMIT
            if before is not None and value > before * (1 + limit):
                grown.append(f"{name}: {value:,} {cost}, {before:,} before")
            less |= before is not None and value < before * (1 - LIMIT)
    return grown, less


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", default=str(ROOT / "target/release/ghl-contacts-mcp"))
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    found = json.loads(cargo("test", "--locked", "--quiet", "--bench", "costs").strip().splitlines()[-1])
    if shutil.which("valgrind") and pathlib.Path(arguments.binary).exists():
        count_instructions(arguments.binary, found)
    else:
        print("instructions were not counted: that needs valgrind and a release build")
    compiler = subprocess.run(["rustc", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    baseline = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {"costs": {}}
    if baseline.get("compiler") != compiler:
        print("instructions are not compared: the baseline is of", baseline.get("compiler"))
        for costs in baseline["costs"].values():
            costs.pop("instructions", None)
    grown, less = compare(found, baseline["costs"])
    if arguments.record:
        recorded = {"compiler": compiler, "costs": found}
        BASELINE.write_text(json.dumps(recorded, indent=2) + "\n", encoding="utf-8")
    elif grown:
        print(*grown, sep="\n")
        sys.exit("costs have grown; if they must, `just costs --record` writes the new baseline")
    elif less:
        print("costs have become much less: `just costs --record` writes the new baseline")


if __name__ == "__main__":
    main()
