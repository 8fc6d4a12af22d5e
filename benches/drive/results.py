#!/usr/bin/env python3
"""Measures everything once and writes benches/results.md and benches/results.json.

    benches/drive/results.py [BINARY] [--soak MINUTES | --soaked FILE] [--rest SECONDS]
    benches/drive/results.py --listed FILE

Runs the other scripts of this folder on a release binary (`cargo build --release`), `cargo bench`, and the test that
sends 1,000 requests in virtual time. The times are those of this machine, the bars are the project's; the script checks
nothing. Without --soak the earlier soak stays; --soaked reads the result of `soak.py --json FILE`. The comparison with
other servers (`compare.py`, with the peers under target/peers) is measured last. With --listed nothing is measured: the result
of `bulk.py --json FILE` takes the place of the earlier one.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

import table

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COUNTS = {"Fixed": "a fixed window", "Sliding": "a sliding one", "Rejects": "one that counts what it refuses"}


def measure(script, binary, *more):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [sys.executable, str(HERE / script), binary, "--json", file.name, *more]
        print("==>", script, *more, flush=True)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return json.loads(pathlib.Path(file.name).read_text(encoding="utf-8"))


def pacing():
    """Virtual seconds for 1,000 requests at 100 in 10 s, for each way of counting. None of them was refused."""
    command = ["cargo", "test", "--quiet", "--test", "it", "--", "row_36_a_thousand", "--nocapture"]
    print("==>", *command, flush=True)
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    return {counts: float(seconds) for counts, seconds in re.findall(r"pacing: (\w+) ([\d.]+) s", done.stdout)}


def calls():
    """The microseconds of a call in process, over stdio and over HTTP."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = ["cargo", "bench", "--quiet", "--locked", "--bench", "calls", "--", "--json", file.name]
        print("==>", *command[:-2], flush=True)
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        return json.loads(pathlib.Path(file.name).read_text(encoding="utf-8"))


def rows(found):
    """The rows of the table: name, value, bar."""
    startup, http, load, soak = found["startup"], found["http"], found["load"], found.get("soak")
    kib = load["kib"]
    mb = lambda kib: f"{kib / 1024:.1f} MB"
    yield "spawn to `initialize` answered, median (p90)", "{median} ms ({p90})".format(**startup["initializeMs"]), "20 ms"
    yield "spawn to `server/discover` answered, median (p90)", "{median} ms ({p90})".format(**startup["discoverMs"]), "20 ms"
    yield "end of stdin to exit, median (p90)", "{median} ms ({p90})".format(**startup["exitMs"]), "50 ms"
    yield "resident after `tools/list`", f"{startup['residentBytes'] / 1e6:.1f} MB", "15 MB"
    yield "binary", f"{startup['binaryBytes'] / 1e6:.2f} MB", f"{startup['binaryBarBytes'] / 1e6:.1f} MB"
    yield f"resident with {http['connections']:,} idle HTTP connections", f"{http['connectedMb']} MB", "40 MB"
    for way, times in found["calls"].items():
        bar = "0.4 ms added" if times["addedUs"] else ""
        yield f"a contact read {way}, median (p99; added)", "{} ms ({}; {})".format(*(times[name] / 1000 for name in ("medianUs", "p99Us", "addedUs"))), bar
    yield "a call without a request to HighLevel, over HTTP by a client in Python: added, median", f"{http['addedMs']} ms", "0.4 ms"
    yield f"{load['calls']:,} calls at once: answered", f"{load['answered']:,} in {load['seconds']} s", "all"
    yield "their outcomes", ", ".join(f"{count:,} {what}" for what, count in load["outcomes"].items()), ""
    yield "resident memory, peak", mb(kib["peak"]), "64 MB"
    yield "resident memory a minute later (idle before)", f"{mb(kib['rested'])} ({mb(kib['idle'])})", "twice idle"
    for counts, seconds in found["pacing"].items():
        yield f"1,000 requests at 100 in 10 s, {COUNTS[counts]}, in virtual time", f"{seconds} s, no 429", "95 s"
    if lists := found.get("lists"):
        yield from rows_of_lists(lists)
    if soak:
        yield f"soak, {soak['minutes']:g} min, {soak['faults_percent']:g} % faults: calls answered", f"{soak['answered']:,} of {soak['calls']:,}", "all"
        if "wrong" in soak:
            odd = f"the same, {soak['odd_percent']:g} % odd answers: what the CRM holds and was not asked for"
            yield odd, f"{soak['wrong']} of {soak['contacts']} contacts", "none"
        yield "resident grew in 10 min by", f"{soak['growth_kib_in_10_minutes']} KiB", "1,024 KiB"
        yield "file descriptors", f"{soak['fds_least']} to {soak['fds_most']}", "constant, but for pooled connections"


def rows_of_lists(lists):
    """What `bulk.py` measured, at 100 requests in 10 s and 120 ms an answer."""
    contacts, created, again = lists["contacts"], lists["created"], lists["again"]
    a_contact = lambda part: round(part["requests"] / contacts, 3)
    yield f"{contacts:,} new contacts with two tags by `ghl_upsert_contacts`: of the optimum", f"{created['ofOptimum']} ({created['seconds']} s)", "1.05"
    yield "the same: requests a contact; answers 429", f"{a_contact(created)}; {created['refused429']}", "2.1; 0"
    yield "the same list again: of the optimum; requests a contact", f"{again['ofOptimum']} ({again['seconds']} s); {a_contact(again)}", "1.05; 1"
    yield "a tag taken from 500 contacts: requests", f"{lists['untagged']['requests']}", "10"
    dry = lists["dryRun"]
    yield f"`import --dry-run` of {dry['rows']:,} rows: resident memory, peak", f"{dry['peakMb']} MB ({dry['seconds']} s without a quota)", "40 MB"
    whole = lists["export"]
    what = f"`export` of {whole['there']:,} contacts, while others write {whole['writesOfOthers']:,} times: twice; missing"
    yield what, f"{whole['twice']}; {whole['missing']} ({whole['seconds']} s, {whole['peakMb']} MB)", "0; 0"


def page(found):
    machine = found["machine"]
    lines = [
        "# Measured",
        "",
        f"By `benches/drive/results.py`, version {found['version']}, {machine['cores']} cores, {machine['system']}. Times are this machine's.",
        "",
        "| what | measured | bar |",
        "| --- | --- | --- |",
        *(f"| {what} | {much} | {bar} |" for what, much, bar in rows(found)),
        "",
    ]
    return "\n".join(lines + (table.section(found["compare"]) if "compare" in found else []))


def write(found):
    (ROOT / "benches/results.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (ROOT / "benches/results.md").write_text(page(found), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", default=str(ROOT / "target/release/ghl-contacts-mcp"))
    parser.add_argument("--soak", type=float)
    parser.add_argument("--soaked", type=pathlib.Path)
    parser.add_argument("--rest", type=float, default=60)
    parser.add_argument("--listed", type=pathlib.Path)
    arguments = parser.parse_args()
    earlier = json.loads((ROOT / "benches/results.json").read_text(encoding="utf-8"))
    if arguments.listed:
        write(earlier | {"lists": json.loads(arguments.listed.read_text(encoding="utf-8"))})
        return
    binary = str(pathlib.Path(arguments.binary).resolve())
    version = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
    found = {name: earlier[name] for name in ("soak", "lists", "compare") if name in earlier} | {
        "version": version,
        "machine": {"cores": os.cpu_count(), "system": f"{platform.system()} {platform.machine()}"},
        "startup": measure("startup.py", binary, "--spawns", "40"),
        "http": measure("over_http.py", binary),
        "calls": calls(),
        "load": measure("load.py", binary, "--rest", str(arguments.rest)),
    }
    if arguments.soaked:
        found["soak"] = json.loads(arguments.soaked.read_text(encoding="utf-8"))
    elif arguments.soak:
        found["soak"] = measure("soak.py", binary, "--minutes", str(arguments.soak))
    for name in ("samples", "found"):
        found.get("soak", {}).pop(name, None)
    found["pacing"] = pacing()
    write(found)
    subprocess.run([sys.executable, "-B", str(HERE / "compare.py"), binary], check=True)
    print((ROOT / "benches/results.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
