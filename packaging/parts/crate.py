"""The crate for crates.io: packed, and built from what was packed. `cargo install` and `cargo binstall` take it."""

import re
import subprocess
import tarfile

from parts import archive, common
from parts.targets import TARGETS

# Larger than this, something slipped in that no one needs to build the program.
MOST_BYTES = 1_000_000
EXPECTED = re.compile("ignoring .* is not included in the published package|aborting upload due to dry run")


def file():
    return f"{common.name()}-{common.version()}.crate"


def build(_):
    # cargo builds what it has packed, with the dependencies that earlier builds have left in target/debug.
    cargo("package")
    common.write(file(), (common.ROOT / "target" / "package" / file()).read_bytes())
    # Everything of `cargo publish` but the upload.
    cargo("publish", "--dry-run", "--no-verify")


def cargo(*command):
    """Runs cargo, which may warn of no more than what the crate leaves out."""
    command = ["cargo", *command, "--locked", "--allow-dirty"]
    done = subprocess.run(command, cwd=common.ROOT, stderr=subprocess.PIPE, text=True, check=False)
    common.check(done.returncode == 0, f"{command}: {done.stderr}")
    warnings = [line for line in done.stderr.splitlines() if line.startswith("warning: ") and not EXPECTED.search(line)]
    common.check(not warnings, f"{command} warns: {warnings}")


def test():
    path = common.PACKAGES / file()
    common.check(path.stat().st_size < MOST_BYTES, f"{file()} has {path.stat().st_size} bytes")
    with tarfile.open(path) as packed:
        names = packed.getnames()
    for needed in ("Cargo.lock", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "src/main.rs"):
        common.check(f"{common.name()}-{common.version()}/{needed}" in names, f"{file()} lacks {needed}")
    test_binstall()
    print(f"ok crate: {len(names)} files, {path.stat().st_size:,} bytes; cargo binstall's addresses are those of the archives")


def test_binstall():
    """The address that `cargo binstall` fills in is that of the archive, and the program is where it looks."""
    settings = common.package()["metadata"]["binstall"]
    for target in TARGETS.values():
        own = {**settings, **settings.get("overrides", {}).get(target.triple, {})}
        known = {"repo": common.repository(), "name": common.name(), "version": common.version(), "target": target.triple}
        known |= {"bin": common.name(), "binary-ext": target.exe, "archive-suffix": {"zip": ".zip", "tgz": ".tar.gz"}[own["pkg-fmt"]]}
        address, inside = own["pkg-url"], own["bin-dir"]
        for key, value in known.items():
            address, inside = address.replace(f"{{ {key} }}", value), inside.replace(f"{{ {key} }}", value)
        common.check(address == common.release_file(archive.file(target)), f"cargo binstall looks for {address}")
        common.check(inside == f"{archive.stem(target)}/{common.name()}{target.exe}", f"cargo binstall looks for {inside}")
