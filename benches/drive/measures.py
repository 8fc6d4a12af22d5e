"""What a comparison measures: each function puts its part into `found`, by the names of the servers."""

import os
import re
import shutil
import statistics
import tempfile
import time

from servers import Client, cpu, resident

CONNECTIONS = LOCATIONS = 1_000


def spread(values):
    """Median, p90 and p99."""
    hundredths = statistics.quantiles(values, n=100, method="inclusive")
    return {"median": statistics.median(values), "p90": hundredths[89], "p99": hundredths[98]}


def in_rounds(rounds, entries, measure):
    """What `measure` gives for each entry, by entry, from all rounds but the first."""
    found = {entry[:2]: [] for entry in entries}
    for number in range(rounds + 1):
        at = number % len(entries)
        for entry in entries[at:] + entries[:at]:
            measured = measure(*entry)
            if number:
                found[entry[:2]].append(measured)
    return found


def spawns(servers, rounds, found):
    clients = [(server.name, "stdio", server.on_pipes()) for server in servers]
    measured = in_rounds(rounds, clients, lambda name, way, client: client.ask("spawns", times=5)["ms"])
    for name, way, client in clients:
        found[name]["initializeMs"] = spread(sum(measured[name, way], []))
        client.end()


def memory(servers, rest, found):
    """Idle, after two seconds of load, and after a rest without calls."""
    for server in servers:
        server.open()
    time.sleep(1)
    for server in servers:
        found[server.name]["idleMb"] = resident(server.stdio_pid)
        found[server.name]["listBytes"] = server.stdio.ask("list")["bytes"]
    for server in servers:
        server.stdio.load(server.map["get"], 32, seconds=2)
        found[server.name]["loadedMb"] = resident(server.stdio_pid)
    time.sleep(rest)
    for server in servers:
        rested = found[server.name]["restedMb"] = resident(server.stdio_pid)
        found[server.name]["restedRatio"] = rested / found[server.name]["idleMb"]


def gets(entries, rounds, found):
    """Reads of one contact, 32 at once, with the CPU of the server."""

    def measure(server, way, client, pid):
        before = cpu(pid)
        load = client.load(server.map["get"], 32, seconds=1)
        return {**load, "cpuUs": (cpu(pid) - before) / load["calls"] * 1e6}

    for (server, way), loads in in_rounds(rounds, entries, measure).items():
        into = found[server.name].setdefault("get", {})[way] = {
            "perSecond": statistics.median(load["calls"] / load["seconds"] for load in loads),
            "cpuUs": statistics.median(load["cpuUs"] for load in loads),
            **{name: statistics.median(load[name] for load in loads) for name in ("medianMs", "p90Ms", "p99Ms")},
        }
        into["wrong"] = sum(load["wrong"] for load in loads)


def searches(entries, rounds, found):
    """Searches on stdio, one at a time: the milliseconds of each."""
    entries = [entry for entry in entries if entry[1] == "stdio" and "search" in entry[0].map]
    for kind, times in (("search", 20), ("large", 4)):
        measured = in_rounds(rounds, entries, lambda server, way, client, pid: client.load(server.map[kind], 1, calls=times))
        for (server, _), loads in measured.items():
            found[server.name][kind] = {
                **{name: statistics.median(load[name] for load in loads) for name in ("medianMs", "p90Ms", "p99Ms")},
                "wrong": sum(load["wrong"] for load in loads),
                "bytes": loads[0]["bytes"] / loads[0]["calls"],
            }


def requests(entries, upstream, found):
    """Requests to HighLevel for each call. What is read once for many calls was read before."""
    for server, way, client, _ in entries:
        if way == "stdio":
            for kind in (kind for kind in ("get", "search", "large") if kind in server.map):
                before = upstream.requests()
                calls = client.load(server.map[kind], 1, calls=10)["calls"]
                found[server.name].setdefault("requests", {})[kind] = (upstream.requests() - before) / calls


def delayed(entries, upstream, rounds, found):
    """At 50 ms upstream: how much longer a call takes than the request itself, and the share of the direct rate at 64."""
    direct = Client("direct", upstream.address)
    direct.ask("open")
    entries = [(None, "direct", direct, 0), *(entry for entry in entries if entry[0].name != "floor")]
    get = lambda server: server.map["get"] if server else None
    upstream.delay(50)
    one = in_rounds(rounds, entries, lambda server, way, client, pid: client.load(get(server), 1, calls=15)["medianMs"])
    many = in_rounds(rounds, entries, lambda server, way, client, pid: rate(client.load(get(server), 64, seconds=1)))
    upstream.delay(0)
    for server, way, *_ in entries[1:]:
        into = found[server.name].setdefault("delayed", {}).setdefault(way, {})
        pairs = lambda of: [mine / theirs for mine, theirs in zip(of[server, way], of[None, "direct"])]
        into["ratio"], into["share"] = statistics.median(pairs(one)), statistics.median(pairs(many))
    direct.end()


def rate(load):
    return load["calls"] / load["seconds"]


def locations(server, rounds, found):
    """A thousand locations in one file."""
    part = server.map["locations"]
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(server.filled(part["head"]))
        for number in range(LOCATIONS):
            file.write(server.filled(part["each"], number=f"{number:016}"))
        file.flush()
        client = server.on_pipes(part=part, env={"BENCH_TOKEN": "a-token-of-the-bench-0000000000000000"}, file=file.name)
        times = client.ask("spawns", times=5 * rounds)["ms"]
        pid = client.ask("open")["pid"]
        listed = client.ask("list")["bytes"]
        found[server.name]["locations"] = {"startMs": spread(times), "mb": resident(pid), "listBytes": listed}
        client.end()


def connections(servers, found):
    """A thousand idle connections, and after they have gone. Each server is fresh."""
    for server in servers:
        server.open_http()
        if server.http:
            pid = server.http_process.pid
            idle = resident(pid)
            server.http.ask("hold", connections=CONNECTIONS)
            held = resident(pid)
            server.http.ask("release")
            time.sleep(3)
            left = resident(pid)
            found[server.name]["connections"] = {"idleMb": idle, "mb": held, "leftMb": left, "leftRatio": left / idle}
            server.end()


def instructions(servers, found):
    """Instructions of a start and of a read, in thousands, by callgrind. Not of scripts: their compilers confuse it."""
    for server in servers if shutil.which("valgrind") else []:
        if len(server.command) > 1:
            continue
        few, many = (instructions_of(server, calls) for calls in (5, 25))
        found[server.name]["instructions"] = {"get": (many - few) / 20 / 1000, "start": instructions_of(server, 0) / 1000}


def instructions_of(server, calls):
    with tempfile.NamedTemporaryFile("r", suffix=".log") as log:
        callgrind = ["--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log.name}"]
        client = server.on_pipes("valgrind", *callgrind)
        client.ask("open")
        if calls:
            client.load(server.map["get"], 1, calls=calls)
        client.end()
        return int(re.search(r"Collected : (\d+)", log.read()).group(1))


def measure(servers, upstream, rounds, rest, found):
    def step(what, function, *arguments):
        print("==>", what, flush=True)
        function(*arguments, found)

    for server in servers:
        if len(server.command) == 1:
            found[server.name]["binaryMb"] = os.path.getsize(server.command[0]) / 1e6
    step("starts", spawns, servers, rounds)
    step("idle HTTP connections", connections, servers)
    step("memory", memory, servers, rest)
    for server in servers:
        server.open_http()
    entries = [(server, *entry) for server in servers for entry in server.entries()]
    step("reads, 32 at once", gets, entries, rounds)
    step("searches", searches, entries, rounds)
    step("requests", requests, entries, upstream)
    step("instructions", instructions, servers)
    step("at 50 ms", delayed, entries, upstream, max(3, rounds // 2))
    for server in servers:
        if "locations" in server.map:
            step("a thousand locations", locations, server, rounds)
