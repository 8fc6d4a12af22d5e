"""The packages that the pages' agents use: installed once, by uv, into target/. Those of tests/clients are shared."""

import re
import shutil
import subprocess
import sys

from pages import ROOT
from workplace import HERE, SCRATCH

UV = "0.13.9"
CLIENTS = ROOT / "tests" / "clients"
# What a script imports, and the requirements that have it; the first that fits counts.
PYTHON = [
    ("langchain_mcp_adapters", HERE / "requirements-langchain.txt"),
    ("google.adk", HERE / "requirements-mcp2.txt"),
    ("pydantic_ai", HERE / "requirements-mcp2.txt"),
    ("agents", CLIENTS / "requirements-converters.txt"),
    ("mcp", CLIENTS / "requirements-v2.txt"),
]


def quiet(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {(done.stderr or done.stdout)[-800:]}")
    return done.stdout


def uv():
    """The wheel of uv holds the program alone."""
    there = ROOT / "target" / "tools" / "uv"
    program = there / "bin" / "uv"
    if not program.exists() or UV not in quiet([program, "--version"]):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
        quiet([*pip, "--root-user-action", "ignore", "--target", there, f"uv=={UV}"])
    return program


def python(script):
    """The interpreter that has what a script imports."""
    for module, wanted in PYTHON:
        if re.search(rf"^(from|import) {re.escape(module)}\b", script, re.MULTILINE):
            return environment(wanted)
    return sys.executable


def environment(wanted):
    name = wanted.stem.removeprefix("requirements-")
    there = (ROOT / "target" / "clients" if wanted.parent == CLIENTS else SCRATCH) / f"py-{name}"
    mark, text = there / "installed.txt", wanted.read_text(encoding="utf-8")
    if not mark.exists() or mark.read_text(encoding="utf-8") != text:
        shutil.rmtree(there, ignore_errors=True)
        quiet([uv(), "venv", "--quiet", "--seed", "--python", sys.executable, there])
        quiet([uv(), "pip", "install", "--quiet", "--python", there / "bin" / "python", "--requirement", wanted])
        mark.write_text(text, encoding="utf-8")
    return there / "bin" / "python"


def node_modules():
    """The packages of package.json, for the scripts in its folder."""
    wanted = (HERE / "package.json").read_text(encoding="utf-8")
    mark = SCRATCH / "node_modules" / "installed.json"
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(SCRATCH / "node_modules", ignore_errors=True)
        SCRATCH.mkdir(parents=True, exist_ok=True)
        (SCRATCH / "package.json").write_text(wanted, encoding="utf-8")
        flags = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"]
        quiet(["npm", "install", *flags], cwd=SCRATCH)
        mark.write_text(wanted, encoding="utf-8")
    return SCRATCH


def yaml(text):
    """A YAML document as values: google-adk's environment has a parser."""
    code = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))"
    return quiet([environment(HERE / "requirements-mcp2.txt"), "-c", code], input=text)
