#!/usr/bin/env python3
"""Whole lists at the speed of HighLevel's quota, against a sandbox of 100 requests in 10 s that answers in 120 ms.

benches/drive/bulk.py [BINARY] [--contacts N] [--rows N] [--exported N] [--burst N] [--window MS] [--latency MS] [--json FILE] [--check]

1. New contacts with an e-mail and two common tags, 500 a call of `ghl_upsert_contacts`.
2. The same list again.
3. One of the tags taken from 500 of them by `ghl_remove_tags`.
4. A CSV with `--rows` rows in a dry run of `import`, against a sandbox without a quota; resident memory.
5. `export` of `--exported` contacts, while others write: each contact once, and none missing that was there at the begin.

The optimum is the time in which the window admits so many requests, and one answer: the quota's floor. With --check it fails
above a limit: 1.05 of the optimum, a 429, 2.1 requests a new contact and 1 an unchanged one, 10 requests for the tags, 40 MB.
"""

import argparse
import csv
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from crm import Crm
from soak import send, start

ROWS_OF_A_CALL = 500


class Server:
    """The program over stdio, as a host that asks for progress calls it."""

    def __init__(self, binary, settings):
        self.process = start(binary, {**settings, "GHL_TOOLSETS": "contacts,bulk,manage"})
        self.calls = 0
        self.progress = []

    def call(self, tool, arguments):
        self.calls += 1
        params = {"name": tool, "arguments": arguments, "_meta": {"progressToken": self.calls}}
        send(self.process, {"jsonrpc": "2.0", "id": self.calls, "method": "tools/call", "params": params})
        while True:
            message = json.loads(self.process.stdout.readline())
            if message.get("id") == self.calls:
                break
            self.progress.append(time.monotonic())
        result = message["result"]
        if result.get("isError"):
            sys.exit(f"FAIL {tool}: {result['content'][0]['text']}")
        return result["structuredContent"], len(result["content"][0]["text"])

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=20)


def people(count):
    return [{"email": f"person{n}@example.com", "firstName": f"Person {n}", "tags": ["fair", "autumn"]} for n in range(count)]


def step(crm, server, calls, options, expected):
    """Carries out calls one after the other; each answer has to be as expected."""
    before, began = crm.answers(), time.monotonic()
    bytes_of_answers = []
    for tool, arguments in calls:
        answer, size = server.call(tool, arguments)
        bytes_of_answers.append(size)
        for name, value in expected.items():
            if answer[name] != value:
                sys.exit(f"FAIL {tool}: {name} is {answer[name]}, not {value}: {json.dumps(answer)[:2000]}")
    seconds = time.monotonic() - began
    after = crm.answers()
    counts = {status: after[status] - before.get(status, 0) for status in after}
    requests = sum(counts.values())
    # The window before this step is over when it begins.
    optimum = (math.ceil(requests / options.burst) - 1) * options.window / 1000 + options.latency / 1000
    return {
        "requests": requests,
        "refused429": counts.get(429, 0),
        "seconds": round(seconds, 1),
        "optimum": round(optimum, 1),
        "ofOptimum": round(seconds / optimum, 3),
        "answerBytes": max(bytes_of_answers),
    }


def lists(binary, options):
    crm = Crm(binary, burst=options.burst, window=options.window, latency=options.latency)
    server = Server(binary, crm.settings)
    everybody = people(options.contacts)
    parts = [everybody[at : at + ROWS_OF_A_CALL] for at in range(0, len(everybody), ROWS_OF_A_CALL)]
    calls = [("ghl_upsert_contacts", {"contacts": part}) for part in parts]
    rest = lambda: time.sleep(options.window / 1000)
    found = {}
    try:
        found["created"] = step(crm, server, calls, options, {"failed": 0, "notStarted": 0, "unchanged": 0})
        rest()
        found["again"] = step(crm, server, calls, options, {"failed": 0, "created": 0, "updated": 0})
        rest()
        ids = [one["id"] for one in crm.contacts() if one.get("email", "").startswith("person")]
        if len(ids) != options.contacts:
            sys.exit(f"FAIL the CRM holds {len(ids)} of {options.contacts} contacts")
        untag = [("ghl_remove_tags", {"contactIds": ids[:500], "tags": ["autumn"]})]
        found["untagged"] = step(crm, server, untag, options, {})
        tags = [sorted(one["tags"]) for one in crm.contacts() if one["id"] in set(ids)]
        left = tags.count(["fair"])
        if left != min(500, len(ids)) or left + tags.count(["autumn", "fair"]) != len(ids):
            sys.exit(f"FAIL {left} contacts have lost the tag")
        gaps = [later - earlier for earlier, later in zip(server.progress, server.progress[1:])]
        found["progress"] = {"reports": len(server.progress), "shortestGap": round(min(gaps, default=0), 3)}
    finally:
        server.end()
        crm.end()
    return found


def run(binary, settings, *words):
    """What a command prints, its seconds, and the peak of its resident memory in MB. The kernel's account of a child would begin
    with the memory of this script, so the peak is read from /proc while the command runs."""
    began, peak = time.monotonic(), 0
    environment = {"PATH": os.environ.get("PATH", ""), **settings}
    process = subprocess.Popen([binary, *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, memory(process, "VmHWM:"))
        time.sleep(0.02)
    seconds, printed = time.monotonic() - began, process.stdout.read().decode()
    if process.returncode != 0:
        sys.exit(f"FAIL {words[0]}: {printed[-2000:]}")
    return printed, {"seconds": round(seconds, 1), "peakMb": round(peak * 1024 / 1e6, 1)}


def memory(process, field):
    """A field of the process's status, in KiB; zero once it has ended."""
    try:
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith(field)), 0)


def csv_of(file, count):
    with file.open("w", encoding="utf-8") as out:
        out.write("email,firstName,city,tags\n")
        out.writelines(f'row{n}@example.com,Person {n},Köln,"fair, autumn"\n' for n in range(count))


def dry_run(binary, options):
    crm = Crm(binary, burst=10_000_000)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "list.csv"
        csv_of(file, options.rows)
        printed, used = run(binary, crm.settings, "import", str(file), "--dry-run")
    crm.end()
    if f"Would be: {options.rows} created" not in printed:
        sys.exit(f"FAIL import --dry-run: {printed[-2000:]}")
    return {"rows": options.rows, **used}


class Others(threading.Thread):
    """Another program that creates and changes contacts until it is stopped."""

    def __init__(self, crm, people):
        super().__init__(daemon=True)
        self.settings, self.people, self.over, self.writes = crm.settings, people, threading.Event(), 0

    def run(self):
        while not self.over.is_set():
            person = self.people[self.writes * 7919 % len(self.people)]
            self.send({"email": person["email"], "city": f"City {self.writes}"})
            self.send({"email": f"new{self.writes}@example.com"})
            self.writes += 2

    def send(self, body):
        body["locationId"] = self.settings["GHL_LOCATION_ID"]
        headers = {"authorization": f"Bearer {self.settings['GHL_PIT_TOKEN']}", "version": "2021-07-28", "content-type": "application/json"}
        url = f"{self.settings['GHL_BASE_URL']}/contacts/upsert"
        urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=30).close()


def export(binary, options):
    crm = Crm(binary, burst=10_000_000, search_lag=0)
    with tempfile.TemporaryDirectory() as folder:
        file, to = pathlib.Path(folder) / "list.csv", pathlib.Path(folder) / "out.csv"
        before = len(crm.contacts())
        csv_of(file, options.exported - before)
        run(binary, crm.settings, "import", str(file))
        there = crm.contacts()
        others = Others(crm, [one for one in there if one.get("email")])
        others.start()
        _, used = run(binary, crm.settings, "export", str(to))
        others.over.set()
        others.join()
        with to.open(encoding="utf-8-sig", newline="") as rows:
            exported = [row["contactId"] for row in csv.DictReader(rows)]
    crm.end()
    wanted = {one["id"] for one in there}
    return {
        "there": len(there),
        "exported": len(exported),
        "twice": len(exported) - len(set(exported)),
        "missing": len(wanted - set(exported)),
        "writesOfOthers": others.writes,
        **used,
    }


def bars(found, contacts):
    """What is measured, and its limit."""
    created, again, untagged = found["created"], found["again"], found["untagged"]
    yield "time of new contacts ÷ optimum", created["ofOptimum"], 1.05
    yield "requests a new contact", round(created["requests"] / contacts, 3), 2.1
    yield "time of the same list again ÷ optimum", again["ofOptimum"], 1.05
    yield "requests an unchanged contact", round(again["requests"] / contacts, 3), 1
    yield "requests to take a tag from 500", untagged["requests"], 10
    yield "answers 429", sum(one["refused429"] for one in (created, again, untagged)), 0
    yield "bytes of an answer", max(created["answerBytes"], again["answerBytes"]), 20_000
    yield "MB of a dry run", found["dryRun"]["peakMb"], 40
    yield "contacts that an export has twice", found["export"]["twice"], 0
    yield "contacts that an export lacks", found["export"]["missing"], 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", default="target/release/ghl-contacts-mcp")
    for name, default in (("contacts", 1_000), ("rows", 100_000), ("exported", 10_250), ("burst", 100), ("window", 10_000), ("latency", 120)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found = {"contacts": options.contacts, "dryRun": dry_run(options.binary, options), "export": export(options.binary, options)}
    found |= lists(options.binary, options)
    above = []
    for what, value, bar in bars(found, options.contacts):
        print(f"{what:40} {value:>10,}   (bar {bar:,})")
        if value > bar:
            above.append(what)
    print(json.dumps(found))
    if options.json:
        options.json.write_text(json.dumps(found))
    if options.check and above:
        sys.exit(f"above the limit: {', '.join(above)}")


main()
