"""Where a page's blocks are carried out: a home of its own, and programs that stand in for those of a reader."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys

from pages import ROOT

HERE = pathlib.Path(__file__).resolve().parent
SCRATCH = ROOT / "target" / "documents"
TOKEN = "pit-00000000-0000-4000-8000-000000000000"
LOCATION = "ve9EPM428h8vShlRW1KT"
CLIENT_TOKEN = "0123456789abcdef0123456789abcdef"
STAND_INS = ["ghl-contacts-mcp", "npx", "uvx", "docker", "claude", "codex", "gemini", "qwen", "opencode", "code"]
STAND_INS += ["cargo", "cmd"]
SECONDS = 120


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def subcommands(binary):
    shown = subprocess.run([binary, "--help"], capture_output=True, text=True, check=True, timeout=SECONDS).stdout
    return re.findall(r"^  ([a-z-]+)  ", shown.split("Commands:")[1].split("Options:")[0], re.MULTILINE)


def settings_names():
    """The variables that the program reads, from its own list."""
    text = (ROOT / "src/config/names.rs").read_text(encoding="utf-8")
    return sorted(set(re.findall(r'"(GHL_[A-Z_0-9]+)"', text)))


class Workplace:
    """The home of one page. What a block leaves there, the next one finds."""

    def __init__(self, page, binary):
        self.folder = SCRATCH / "pages" / page.replace("/", "-")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.home, self.bin = self.folder / "home", self.folder / "bin"
        self.home.mkdir(parents=True)
        self.bin.mkdir()
        self.binary, self.port, self.sandbox_port = str(binary), free_port(), free_port()
        self.servers = self.folder / "servers"
        self.servers.touch()
        self.log = self.folder / "started"
        self.log.touch()
        self.settings = {
            "binary": self.binary,
            "commands": subcommands(binary),
            "log": str(self.log),
            "login_port": free_port(),
            "mcp_remote": str(SCRATCH / "node_modules" / "mcp-remote" / "dist" / "proxy.js"),
            "names": settings_names(),
            "port": self.port,
            "sandbox_port": self.sandbox_port,
            "servers": str(self.servers),
            "tests": str(HERE),
        }
        (self.bin / "settings.json").write_text(json.dumps(self.settings), encoding="utf-8")
        text = (HERE / "stand_in.py").read_text(encoding="utf-8")
        text = text.replace("#!/usr/bin/env python3", f"#!{sys.executable}", 1)
        for name in STAND_INS:
            (self.bin / name).write_text(text, encoding="utf-8")
            (self.bin / name).chmod(0o755)

    def environment(self):
        # Only what a shell has: no setting of this machine may help a block or disturb it.
        return {
            "HOME": str(self.home),
            "PATH": f"{self.bin}:{pathlib.Path(shutil.which('node') or '/usr/bin/node').parent}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def filled(self, text):
        """The text of a block with a reader's own values in place of the page's placeholders."""
        text = text.replace("pit-...", TOKEN).replace("GHL_LOCATION_ID=...", f"GHL_LOCATION_ID={LOCATION}")
        text = text.replace("GHL_LOCATION_ID', '...'", f"GHL_LOCATION_ID', '{LOCATION}'")
        text = re.sub(r"(127\.0\.0\.1|0\.0\.0\.0|localhost):8787", f"127.0.0.1:{self.port}", text)
        text = re.sub(r"(127\.0\.0\.1|localhost):8788", f"127.0.0.1:{self.sandbox_port}", text)
        return re.sub(r"(/absolute/path/to|~/bin|/Users/you/bin|/home/you/bin)/ghl-contacts-mcp", "ghl-contacts-mcp", text)

    def run(self, command, text=None, more=None):
        """Runs a command in the home; what it prints, or an error in words. The log of a server is on stderr."""
        try:
            done = subprocess.run(
                command, input=text, cwd=self.home, env=self.environment() | (more or {}), text=True, encoding="utf-8",
                capture_output=True, timeout=SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"it has not ended after {SECONDS} s") from None
        if done.returncode:
            raise RuntimeError(f"exit code {done.returncode}:\n{(done.stdout + done.stderr)[-1500:]}")
        return done.stdout

    def serve(self):
        """An HTTP server with the sandbox behind it, if no block has started one."""
        if " http" not in self.servers.read_text():
            self.run([self.bin / "ghl-contacts-mcp", "http"], more={"GHL_MCP_TOKENS": CLIENT_TOKEN})
        return f"http://127.0.0.1:{self.port}"

    def serve_for(self, host):
        """The port of an HTTP server that a proxy for `host` leads to."""
        port = free_port()
        arguments = ["http", "--listen", f"127.0.0.1:{port}", "--allowed-host", host]
        self.run([self.bin / "ghl-contacts-mcp", *arguments], more={"GHL_MCP_TOKENS": CLIENT_TOKEN})
        return port

    def close(self):
        """Ends the servers that blocks have started, by their ids."""
        for pid in re.findall(r"^\d+", self.servers.read_text(), re.MULTILINE):
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.servers.write_text("")
