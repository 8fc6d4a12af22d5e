"""The bundle for Claude Desktop (.mcpb), which a double click installs: one file for all systems, so that no one has to
choose. Claude Desktop asks for what `user_config` lists, and keeps the token in the system's key store."""

import json
import subprocess
import tempfile
from pathlib import Path

from parts import common, program, session
from parts.targets import TARGETS

FILE = f"{common.name()}-{common.version()}.mcpb"

USER_CONFIG = {
    "token": {
        "type": "string",
        "title": "Token",
        "description": "A private integration token of the HighLevel sub-account: Settings > Private Integrations > Create.",
        "sensitive": True,
        "required": False,
    },
    "location": {
        "type": "string",
        "title": "Location",
        "description": "The sub-account: its id, or the address of its dashboard.",
        "required": False,
    },
    "sandbox": {
        "type": "boolean",
        "title": "Try it without an account",
        "description": "Use the built-in sandbox, a simulated HighLevel with made-up contacts. It needs neither token nor location.",
        "default": False,
        "required": False,
    },
}
ENV = {
    "GHL_PIT_TOKEN": "${user_config.token}",
    "GHL_LOCATION_ID": "${user_config.location}",
    "GHL_SANDBOX": "${user_config.sandbox}",
}


def inside(target):
    return f"server/{target.short}/{common.name()}{target.exe}"


def manifest(targets):
    package = common.package()
    windows = [target for target in targets if target.is_windows]
    config = {"command": "/bin/sh", "args": ["${__dirname}/server/launch.sh", "stdio"], "env": ENV}
    if windows:
        command = "${__dirname}/" + inside(windows[0])
        config["platform_overrides"] = {"win32": {"command": command, "args": ["stdio"]}}
    return {
        "manifest_version": "0.4",
        "name": package["name"],
        "display_name": "HighLevel contacts",
        "version": package["version"],
        "description": package["description"],
        "author": {"name": ", ".join(package["authors"]) or f"The authors of {package['name']}"},
        "repository": {"type": "git", "url": common.repository()},
        "license": package["license"],
        "keywords": package["keywords"],
        "server": {"type": "binary", "entry_point": "server/launch.sh", "mcp_config": config},
        "tools": tools(),
        # Nothing on the way to the program knows which of them a person turns on.
        "tools_generated": True,
        "compatibility": {"platforms": sorted({target.npm_os for target in targets})},
        "user_config": USER_CONFIG,
    }


def tools():
    """The tools that the program serves where nothing is turned on: name and description."""
    command = session.startable()
    return session.served(command) if command else []


def pack(targets):
    entries = [(path.name, path.read_bytes(), 0o644) for path in common.licences()]
    entries.append(("manifest.json", common.json_bytes(manifest(targets)), 0o644))
    entries.append(("server/launch.sh", (common.PACKAGING / "mcpb" / "launch.sh").read_bytes(), 0o755))
    entries += [(inside(target), program.content(target), 0o755) for target in targets]
    return common.zipped(entries)


def build(targets):
    # `mcpb pack` writes the time of day into the file, so that no two builds are equal. The test lets it read ours.
    common.write(FILE, pack(targets))


def test():
    path = common.PACKAGES / FILE
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        mcpb("unpack", path, folder / "as-is")
        mcpb("validate", folder / "as-is" / "manifest.json")
        mcpb("pack", folder / "as-is", folder / "again.mcpb")
        read = json.loads((folder / "as-is" / "manifest.json").read_bytes())
        built = [target for target in TARGETS.values() if (folder / "as-is" / inside(target)).exists()]
        common.check(pack(built) == path.read_bytes(), f"{FILE} is other bytes when it is built again")
        start(read, folder / "as-is", {"sandbox": "true"}, works=True)
        # What Claude Desktop hands over where a person has left the fields empty, or it does not fill them.
        for empty in ({}, {"token": "", "location": "", "sandbox": "false"}):
            start(read, folder / "as-is", empty, works=False)
        test_windows(read, folder / "as-is")
        # As Claude Desktop for macOS unpacks it.
        for file in (folder / "as-is").rglob("*"):
            if file.is_file():
                file.chmod(0o600)
        start(read, folder / "as-is", {"sandbox": "true"}, works=True)
    print("ok mcpb: valid; starts filled, unfilled, and unpacked without the right to execute")


def mcpb(*arguments):
    common.run(common.mcpb(), *arguments, stdout=subprocess.DEVNULL)


def test_windows(read, folder):
    """The same by the part of the manifest that is for Windows."""
    target = next(target for target in TARGETS.values() if target.is_windows)
    config = read["server"]["mcp_config"]
    first = session.runner(target)
    if "platform_overrides" not in config:
        return
    if first is None:
        common.skip("starting the bundle as on Windows", f"this machine cannot start programs for {target.short}")
        return
    there = {"server": {"mcp_config": {**config, **config["platform_overrides"]["win32"]}}}
    start(there, folder, {"sandbox": "true"}, works=True, first=first)
    start(there, folder, {}, works=False, first=first)


def start(read, folder, values, works, first=()):
    """Starts the server as Claude Desktop does: `${...}` of the manifest is filled where a value is known."""
    def fill(text):
        for key, value in {"__dirname": str(folder), **{f"user_config.{key}": value for key, value in values.items()}}.items():
            text = text.replace("${" + key + "}", value)
        return text

    config = read["server"]["mcp_config"]
    command = [*first, *[fill(word) for word in [config["command"], *config["args"]]]]
    env = session.settings(**{key: fill(value) for key, value in config["env"].items()})
    session.converse(command, env, sandbox=works)
