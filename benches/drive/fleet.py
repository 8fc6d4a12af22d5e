#!/usr/bin/env python3
"""Several processes in front of one location, with one store: one contact for each person, and one quota.

benches/drive/fleet.py [BINARY] [--rounds N] [--people N] [--processes N] [--quota SECONDS] [--calm] [--seed N] [--json FILE]

A round upserts each of its people in all processes at once, at a sandbox whose check for duplicates and whose insert are two
steps. Meanwhile, at random, a process is killed with SIGKILL, or the store is stopped for a moment or killed and started
without its data. A call that is refused is sent again until it succeeds. Then the CRM must hold one contact for each person: it
exits 1 if it holds another number.

`--calm` kills one process, in the first round, and never the store: a round after a loss takes 40 s.

`--quota SECONDS` measures first: all processes read as fast as they may for so long, at a quota of 25 in 10 s. It exits 1 if a
request was answered 429, or if less than 95 % of the quota was used. What a place in the quota takes is measured by
`cargo bench --bench reserve`. Where there is no `redis-server` it says so and exits 0.
"""

import argparse
import collections
import json
import os
import pathlib
import queue
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

from crm import Crm

KEY = "00112233445566778899aabbccddeeff" * 2
# A call that is refused is not sent again for ever.
LONGEST = 180.0


class Store:
    """A Redis server of its own."""

    def __init__(self, program):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.program = program
        self.begin()

    def begin(self):
        command = [self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)

    def settle(self):
        """Nothing of before can be under way: the first start need not rest."""
        run = next(line[7:] for line in self.ask("INFO", "server").splitlines() if line.startswith("run_id:"))
        self.ask("HSET", "ghl:{fleet}:epoch", "id", "settled", "born", "0", "run", run)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20).makefile("rwb")

    def ask(self, *words):
        with self.connect() as stream:
            return ask(stream, *words)

    def end(self):
        self.process.kill()
        self.process.wait()


def ask(stream, *words):
    stream.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words))
    stream.flush()
    return read(stream)


def read(stream):
    line = stream.readline().decode().strip()
    head, rest = line[0], line[1:]
    if head == "$" and int(rest) >= 0:
        return stream.read(int(rest) + 2)[:-2].decode()
    if head == "*":
        return [read(stream) for _ in range(int(rest))]
    return rest


class Server:
    """A process, and the calls that wait for its answers."""

    def __init__(self, binary, settings):
        self.process = subprocess.Popen(
            [binary, "stdio", "--log", "off"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=settings,
        )
        self.waiting, self.last, self.lock, self.gone = {}, 0, threading.Lock(), False
        threading.Thread(target=self.listen, daemon=True).start()
        client = {"name": "fleet", "version": "1.0.0"}
        hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}
        self.ask("initialize", hello)
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        """The answer; none where the process was killed before it came."""
        answer = queue.Queue()
        try:
            with self.lock:
                if self.gone:
                    return None
                self.last += 1
                self.waiting[self.last] = answer
                self.send({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params})
            return answer.get(timeout=60)
        except (OSError, queue.Empty):
            return None

    def call(self, tool, arguments):
        answer = self.ask("tools/call", {"name": tool, "arguments": arguments})
        return None if answer is None else answer.get("result")

    def listen(self):
        for line in self.process.stdout:
            answer = json.loads(line)
            with self.lock:
                waiting = self.waiting.pop(answer.get("id"), None)
            if waiting:
                waiting.put(answer)
        with self.lock:
            self.gone = True
            for waiting in self.waiting.values():
                waiting.put(None)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Fleet:
    def __init__(self, arguments, program, **flags):
        self.arguments, self.rng = arguments, random.Random(arguments.seed)
        self.store = Store(program)
        self.store.settle()
        self.crm = Crm(arguments.binary, **flags)
        store = {"GHL_STORE": f"redis://127.0.0.1:{self.store.port}", "GHL_STORE_KEY": KEY}
        self.settings = {"PATH": os.environ.get("PATH", "")} | self.crm.settings | store
        self.servers = [self.server() for _ in range(arguments.processes)]
        self.outcomes = collections.Counter()

    def server(self):
        return Server(self.arguments.binary, self.settings)

    def end(self):
        for process in [server.process for server in self.servers]:
            process.kill()
            process.wait()
        self.crm.end()
        self.store.end()

    # One contact for each person.

    def upsert(self, place, email):
        ends = time.monotonic() + LONGEST
        while time.monotonic() < ends:
            result = self.servers[place].call("ghl_upsert_contact", {"email": email, "firstName": "Ada"})
            if result is None:
                self.outcomes["killed"] += 1
                time.sleep(0.1)
                continue
            answer = result.get("structuredContent") or {}
            failed = result.get("isError", False)
            self.outcomes[answer.get("code", "failed") if failed else answer["outcome"]] += 1
            if not failed:
                return
            time.sleep(min(answer.get("retryAfterSeconds") or 0.5, 10))
        self.outcomes["given up"] += 1

    def disturb(self, ended, number):
        """Something goes wrong, a moment after the round has begun."""
        kind = self.rng.choices(["nothing", "kill", "pause", "restart"], [45, 30, 20, 5])[0]
        if self.arguments.calm:
            kind = "kill" if number == 0 else self.rng.choice(["nothing", "pause"])
        wait, pause, place = self.rng.uniform(0, 0.4), self.rng.uniform(0.1, 3), self.rng.randrange(len(self.servers))
        if ended.wait(wait):
            kind = "nothing"
        if kind == "kill":
            self.servers[place].kill()
            self.servers[place] = self.server()
        elif kind == "pause":
            self.store.process.send_signal(signal.SIGSTOP)
            time.sleep(pause)
            self.store.process.send_signal(signal.SIGCONT)
        elif kind == "restart":
            self.store.end()
            time.sleep(pause)
            self.store.begin()
        self.outcomes[f"round with {kind}"] += 1

    def round(self, number):
        emails = [f"person-{number}-{person}@example.com" for person in range(self.arguments.people)]
        places = range(len(self.servers))
        calls = [threading.Thread(target=self.upsert, args=(place, email)) for email in emails for place in places]
        ended = threading.Event()
        disturbance = threading.Thread(target=self.disturb, args=(ended, number))
        for thread in [*calls, disturbance]:
            thread.start()
        for thread in calls:
            thread.join()
        ended.set()
        disturbance.join()
        held = collections.Counter(contact.get("email") for contact in self.crm.contacts())
        return [email for email in emails if held[email] != 1]

    # One quota.

    def read(self, place, ends, requests, contact):
        while time.monotonic() < ends:
            result = self.servers[place].call("ghl_get_contact", {"contactId": contact})
            requests.append((time.monotonic(), (result or {}).get("structuredContent", {}).get("requests", 1)))

    def quota(self, seconds):
        # Reads of one contact at once are one request, so each reader has a contact of its own.
        contacts, requests = [contact["id"] for contact in self.crm.contacts()], []
        for server in self.servers:
            server.call("ghl_get_contact", {"contactId": contacts[0]})
        ends = time.monotonic() + seconds
        places = [place for place in range(len(self.servers)) for _ in range(4)]
        readers = [
            threading.Thread(target=self.read, args=(place, ends, requests, contact))
            for place, contact in zip(places, contacts)
        ]
        for thread in readers:
            thread.start()
        for thread in readers:
            thread.join()
        sent = sum(count for _, count in requests)
        return {
            "seconds": seconds,
            "calls": len(requests),
            # A request that was answered 429 is sent again, and its call counts both.
            "repeated": sent - len(requests),
            "used": round(sum(count for at, count in requests if at <= ends) / (25 * seconds / 10), 4),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", default="target/release/ghl-contacts-mcp")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--people", type=int, default=25)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--quota", type=float, default=0)
    parser.add_argument("--calm", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    program = shutil.which(os.environ.get("GHL_TEST_REDIS", "redis-server"))
    if not program:
        print("skipped: there is no redis-server on PATH (apt-get install redis-server)")
        return 0
    report, wrong = {}, []
    if arguments.quota:
        fleet = Fleet(arguments, program, burst=25)
        try:
            report["quota"] = fleet.quota(arguments.quota)
        finally:
            fleet.end()
        print(json.dumps(report))
        if report["quota"]["repeated"] or report["quota"]["used"] < 0.95:
            wrong.append("the quota")
    fleet = Fleet(arguments, program, burst=100_000, insert_window=30)
    try:
        for number in range(arguments.rounds):
            began = time.monotonic()
            broken = fleet.round(number)
            wrong += broken
            if broken or number % 10 == 9 or number + 1 == arguments.rounds:
                shown = dict(sorted(fleet.outcomes.items()))
                print(f"round {number + 1}: {time.monotonic() - began:.1f} s, wrong {broken}, {shown}", flush=True)
    finally:
        fleet.end()
    report |= {"rounds": arguments.rounds, "wrong": wrong, "outcomes": dict(fleet.outcomes)}
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
