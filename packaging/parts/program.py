"""The program itself, built once for each system, from the crate that crates.io gets."""

import json
import os
import shutil
import subprocess
import sys

from parts import common, packed, page
from parts.targets import FIRST, TARGETS

PROJECT = common.WORK / "wheel"
PYPROJECT = """\
[build-system]
requires = ["maturin>=1.9,<2"]
build-backend = "maturin"

[project]
name = "{name}"
dynamic = ["version"]
description = {description}
readme = "README.md"
license = "{license}"
license-files = ["LICENSE-*"]
keywords = {keywords}

[tool.maturin]
bindings = "bin"
manifest-path = {manifest}
"""


def path(target):
    """Where cargo puts the program."""
    return common.ROOT / "target" / target.triple / "release" / f"{common.name()}{target.exe}"


def build(triples, taken):
    """Builds the program for these systems; the ones that this machine cannot build for are left out. What is taken has been
    built already."""
    built = []
    for target in [target for target in TARGETS.values() if target.triple in {*triples, *taken}]:
        with common.timed(target.short):
            if target.triple in taken:
                reason = None if path(target).exists() and wheel(target) else f"there is no {path(target)} with its wheel"
            else:
                reason = sdk(target) or standard_library(target) or compile_for(target)
        if reason is None:
            built.append(target)
        elif target is FIRST:
            sys.exit(f"FAIL {target.triple}: {reason}")
        else:
            common.skip(target.triple, reason)
    return built


def sdk(target):
    """macOS's frameworks are linked by files of Apple's, which no registry may carry."""
    if target.npm_os == "darwin" and sys.platform != "darwin" and "SDKROOT" not in os.environ:
        return "Apple's SDK is needed: build it on a Mac, or set SDKROOT to the folder of the SDK"
    return None


def standard_library(target):
    """Brings Rust's standard library for the system; the result is why it is missing."""
    sysroot = common.output("rustc", "--print", "sysroot").strip()
    libraries = os.path.join(sysroot, "lib", "rustlib", target.triple, "lib")
    if os.path.isdir(libraries):
        return None
    command = ["rustup", "target", "add", target.triple]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"no standard library for it: `{' '.join(command)}` brings it ({error})"
    return None if done.returncode == 0 else f"`{' '.join(command)}` failed: {done.stderr.strip().splitlines()[-1:]}"


def settings():
    """The environment of a build. The program holds no folder of the machine that built it."""
    home = os.environ.get("CARGO_HOME") or os.path.expanduser("~/.cargo")
    sources = os.path.join(home, "registry", "src")
    flags = [f"--remap-path-prefix={sources}=/registry", f"--remap-path-prefix={packed.sources()}=/src"]
    return common.environment(CARGO_ENCODED_RUSTFLAGS="\x1f".join(flags), CARGO_TARGET_DIR=str(common.ROOT / "target"))


def compile_for(target):
    """Builds the program and its wheel in one go. maturin calls cargo, with Zig as the linker and C compiler."""
    common.tools()
    project()
    out = common.empty(PROJECT / "dist" / target.triple)
    command = ["maturin", "build", "--locked", "--release", "--target", target.triple, "--out", str(out)]
    if sys.platform != "darwin":
        command.append("--zig")
    done = subprocess.run(command, cwd=PROJECT, env=settings(), check=False)
    return None if done.returncode == 0 else f"`{' '.join(command)}` failed"


def project():
    """The project as maturin and PyPI want to see it, in a folder of its own: the root needs no pyproject.toml."""
    PROJECT.mkdir(parents=True, exist_ok=True)
    (PROJECT / "pyproject.toml").write_text(
        PYPROJECT.format(
            name=common.name(),
            description=json.dumps(common.package()["description"]),
            license=common.package()["license"],
            keywords=json.dumps(common.package()["keywords"]),
            manifest=json.dumps(str(packed.unpacked() / "Cargo.toml")),
        )
    )
    # The MCP registry looks for its name on PyPI's page.
    (PROJECT / "README.md").write_text(page.text(f"<!-- mcp-name: {common.registry_name()} -->\n"))
    for licence in common.licences():
        shutil.copy(licence, PROJECT)


def content(target):
    return path(target).read_bytes()


def wheel(target):
    """The wheel that was built with the program."""
    return next((PROJECT / "dist" / target.triple).glob("*.whl"), None)
