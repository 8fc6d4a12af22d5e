"""What the parts share: places, the package's own data, tools, and archives that are equal whenever they are built."""

import functools
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from contextlib import contextmanager

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
PACKAGES = ROOT / "target" / "packages"
WORK = ROOT / "target" / "packaging"
TOOLS = ROOT / "target" / "tools" / "packaging"
MCPB = "2.1.2"

# Where Cargo.toml names no repository, packages name this one. Nothing with it can be published.
NO_OWNER = "OWNER"

skipped = []
times = []


@contextmanager
def timed(name):
    print(f"-- {name}", flush=True)
    began = time.monotonic()
    yield
    times.append(f"{name:10} {time.monotonic() - began:4.0f} s")


def skip(what, reason):
    """Says that something is left out, and keeps it for the report."""
    skipped.append(f"skipped: {what}: {reason}")
    print(skipped[-1], flush=True)


def report():
    print("\n".join(["", *times, *skipped]))


def run(*command, **options):
    """Runs a command, which must succeed."""
    return subprocess.run([str(word) for word in command], check=True, **options)


def output(*command, **options):
    """What a command prints, which must succeed."""
    return run(*command, stdout=subprocess.PIPE, text=True, **options).stdout


def check(holds, message):
    """Ends the program if a package is not as it should be."""
    if not holds:
        sys.exit(f"FAIL {message}")


@functools.cache
def package():
    """The package as Cargo.toml describes it: every text that a package shows comes from there."""
    metadata = json.loads(output("cargo", "metadata", "--no-deps", "--locked", "--format-version", "1", cwd=ROOT))
    return metadata["packages"][0]


def name():
    return package()["name"]


def version():
    return package()["version"]


def repository():
    """Where the project is published: `repository` of Cargo.toml, or a placeholder."""
    return (package()["repository"] or f"https://github.com/{NO_OWNER}/{name()}").removesuffix(".git").rstrip("/")


def owner():
    return repository().split("/")[-2]


def registry_name():
    """The server's name in the MCP registry."""
    return f"io.github.{owner()}/{name()}"


def release_file(file):
    """Where a file of a release can be downloaded from."""
    return f"{repository()}/releases/download/v{version()}/{file}"


def fix_time():
    """Chooses the time of everything in an archive: SOURCE_DATE_EPOCH, or that of the last commit. The tests read it, too."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if not given:
        command = ["git", "log", "-1", "--format=%ct"]
        last = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        # About the first time that a zip archive can hold, where this is no checkout.
        given = last.stdout.strip() if last.returncode == 0 else "315619200"
    WORK.mkdir(parents=True, exist_ok=True)
    (WORK / "epoch").write_text(given)


@functools.cache
def epoch():
    return int((WORK / "epoch").read_text())


def environment(**more):
    """The environment of tools: the pinned ones first, and the time of the last commit for what they write."""
    path = f"{TOOLS / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "SOURCE_DATE_EPOCH": str(epoch()), "PYTHONDONTWRITEBYTECODE": "1", **more}


@functools.cache
def tools():
    """Installs the tools of tools.txt, once."""
    wanted, installed = PACKAGING / "tools.txt", TOOLS / "installed.txt"
    if not installed.exists() or installed.read_bytes() != wanted.read_bytes():
        shutil.rmtree(TOOLS, ignore_errors=True)
        run(sys.executable, "-m", "venv", TOOLS)
        run(TOOLS / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", wanted)
        shutil.copy(wanted, installed)
    return TOOLS / "bin"


@functools.cache
def mcpb():
    """The tool of Claude Desktop's bundles, from npm."""
    folder = ROOT / "target" / "tools" / f"mcpb-{MCPB}"
    program = folder / "node_modules" / ".bin" / "mcpb"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        run(*command, f"@anthropic-ai/mcpb@{MCPB}")
    return program


def empty(folder):
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def licences():
    return [ROOT / "LICENSE-APACHE", ROOT / "LICENSE-MIT"]


def tar(entries, owner_id=0):
    """A tar archive of `(name, content, mode)`, sorted, with folders; the same bytes whenever it is built."""
    buffer = io.BytesIO()
    folders = {str(parent) for entry, _, _ in entries for parent in pathlib.PurePosixPath(entry).parents} - {"."}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for entry, content, mode in sorted([*entries, *[(folder, None, 0o755) for folder in folders]]):
            member = tarfile.TarInfo(entry)
            member.mtime, member.mode, member.uid, member.gid = epoch(), mode, owner_id, owner_id
            if content is None:
                member.type = tarfile.DIRTYPE
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def gzipped(content):
    return gzip.compress(content, compresslevel=9, mtime=0)


def zipped(entries):
    """A zip archive of `(name, content, mode)`, sorted; the same bytes whenever it is built."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry, content, mode in sorted(entries):
            member = zipfile.ZipInfo(entry, time.gmtime(epoch())[:6])
            member.create_system, member.external_attr = 3, (0o100000 | mode) << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def write(file, content):
    """Writes a package and says its size."""
    path = PACKAGES / file
    path.write_bytes(content)
    print(f"{len(content):>10,}  {path.relative_to(ROOT)}", flush=True)
    return path


def json_bytes(value):
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
