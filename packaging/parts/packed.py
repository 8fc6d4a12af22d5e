"""The sources as crates.io gets them: packed by cargo, and unpacked again. Every program is built from these, so a crate that
lacks a file does not build."""

import functools
import re
import subprocess
import tarfile

from parts import common

FOLDER = common.WORK / "crate"
EXPECTED = re.compile("ignoring .* is not included in the published package|aborting upload due to dry run")


def file():
    return f"{common.name()}-{common.version()}.crate"


def path():
    """The crate itself."""
    return common.ROOT / "target" / "package" / file()


def sources():
    """The folder of what `unpacked` unpacks."""
    return FOLDER / f"{common.name()}-{common.version()}"


@functools.cache
def unpacked():
    """Packs the crate, and unpacks it into the folder that this returns."""
    cargo("package", "--no-verify")
    there = set()
    with tarfile.open(path()) as crate:
        for member in crate:
            there.add(FOLDER / member.name)
            keep(FOLDER / member.name, crate.extractfile(member).read())
    for old in [old for old in FOLDER.rglob("*") if old.is_file() and old not in there]:
        old.unlink()
    return sources()


def keep(file, content):
    """Writes a file that is not there yet, or differs: cargo builds again what is newer than the program, and cargo gives all
    files of a crate the same old time."""
    if not file.is_file() or file.read_bytes() != content:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def cargo(*command):
    """Runs cargo, which may warn of no more than what the crate leaves out."""
    command = ["cargo", *command, "--locked", "--allow-dirty"]
    done = subprocess.run(command, cwd=common.ROOT, stderr=subprocess.PIPE, text=True, check=False)
    common.check(done.returncode == 0, f"{command}: {done.stderr}")
    warnings = [line for line in done.stderr.splitlines() if line.startswith("warning: ") and not EXPECTED.search(line)]
    common.check(not warnings, f"{command} warns: {warnings}")
