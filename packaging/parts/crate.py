"""The crate for crates.io, from which the programs were built. `cargo install` and `cargo binstall` take it."""

import tarfile

from parts import archive, common, packed
from parts.targets import TARGETS

# Larger than this, something slipped in that no one needs to build the program.
MOST_BYTES = 1_000_000


def build(_):
    packed.unpacked()
    common.write(packed.file(), packed.path().read_bytes())
    # Everything of `cargo publish` but the upload; it must pack the same.
    packed.cargo("publish", "--dry-run", "--no-verify")
    common.check(packed.path().read_bytes() == (common.PACKAGES / packed.file()).read_bytes(), f"{packed.file()} has changed meanwhile")


def test():
    path = common.PACKAGES / packed.file()
    common.check(path.stat().st_size < MOST_BYTES, f"{packed.file()} has {path.stat().st_size} bytes")
    with tarfile.open(path) as crate:
        names = crate.getnames()
    for needed in ("Cargo.lock", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "src/main.rs"):
        common.check(f"{common.name()}-{common.version()}/{needed}" in names, f"{packed.file()} lacks {needed}")
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
