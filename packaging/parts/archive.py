"""Archives for people and for cargo-binstall: the program, README, CHANGELOG and licences in one folder."""

import io
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

from parts import common, program, session
from parts.targets import TARGETS


def stem(target):
    return f"{common.name()}-{common.version()}-{target.triple}"


def file(target):
    return f"{stem(target)}.zip" if target.is_windows else f"{stem(target)}.tar.gz"


def pack(target):
    texts = [*common.licences(), common.ROOT / "README.md", common.ROOT / "CHANGELOG.md"]
    entries = [(f"{stem(target)}/{path.name}", path.read_bytes(), 0o644) for path in texts]
    entries.append((f"{stem(target)}/{common.name()}{target.exe}", program.content(target), 0o755))
    return common.zipped(entries) if target.is_windows else common.gzipped(common.tar(entries))


def build(targets):
    for target in targets:
        common.write(file(target), pack(target))


def test():
    for target in TARGETS.values():
        path = common.PACKAGES / file(target)
        if not path.exists():
            continue
        common.check(pack(target) == path.read_bytes(), f"{path.name} is other bytes when it is built again")
        with tempfile.TemporaryDirectory() as folder:
            unpack(path, folder)
            started = Path(folder) / stem(target) / f"{common.name()}{target.exe}"
            session.test_program(path.name, target, started)


def unpack(path, folder):
    content = io.BytesIO(path.read_bytes())
    if path.suffix == ".zip":
        zipfile.ZipFile(content).extractall(folder)
    else:
        tarfile.open(fileobj=content).extractall(folder, filter="data")
