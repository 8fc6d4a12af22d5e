#!/usr/bin/env python3
"""A long run of the server over stdio against a sandbox that fails and answers oddly at random. Whatever it answers, the
CRM must hold what was asked for, no more and no less; and no call, memory or file descriptor may be lost.

benches/drive/soak.py [BINARY] [--minutes N] [--faults PERCENT] [--odd PERCENT] [--dialect current|recipe] [--people N]
                      [--burst N] [--window MS] [--json FILE] [--check]

Eight calls run at all times. Each minute the run waits until they have ended, reads the CRM past the faults
(`GET /sandbox`) and compares it with `asked.py`, the model of what was asked for. It exits 1 if anything is wrong.
The sandbox allows more than HighLevel (--burst requests in --window milliseconds, any number on one day), so that the run has
many calls: after a 429 the server waits for the end of the window. With --check it also exits 1 if a call was lost, if fewer
than nine calls of ten were carried out, if resident memory grew by more than 1 MB in ten minutes after the first fifth of the
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

from asked import CUSTOM, Person, claims_of
from crm import Crm

AT_ONCE = 8
CLIENT = {"name": "soak", "version": "1.0.0"}


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


def measured(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return resident, len(os.listdir(f"/proc/{process.pid}/fd"))


class Soak:
    """The calls of a run, and the model of what they asked for."""

    def __init__(self, crm, people):
        self.crm, self.rng, self.values = crm, random.Random(7), 0
        self.people = [Person(number) for number in range(people)]
        self.outcomes, self.carried_out, self.wrong = collections.Counter(), 0, []
        contents = self.crm.contents()
        self.others = {contact["id"]: contact for contact in contents["contacts"]}
        self.custom = next(field["id"] for field in contents["customFields"] if field["name"] == CUSTOM)

    def some_call(self):
        """A tool, its arguments, and the people that it is about."""
        rng = self.rng
        # At most three calls overlap for a person, or their claims would never be compared.
        person = rng.choice([person for person in rng.sample(self.people, min(20, len(self.people))) if person.calls < 3])
        key = ("email", person.email)
        if person.has_phone() and rng.randrange(4) == 0:
            key = ("phone", person.phone)
        elif person.id and rng.randrange(4) == 0:
            key = ("contactId", person.id)
        tags = [f"{person.name}-{rng.randrange(8)}" for _ in range(1 + rng.randrange(2))]
        kind = rng.randrange(10)
        if kind < 2:
            return "ghl_get_contact", dict([key]), [person]
        if kind == 2:
            return "ghl_search_contacts", {"query": "soak", "limit": 20}, []
        if kind < 5:
            return "ghl_add_tags", dict([key]) | {"tags": tags}, [person]
        many = [one for one in rng.sample(self.people, min(10, len(self.people))) if one.id and one.calls < 3]
        if kind == 5 and many:
            return "ghl_add_tags", {"contactIds": [one.id for one in many], "tags": [f"all-{rng.randrange(20)}"]}, many
        return "ghl_upsert_contact", self.upsert(person, tags), [person]

    def upsert(self, person, tags):
        rng = self.rng
        arguments = {"email": person.email}
        if rng.randrange(3) == 0:
            arguments["phone"] = person.phone
        elif person.has_phone() and rng.randrange(4) == 0:
            arguments = {"phone": person.phone}
        for field, likely in (("firstName", 2), ("city", 2), (CUSTOM, 3)):
            if rng.randrange(likely) == 0:
                self.values += 1
                value = f"{person.name} {self.values}"
                custom = {"customFields": [{"id": self.custom, "value": value}]}
                arguments |= custom if field == CUSTOM else {field: value}
        if "city" not in arguments and rng.randrange(4) == 0:
            arguments["clear"] = ["city"]
        return arguments | ({"tags": tags} if rng.randrange(2) == 0 else {})

    def answered(self, tool, arguments, people, there, result):
        failed, answer = result.get("isError", False), result.get("structuredContent") or {}
        self.carried_out += not failed
        self.outcomes[f"{tool} {answer.get('code') if failed else answer.get('outcome', 'ok')}"] += 1
        if failed and there and answer["code"] == "not_found":
            self.found(people[0], "is there and was not found", answer)
        if there and answer.get("outcome") == "created":
            self.found(people[0], "is there and was created", answer)
        for person in people:
            known = person.id if len(people) > 1 or "contactIds" in arguments else None
            person.history.append((tool, arguments, answer))
            person.end(claims_of(tool, arguments, failed, answer, known, self.custom))

    def found(self, person, what, *more):
        self.report(f"{person.email} {what}", *more, *person.history)

    def report(self, what, *more):
        self.wrong.append(what)
        if len(self.wrong) <= 20:
            print(f"WRONG: {what}", *more, sep="\n    ", flush=True)

    def compare(self):
        """Compares the CRM with what was asked for. No call may run."""
        own = collections.defaultdict(list)
        emails = {person.email: person for person in self.people}
        phones = {person.phone: person for person in self.people}
        seen = set()
        for contact in self.crm.contacts():
            person = emails.get(contact.get("email")) or (None if contact.get("email") else phones.get(contact.get("phone")))
            if person:
                own[person].append(contact)
            elif self.others.get(contact["id"]) == contact:
                seen.add(contact["id"])
            else:
                self.report("no call asked for a contact", contact)
        for lost in self.others.keys() - seen:
            self.report(f"the contact {lost} is lost")
        for person in self.people:
            for what in person.wrong(own[person], self.custom):
                self.found(person, what)


def run(process, soak, minutes):
    number, waiting, samples = 0, {}, []
    began = time.monotonic()
    end, next_sample, next_compare = began + minutes * 60, began, began + min(60.0, minutes * 20)
    while True:
        now = time.monotonic()
        if now >= next_sample:
            resident, descriptors = measured(process)
            samples.append({"second": round(now - began), "kib": resident, "fds": descriptors, "calls": number})
            next_sample += max(5.0, minutes * 60 / 30)
        pause = now >= min(end, next_compare)
        while not pause and len(waiting) < AT_ONCE:
            number += 1
            tool, arguments, people = soak.some_call()
            waiting[number] = tool, arguments, people, len(people) == 1 and people[0].exists
            for person in people:
                person.begin()
            params = {"name": tool, "arguments": arguments}
            send(process, {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})
        if waiting:
            answer = json.loads(process.stdout.readline())
            soak.answered(*waiting.pop(answer["id"]), answer["result"])
            continue
        soak.compare()
        last = samples[-1]
        print(
            f"{round(now - began):6d} s {last['kib']:8d} KiB {last['fds']:4d} fds {number:8d} calls"
            f" {sum(person.exists for person in soak.people):5d} contacts {len(soak.wrong):4d} wrong",
            flush=True,
        )
        next_compare = now + 60
        if now >= end:
            return number, samples


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", nargs="?", default="target/release/ghl-contacts-mcp")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--faults", type=float, default=5)
    parser.add_argument("--odd", type=float, default=5)
    parser.add_argument("--dialect", default="current", choices=["current", "recipe"])
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--burst", type=int, default=10_000)
    parser.add_argument("--window", type=int, default=500)
    parser.add_argument("--json")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    flags = {name: getattr(arguments, name) for name in ("faults", "odd", "burst", "window")}
    crm = Crm(arguments.binary, **flags, sandbox_dialect=arguments.dialect)
    process = start(arguments.binary, crm.settings)
    try:
        soak = Soak(crm, arguments.people)
        calls, samples = run(process, soak, arguments.minutes)
        process.stdin.close()
        code = process.wait(timeout=15)
    finally:
        process.kill()
        crm.end()
    steady = [sample for sample in samples if sample["second"] >= arguments.minutes * 12] or samples
    seconds = max(1, steady[-1]["second"] - steady[0]["second"])
    growth = (steady[-1]["kib"] - steady[0]["kib"]) * 600 / seconds
    result = {
        "minutes": arguments.minutes,
        "dialect": arguments.dialect,
        "faults_percent": arguments.faults,
        "odd_percent": arguments.odd,
        "calls": calls,
        "answered": sum(soak.outcomes.values()),
        "carried_out": soak.carried_out,
        "outcomes": dict(soak.outcomes.most_common()),
        "contacts": sum(person.exists for person in soak.people),
        "wrong": len(soak.wrong),
        "growth_kib_in_10_minutes": round(growth),
        "fds_most": max(sample["fds"] for sample in steady),
        "fds_least": min(sample["fds"] for sample in steady),
        "exit_code": code,
    }
    print(json.dumps(result, indent=2))
    if arguments.json:
        report = {**result, "found": soak.wrong, "samples": samples}
        pathlib.Path(arguments.json).write_text(json.dumps(report) + "\n", encoding="utf-8")
    if soak.wrong:
        sys.exit(f"{len(soak.wrong)} times the CRM or an answer was wrong")
    if arguments.check:
        bad = result["answered"] != calls or code != 0 or growth > 1024
        bad = bad or result["carried_out"] < 0.9 * calls
        # Connections to HighLevel are pooled: their number varies by the number of simultaneous calls.
        if bad or result["fds_most"] - result["fds_least"] > AT_ONCE:
            sys.exit("the bars are not held")


if __name__ == "__main__":
    main()
