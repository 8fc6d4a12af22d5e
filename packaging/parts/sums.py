"""SHA256SUMS of all packages."""

from parts import common

FILE = "SHA256SUMS"


def build(_):
    files = sorted(path for path in common.PACKAGES.rglob("*") if path.is_file() and path.name != FILE)
    lines = [f"{common.sha256(path.read_bytes())}  {path.relative_to(common.PACKAGES)}\n" for path in files]
    common.write(FILE, "".join(lines).encode())
