"""Prints the server `ghl-contacts` as a host reads it: entry.py HOST HOME prints {"command", "args", "env"} as JSON.

This is the host's view of its own file, written down by the hosts' documentation and not by the program's table.
"""

import json
import pathlib
import sys
import tomllib

FILES = {
    "claude-desktop": (".config/Claude/claude_desktop_config.json", ["mcpServers"]),
    "claude-code": (".claude.json", ["mcpServers"]),
    "cursor": (".cursor/mcp.json", ["mcpServers"]),
    "vscode": (".config/Code/User/mcp.json", ["servers"]),
    "codex": (".codex/config.toml", ["mcp_servers"]),
    "gemini": (".gemini/settings.json", ["mcpServers"]),
    "qwen": (".qwen/settings.json", ["mcpServers"]),
    "opencode": (".config/opencode/opencode.json", ["mcp"]),
    "windsurf": (".codeium/windsurf/mcp_config.json", ["mcpServers"]),
    "zed": (".config/zed/settings.json", ["context_servers"]),
}


def main(host, home):
    name, keys = FILES[host]
    text = (pathlib.Path(home) / name).read_text(encoding="utf-8")
    servers = tomllib.loads(text) if name.endswith(".toml") else json.loads(text)
    for key in keys:
        servers = servers[key]
    entry = servers["ghl-contacts"]
    if host == "opencode":
        assert entry["type"] == "local", entry
        command, *args = entry["command"]
        entry = {"command": command, "args": args, "env": entry.get("environment", {})}
    print(json.dumps({key: entry[key] for key in ("command", "args", "env")}))


main(*sys.argv[1:])
