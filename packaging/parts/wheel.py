"""Wheels for PyPI, which uvx and pipx start: the program, and the list of its dependencies (SBOM), which maturin writes."""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from parts import common, packed, program, session
from parts.targets import FIRST, TARGETS

BOM_IN_WHEEL = ".cyclonedx.json"
BOM_SCHEMA = "1.5"


def build(targets):
    for target in targets:
        wheel = finished(target, program.wheel(target))
        common.write(wheel.name, wheel.read_bytes())
        with zipfile.ZipFile(wheel) as archive:
            common.write(bom(target), archive.read(next(name for name in archive.namelist() if name.endswith(BOM_IN_WHEEL))))


def bom(target):
    """The file with the list of dependencies: they differ by system."""
    return f"{common.name()}-{common.version()}-{target.triple}.cdx.json"


def finished(target, wheel):
    """The wheel as it is published."""
    folder = common.empty(common.WORK / "finished")
    wheel_tool("unpack", "--dest", folder / "unpacked", wheel)
    unpacked = next((folder / "unpacked").iterdir())
    # The list names the folder in which it was made.
    listed = next(unpacked.rglob(f"*{BOM_IN_WHEEL}"))
    sources = packed.sources().relative_to(common.ROOT)
    listed.write_text(re.sub(rf'file://[^"]*?/{sources}', "file:///src", listed.read_text()))
    wheel_tool("pack", "--dest-dir", folder, unpacked)
    if target.npm_os == "linux":
        # maturin takes a musl program for one that runs on musl systems only. Ours is static, so it is for the others, too.
        cpu = target.triple.split("-")[0]
        tags = ".".join(f"{tag}_{cpu}" for tag in ("manylinux_2_17", "manylinux2014", "musllinux_1_1"))
        wheel_tool("tags", "--remove", "--platform-tag", tags, next(folder.glob("*.whl")))
    return next(folder.glob("*.whl"))


def wheel_tool(*arguments):
    common.run("wheel", *arguments, env=common.environment(), stdout=subprocess.DEVNULL)


def wheels():
    return sorted(common.PACKAGES.glob(f"{common.name().replace('-', '_')}-{common.version()}-*.whl"))


def test():
    wheel = next(common.PACKAGES.glob(FIRST.wheel), None)
    common.check(wheel, "there is no wheel for this machine")
    tools = common.tools()
    env = session.settings(
        UV_CACHE_DIR=str(common.empty(common.WORK / "uv")), UV_OFFLINE="1", UV_NO_CONFIG="1", UV_PYTHON=sys.executable
    )
    uvx = [tools / "uvx", "--quiet", "--from", wheel, common.name()]
    session.says_version(uvx, env)
    session.converse([*uvx, "--sandbox"], env)
    session.passes_exit_code(uvx, env)
    session.ends_by_signal(uvx, env, late=True)
    for path in wheels():
        # A wheel for any other Linux than the ones that PEP 600 and 656 name cannot be uploaded.
        fits = re.search(r"-py3-none-(manylinux|musllinux|macosx|win)", path.name)
        common.check(fits and page_says_name(path), f"{path.name} is not what PyPI takes")
    test_choice()
    for target in TARGETS.values():
        if any(common.PACKAGES.glob(target.wheel)):
            test_bom(target)
    print(f"ok wheel: uvx starts {wheel.name}; version, tools, a call, exit code, SIGTERM; the list of dependencies is valid")


def test_choice():
    """On each system uv takes the wheel with its program, and puts the program where commands are."""
    for target in TARGETS.values():
        if not any(common.PACKAGES.glob(target.wheel)):
            continue
        for system in target.uv:
            with tempfile.TemporaryDirectory() as folder:
                options = ["--no-config", "--quiet", "--no-cache", "--no-index", "--find-links", common.PACKAGES]
                where = ["--python", sys.executable, "--python-platform", system, "--target", folder]
                common.run(common.tools() / "uv", "pip", "install", *options, *where, f"{common.name()}=={common.version()}")
                session.test_copy(f"the wheel for {system}", target, Path(folder) / "bin" / f"{common.name()}{target.exe}")


def page_says_name(path):
    with zipfile.ZipFile(path) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        text = archive.read(metadata).decode()
    return f"mcp-name: {common.registry_name()} " in text and f"\nVersion: {common.version()}\n" in text


VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.from_version(sys.argv[1])).validate_str(sys.stdin.read())
sys.exit(str(error) if error else 0)
"""


def test_bom(target):
    path = common.PACKAGES / bom(target)
    text = path.read_text()
    common.run(common.tools() / "python", "-c", VALIDATE, BOM_SCHEMA, input=text, text=True)
    components = {component["name"] for component in json.loads(text)["components"]}
    own = {"windows-sys"} if target.is_windows else {"mimalloc"}
    common.check({"rustls", "tokio", "rmcp"} | own <= components, f"{path.name} lists {len(components)} components")
    common.check(str(packed.sources().relative_to(common.ROOT)) not in text, f"{path.name} names a folder of this machine")
