#!/usr/bin/env python3
"""Puts this program and others into one run, and writes what it finds into benches/results.md, results.json and results.svg.

    benches/drive/compare.py [BINARY] [--peer COMMAND --map FILE]... [--rounds N] [--rest SECONDS] [--dry]

BINARY is a release build. It, every peer (any MCP server on stdio; FILE is a map as in benches/peers) and the floor, an empty
server with the same SDK, ask the same upstream: a HighLevel on loopback with prepared answers. They take turns in rounds, in
another order each time, and the first round is dropped. No contact is read twice, so that no answer comes from memory. A
server that answers faster because it asks less often shows that in its requests for each call. --dry writes no file.
Peers are not part of this repository:

    cargo install ghl-mcp --version 0.5.2 --locked --root target/peers
    npm install --prefix target/peers ghl-mcp-server@1.0.3
    just compare       # builds what stands beside the program, and takes these two peers if they are there
"""

import argparse
import json
import os
import pathlib
import signal
import sys

import plot
import results
import table
from crowd import raise_limit
from measures import measure
from servers import PEERS, ROOT, Server, Upstream

KNOWN = {
    "ghl-mcp.toml": "target/peers/bin/ghl-mcp",
    "ghl-mcp-server.toml": "target/peers/node_modules/ghl-mcp-server/dist/server.js",
}


def compare(binary, peers, rounds, rest):
    raise_limit()
    upstream = Upstream()
    servers = [Server(binary, PEERS / "ours.toml", upstream)]
    servers += [Server(command, file, upstream) for command, file in peers]
    servers += [Server(str(ROOT / "target/release/examples/bench_floor"), PEERS / "floor.toml", upstream)]
    found = {server.name: {} for server in servers}
    try:
        measure(servers, upstream, rounds, rest, found)
    finally:
        for server in servers:
            server.end()
        upstream.end()
    return {"rounds": rounds, "restSeconds": rest, "load": os.getloadavg()[0], "servers": found}


def rounded(found):
    """All numbers with four digits: the others are noise."""
    if isinstance(found, dict):
        return {name: rounded(value) for name, value in found.items()}
    return float(f"{found:.4g}") if isinstance(found, float) else found


def write(found):
    """Puts the comparison beside the other results."""
    everything = json.loads((ROOT / "benches/results.json").read_text(encoding="utf-8"))
    results.write(everything | {"compare": rounded(found)})
    (ROOT / "benches/results.svg").write_text(plot.svg(found["servers"]), encoding="utf-8")


def installed():
    """The peers that lie under target/peers."""
    for file, where in KNOWN.items():
        path = ROOT / where
        if path.exists():
            yield (f"node {path}" if path.suffix == ".js" else str(path)), PEERS / file


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", default=str(ROOT / "target/release/ghl-contacts-mcp"))
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("--map", action="append", default=[], type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--rest", type=float, default=60)
    parser.add_argument("--dry", action="store_true")
    parser.add_argument("--note", help="a sentence that results.md shows, such as what else the machine did")
    arguments = parser.parse_args()
    if len(arguments.peer) != len(arguments.map):
        parser.error("each --peer needs a --map")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended early"))  # So that the servers are ended too.
    peers = list(zip(arguments.peer, arguments.map)) or list(installed())
    found = compare(arguments.binary, peers, arguments.rounds, arguments.rest) | {"note": arguments.note}
    print("\n".join(table.lines(found)))
    wrong = [name for name, all in found["servers"].items() for way in all.get("get", {}).values() if way["wrong"]]
    if wrong:
        sys.exit(f"wrong answers of {', '.join(wrong)}")
    if not arguments.dry:
        write(found)


if __name__ == "__main__":
    main()
