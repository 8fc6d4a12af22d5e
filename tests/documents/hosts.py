"""Configurations of hosts, as JSON or TOML: each entry is started, or its address called, and its tools are listed."""

import re

import environments
import mcp
from workplace import CLIENT_TOKEN, LOCATION, TOKEN

# The keys under which hosts keep their servers.
KEYS = ["mcpServers", "servers", "context_servers", "mcp_servers", "mcp"]
PLACEHOLDER = re.compile(r"\$\{[^}]+\}|\{(?:env|file):[^}]+\}|^\.\.\.$")


def servers(value):
    """The entries of a configuration; none if it is none."""
    if not isinstance(value, dict):
        return {}
    for key in KEYS:
        entries = value.get(key)
        if isinstance(entries, dict) and all(isinstance(entry, dict) for entry in entries.values()):
            return entries
    return {}


def check(place, entries):
    for name, entry in entries.items():
        if not name.startswith("ghl-contacts"):
            raise RuntimeError(f"the server is called {name}")
        if "command" in entry:
            check_command(place, entry)
        else:
            check_address(place, entry)


def check_command(place, entry):
    """`command` and `args`, or opencode's list; `env`, or `environment` there."""
    command = entry["command"]
    words = command if isinstance(command, list) else [command, *entry.get("args", [])]
    variables = {name: filled(name, value) for name, value in entry.get("env", entry.get("environment", {})).items()}
    known = place.settings["names"] + ["AUTHORIZATION"]
    if unknown := [name for name in variables if name not in known]:
        raise RuntimeError(f"no setting of the program: {unknown}")
    program = re.sub(r"^(/|[A-Z]:\\|~/).*[/\\]", "", words[0]).removesuffix(".exe")
    words = [str(place.bin / program), *(place.filled(word) for word in words[1:])]
    if any("mcp-remote" in word for word in words):
        environments.node_modules()
        place.serve()
    environment = place.environment() | variables
    client = mcp.Stdio(words, environment, cwd=place.home)
    mcp.check_tools(client, variables.get("GHL_READ_ONLY") == "true" or "--read-only" in words)


def filled(name, value):
    """What a reader, or the host, puts in place of a placeholder."""
    if not PLACEHOLDER.search(value) and value != "pit-...":
        return value
    made_up = {"GHL_PIT_TOKEN": TOKEN, "GHL_LOCATION_ID": LOCATION, "AUTHORIZATION": f"Bearer {CLIENT_TOKEN}"}
    return made_up[name]


def check_address(place, entry):
    """`url`, `serverUrl` or `httpUrl`, with a header; in Codex, the variable of the bearer token."""
    url = next(entry[key] for key in ["url", "serverUrl", "httpUrl"] if key in entry)
    path = re.fullmatch(r"https?://[^/]+(/mcp)", url)[1]
    header = entry.get("headers", {}).get("Authorization") or f"Bearer ${{{entry['bearer_token_env_var']}}}"
    if not re.fullmatch(r"Bearer (\$\{[\w:-]+\}|\{env:\w+\}|<[\w ]+>)", header):
        raise RuntimeError(f"the header is {header!r}: a placeholder after Bearer is wanted")
    mcp.check_tools(mcp.Http(place.serve() + path, {"Authorization": f"Bearer {CLIENT_TOKEN}"}))
