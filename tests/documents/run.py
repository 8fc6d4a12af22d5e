#!/usr/bin/env python3
"""Carries out every command and every block of JSON, TOML, YAML, Python and TypeScript in README, SECURITY and docs/.

    tests/documents/run.py [BINARY] [--page PART]... [--accept]

BINARY is target/release/ghl-contacts-mcp unless given. --page takes the pages whose names hold PART. --accept writes the
answers and outputs that differ into the pages: read the difference, each is a promise. Nothing needs an account, and nothing
is sent to another machine: the sandbox answers, and stand-ins (stand_in.py) take the place of hosts and of packages.

Kinds: json (configurations of hosts are started, calls are called, answers compared), sh, text (output), python, ts, toml,
yaml, nginx and caddyfile (where the program is installed), powershell (compared with the sh block before it). What the first
line of a block may say stands in pages.py.
"""

import argparse
import collections
import pathlib
import queue
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import checks  # noqa: E402
import pages  # noqa: E402
import proxies  # noqa: E402
from workplace import Workplace, subcommands  # noqa: E402

WRONG = (RuntimeError, ValueError, KeyError, TypeError, OSError, StopIteration, AttributeError, queue.Empty)
WRONG += (subprocess.SubprocessError,)


class Count:
    def __init__(self):
        self.passed, self.failed, self.left = 0, 0, collections.Counter()

    def take(self, place, kind, check):
        began = time.monotonic()
        try:
            note = check()
        except WRONG as error:
            self.failed += 1
            print(f"FAIL {place} {kind}: {type(error).__name__}: {error}", flush=True)
            return
        self.passed += 1
        seconds = time.monotonic() - began
        words = f" ({note})" if note else ""
        print(f"ok {place} {kind}{words}" + (f" {seconds:.1f} s" if seconds > 1 else ""), flush=True)


def carry_out(name, binary, commands, accept, count):
    place = Workplace(name, binary)
    page = checks.Page(place, accept)
    try:
        for block in pages.blocks(name):
            reason = block.says("not-run")
            wanted = (block.says("needs") or "").split()
            if not reason and not set(wanted) <= set(commands):
                reason = f"waits for the command {' '.join(wanted)}"
            if reason:
                count.left[reason] += 1
                print(f"not run {block.place} {block.kind}: {reason}", flush=True)
            elif not hasattr(page, block.kind or "-"):
                count.take(block.place, block.kind, lambda: refuse(block.kind))
            else:
                count.take(block.place, block.kind, lambda: page.check(block))
    finally:
        page.close()
    if page.changes:
        pages.replaced(name, page.changes)
        print(f"{name}: {len(page.changes)} blocks were written")


def refuse(kind):
    raise RuntimeError(f"no check knows blocks of kind {kind!r}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", nargs="?", default=pages.ROOT / "target/release/ghl-contacts-mcp")
    arguments.add_argument("--page", action="append", default=[])
    arguments.add_argument("--accept", action="store_true")
    given = arguments.parse_args()
    binary = pathlib.Path(given.binary).resolve()
    commands, count = subcommands(binary), Count()
    for name in pages.names():
        if not given.page or any(part in name for part in given.page):
            carry_out(name, binary, commands, given.accept, count)
    if not given.page or any(part in "docs/operations/grafana.json" for part in given.page):
        place = Workplace("grafana", binary)
        count.take("docs/operations/grafana.json", "dashboard", lambda: proxies.check_dashboard(place))
        place.close()
    for reason, blocks in sorted(count.left.items()):
        print(f"{blocks} not run: {reason}")
    print(f"{count.passed} passed, {count.failed} failed, {sum(count.left.values())} skipped")
    return 1 if count.failed or not count.passed else 0


if __name__ == "__main__":
    sys.exit(main())
