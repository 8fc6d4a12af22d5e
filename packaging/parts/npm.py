"""Packages for npm, which npx starts: a launcher, and one package for each system with its program. npm installs only the
one that fits; nothing is downloaded by a script."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from parts import common, page, program, session
from parts.targets import FIRST, TARGETS

FOLDER = common.WORK / "npm"


def platform(target):
    return f"{common.name()}-{target.short}"


def tarball(name):
    return common.PACKAGES / f"{name}-{common.version()}.tgz"


def manifest(name, **more):
    package = common.package()
    url = {"type": "git", "url": f"git+{common.repository()}.git"}
    head = {"name": name, "version": common.version(), "description": package["description"]}
    return {**head, "license": package["license"], "repository": url, "homepage": common.repository(), **more}


def build(targets):
    common.empty(FOLDER)
    for target in targets:
        name = platform(target)
        more = {"os": [target.npm_os], "cpu": list(target.npm_cpus), "preferUnplugged": True, "files": ["bin"]}
        described = f"The program of {common.name()} for {target.short}."
        pack(name, manifest(name, **more, description=described), {}, target)
    name = common.name()
    more = {
        "keywords": common.package()["keywords"],
        "mcpName": common.registry_name(),
        "bin": {name: "launcher.js"},
        "files": ["launcher.js"],
        "engines": {"node": ">=18"},
        "optionalDependencies": {platform(target): common.version() for target in targets},
    }
    launcher = {"launcher.js": (common.PACKAGING / "npm" / "launcher.js").read_bytes()}
    pack(name, manifest(name, **more), launcher, None)


def pack(name, described, files, target):
    folder = common.empty(FOLDER / name)
    if target is None:
        text = page.text(launcher="npx", arguments='["-y", "{name}"]')
    else:
        text = f"# {name}\n\n{described['description']} Install `{common.name()}`, which picks the right one.\n"
    texts = {path.name: path.read_bytes() for path in common.licences()}
    for file, content in {**files, **texts, "README.md": text.encode(), "package.json": common.json_bytes(described)}.items():
        (folder / file).write_bytes(content)
    if target is not None:
        (folder / "bin").mkdir()
        path = folder / "bin" / f"{common.name()}{target.exe}"
        path.write_bytes(program.content(target))
        path.chmod(0o755)
    common.run("npm", "pack", "--silent", "--pack-destination", FOLDER, cwd=folder, stdout=subprocess.DEVNULL)
    common.write(tarball(name).name, (FOLDER / tarball(name).name).read_bytes())


def test():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        # Our own names are not in the registry: the tarballs stand in for it.
        (folder / "package.json").write_text(json.dumps({"private": True}))
        ours = [f"file:{tarball(name)}" for name in (platform(FIRST), common.name())]
        install(folder, *ours)
        env = session.settings(npm_config_offline="true", npm_config_update_notifier="false")
        npx = ["npx", "--no-install", common.name()]
        session.says_version(npx, env, cwd=folder)
        session.converse([*npx, "--sandbox"], env, cwd=folder)
        session.passes_exit_code(npx, env, cwd=folder)
        session.ends_by_signal(npx, env, cwd=folder)
        started = [folder / "node_modules" / ".bin" / common.name()]
        session.ends_by_signal(started, env)
        test_missing_platform(folder, started, env)
    test_choice()
    print("ok npm: npx starts it; version, tools, a call, exit code, SIGTERM; a missing platform package is explained; each system gets its own")


def test_choice():
    """On each system npm takes the package with its program alone, of all that the launcher names."""
    targets = [target for target in TARGETS.values() if tarball(platform(target)).exists()]
    named = {platform(target): f"file:{tarball(platform(target))}" for target in targets}
    for target, cpu in [(target, cpu) for target in targets for cpu in target.npm_cpus]:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            (folder / "package.json").write_text(json.dumps({"private": True, "optionalDependencies": named}))
            install(folder, f"--os={target.npm_os}", f"--cpu={cpu}", "--include=optional")
            modules = folder / "node_modules"
            there = sorted(path.name for path in modules.iterdir() if not path.name.startswith("."))
            common.check(there == [platform(target)], f"on {target.npm_os} with {cpu} npm installs {there}")
            session.test_copy(platform(target), target, modules / platform(target) / "bin" / f"{common.name()}{target.exe}")


def install(folder, *packages):
    options = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", "--omit=optional"]
    common.run("npm", "install", *options, *packages, cwd=folder, stdout=subprocess.DEVNULL, env=os.environ)


def test_missing_platform(folder, started, env):
    common.run("rm", "-r", folder / "node_modules" / platform(FIRST))
    done = subprocess.run(started, env=env, capture_output=True, text=True, timeout=session.LONGEST, check=False)
    common.check(done.returncode == 1 and f"{platform(FIRST)} is not installed" in done.stderr, f"the launcher says {done}")
