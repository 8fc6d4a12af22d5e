"""Wheels for PyPI, which uvx and pipx start: the program, and the list of its dependencies (SBOM), which maturin writes."""

import json
import re
import subprocess
import sys
import zipfile

from parts import common, program, session

BOM = f"{common.name()}-{common.version()}.cdx.json"
BOM_IN_WHEEL = ".cyclonedx.json"
BOM_SCHEMA = "1.5"


def build(targets):
    for target in targets:
        wheel = finished(target, program.wheel(target))
        common.write(wheel.name, wheel.read_bytes())
    with zipfile.ZipFile(wheel) as archive:
        # It lists what the program needs on any system, so it is the same in all wheels.
        common.write(BOM, archive.read(next(name for name in archive.namelist() if name.endswith(BOM_IN_WHEEL))))


def finished(target, wheel):
    """The wheel as it is published."""
    folder = common.empty(common.WORK / "finished")
    wheel_tool("unpack", "--dest", folder / "unpacked", wheel)
    unpacked = next((folder / "unpacked").iterdir())
    # The list names the folder in which it was made.
    bom = next(unpacked.rglob(f"*{BOM_IN_WHEEL}"))
    bom.write_text(bom.read_text().replace(f"file://{common.ROOT}", "file:///src"))
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
    wheel = next((path for path in wheels() if "x86_64" in path.name and "linux" in path.name), None)
    common.check(wheel, "there is no wheel for this machine")
    tools = common.tools()
    env = session.settings(
        UV_CACHE_DIR=str(common.empty(common.WORK / "uv")), UV_OFFLINE="1", UV_NO_CONFIG="1", UV_PYTHON=sys.executable
    )
    uvx = [tools / "uvx", "--quiet", "--from", wheel, common.name()]
    session.says_version(uvx, env)
    session.converse([*uvx, "--sandbox"], env)
    session.passes_exit_code(uvx, env)
    session.ends_by_signal(uvx, env)
    for path in wheels():
        # A wheel for any other Linux than the ones that PEP 600 and 656 name cannot be uploaded.
        fits = re.search(r"-py3-none-(manylinux|musllinux|macosx|win)", path.name)
        common.check(fits and page_says_name(path), f"{path.name} is not what PyPI takes")
    test_bom(common.PACKAGES / BOM)
    print(f"ok wheel: uvx starts {wheel.name}; version, tools, a call, exit code, SIGTERM; the list of dependencies is valid")


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


def test_bom(path):
    text = path.read_text()
    common.run(common.tools() / "python", "-c", VALIDATE, BOM_SCHEMA, input=text, text=True)
    components = {component["name"] for component in json.loads(text)["components"]}
    common.check({"rustls", "tokio", "rmcp"} <= components, f"{path.name} lists {len(components)} components")
    common.check(str(common.ROOT) not in text, f"{path.name} names a folder of this machine")
