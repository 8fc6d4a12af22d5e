#!/usr/bin/env python3
"""Carries out the worked examples of CONTRIBUTING.md in a scratch copy of the checkout, block by block.

    tests/contributing/replay.py [--until WORDS]

A block of the page is carried out if its first line names a file or is ```sh replay:

    ```rust src/tools/ping.rs      the file gets this content
    ```diff src/tools.rs           lines with + are added, lines with - removed, the others show the place
    ```sh replay                   the commands run at the root of the copy; each must succeed

The copy is target/contributing/checkout. It shares the folder target, so that only this package is built anew. It gets a
version of its own: cargo tells two packages in one target folder apart by name and version, not by their paths.
With --until it stops before the heading that holds WORDS: the copy is then left as a reader has it at that point.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "target" / "contributing" / "checkout"


def blocks(page):
    """Heading, kind, subject, first line and text of each block that is carried out."""
    heading, block = "", None
    for number, line in enumerate(page.splitlines(), 1):
        if block is not None:
            if line.strip() == "```":
                yield block
                block = None
            elif block["kind"]:
                block["text"] += line + "\n"
        elif line.startswith("```"):
            kind, _, subject = line[3:].partition(" ")
            block = {"heading": heading, "kind": kind if subject else "", "subject": subject, "line": number, "text": ""}
        elif line.startswith("#"):
            heading = line.lstrip("# ")


def copy():
    """Makes the scratch copy: every file that is committed or would be."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, COPY / name)
    (COPY / "target").symlink_to(ROOT / "target")
    for name in ["Cargo.toml", "Cargo.lock"]:
        text = (COPY / name).read_text(encoding="utf-8")
        own = re.sub(r'(name = "ghl-contacts-mcp"\nversion = ")[^"]*', r"\g<1>0.0.0-copy", text)
        assert own != text, name
        (COPY / name).write_text(own, encoding="utf-8")


def edited(text, diff, name):
    """`text` after the hunks of `diff`, which are separated by lines that begin with @@."""
    hunks = [[]]
    for line in diff.splitlines():
        if line.startswith("@@"):
            hunks.append([])
        else:
            hunks[-1].append(line)
    for hunk in filter(None, hunks):
        before = "".join(line[1:] + "\n" for line in hunk if not line.startswith("+"))
        after = "".join(line[1:] + "\n" for line in hunk if not line.startswith("-"))
        places = ("\n" + text).count("\n" + before)
        if places != 1:
            raise SystemExit(f"{name}: these lines stand there {places} times, not once:\n{before}")
        text = ("\n" + text).replace("\n" + before, "\n" + after, 1)[1:]
    return text


def carry_out(block):
    kind, subject = block["kind"], block["subject"]
    if kind == "sh" and subject == "replay":
        subprocess.run(["bash", "-euo", "pipefail", "-c", block["text"]], cwd=COPY, check=True)
        return
    path = COPY / subject
    if kind == "diff":
        path.write_text(edited(path.read_text(encoding="utf-8"), block["text"], subject), encoding="utf-8")
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block["text"], encoding="utf-8")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--until", metavar="WORDS", help="stop before the heading that holds WORDS")
    until = arguments.parse_args().until
    copy()
    done = 0
    for block in blocks((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        if until and until in block["heading"]:
            break
        if block["kind"]:
            print(f"CONTRIBUTING.md:{block['line']}: {block['kind']} {block['subject']}", flush=True)
            try:
                carry_out(block)
            except (subprocess.CalledProcessError, FileNotFoundError) as error:
                print(f"CONTRIBUTING.md:{block['line']}: {error}", file=sys.stderr)
                sys.exit(1)
            done += 1
    if done == 0:
        sys.exit("CONTRIBUTING.md has no block to carry out")
    print(f"{done} blocks of CONTRIBUTING.md were carried out in {os.path.relpath(COPY, ROOT)}")


if __name__ == "__main__":
    main()
