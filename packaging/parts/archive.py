"""Archives for people and for cargo-binstall: the program, README, CHANGELOG, licences, completions
of shells and the manual page in one folder."""

import functools
import io
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


@functools.cache
def generated():
    """Completions of shells and the manual page, as the program prints them: any program that this machine can start."""
    command = session.startable()
    if command is None:
        return []
    name = common.name()
    shells = {"bash": f"{name}.bash", "fish": f"{name}.fish", "powershell": f"_{name}.ps1", "zsh": f"_{name}"}
    printed = [(f"completions/{file}", session.printed([*command, "completions", shell])) for shell, file in shells.items()]
    printed.append((f"man/{name}.1", session.printed([*command, "man"])))
    return printed


def pack(target):
    texts = [*common.licences(), common.ROOT / "README.md", common.ROOT / "CHANGELOG.md"]
    entries = [(f"{stem(target)}/{path.name}", path.read_bytes(), 0o644) for path in texts]
    entries += [(f"{stem(target)}/{file}", text, 0o644) for file, text in generated()]
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
