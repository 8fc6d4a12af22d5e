"""A small MCP client over stdio and over HTTP, in the era of `initialize`."""

import http.client
import json
import os
import queue
import subprocess
import threading
import urllib.parse

READING = {"ghl_get_contact", "ghl_search_contacts"}
WRITING = {"ghl_add_tags", "ghl_upsert_contact"}
TIMEOUT = 30
HELLO = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "documents", "version": "1.0.0"},
}


class Stdio:
    """A server that is started as a host starts it."""

    def __init__(self, command, environment, cwd=None):
        self.process = subprocess.Popen(
            command, env=environment, cwd=cwd, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.lines, self.errors, self.last = queue.Queue(), [], 0
        streams = [(self.process.stdout, self.lines.put), (self.process.stderr, self.errors.append)]
        self.readers = [threading.Thread(target=self._read, args=both, daemon=True) for both in streams]
        for reader in self.readers:
            reader.start()
        self.ask("initialize", HELLO)
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def _read(self, stream, take):
        for line in stream:
            take(line)
        take("")

    def _send(self, message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.last += 1
        self._send({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params})
        while True:
            line = self.lines.get(timeout=TIMEOUT)
            if not line:
                raise RuntimeError(f"the server ended: {''.join(self.errors)[-600:]}")
            message = json.loads(line)
            if message.get("id") == self.last:
                return message["result"]

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
        for reader in self.readers:
            reader.join(timeout=TIMEOUT)


class Http:
    """A server at a Streamable HTTP address."""

    def __init__(self, url, headers):
        self.url = urllib.parse.urlsplit(url)
        self.headers = headers | {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        self.ask("initialize", HELLO)

    def ask(self, method, params):
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=TIMEOUT)
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        connection.request("POST", self.url.path, json.dumps(message), self.headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{self.url.geturl()} answers {answer.status}: {body[:300]}")
        return json.loads(body)["result"]

    def close(self):
        pass


def check_tools(client, read_only=False):
    """Lists the tools: the four, or the two that read."""
    tools = {tool["name"] for tool in client.ask("tools/list", {})["tools"]}
    client.close()
    wanted = READING if read_only else READING | WRITING
    if not wanted <= tools or read_only and tools & WRITING:
        raise RuntimeError(f"it lists {sorted(tools)}")


def start(command, environment):
    """Starts `command` as a host does, and lists its tools."""
    on = environment.get("GHL_READ_ONLY", "").lower() in {"1", "true", "yes", "on"}
    check_tools(Stdio(command, os.environ | environment), on or "--read-only" in command)
