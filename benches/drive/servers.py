"""The servers of a comparison: each is started and called in the way that its map (benches/peers/*.toml) says."""

import json
import os
import pathlib
import re
import shlex
import socket
import subprocess
import threading
import time
import tomllib
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "target/release/examples"
PEERS = ROOT / "benches/peers"
TICKS = os.sysconf("SC_CLK_TCK")
TOKEN, LOCATION = "pit-00000000-0000-4000-8000-000000000000", "BenchLocation0000001"


def resident(pid):
    """Resident memory in MB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE).group(1)) * 1024 / 1e6


def cpu(pid):
    """Seconds of CPU that a process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Upstream:
    """The fast HighLevel that all servers ask."""

    def __init__(self):
        self.process = subprocess.Popen([EXAMPLES / "bench_upstream"], stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()

    def _ask(self, path):
        with urllib.request.urlopen(f"{self.address}/bench/{path}", timeout=10) as answer:
            return int(answer.read())

    def requests(self):
        return self._ask("count")

    def delay(self, milliseconds):
        self._ask(f"delay/{milliseconds}")

    def end(self):
        self.process.kill()
        self.process.wait()


class Client:
    """One `bench_client`, which calls one server, or the upstream itself."""

    first = 10_000  # Contacts below are those of the search pages.

    def __init__(self, *words, env=None):
        command = [EXAMPLES / "bench_client", *words]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=env, text=True)

    def ask(self, do, **order):
        self.process.stdin.write(json.dumps({"do": do, **order}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def load(self, call, at_once, **limit):
        """Calls: `seconds` long, or so many `calls`. No contact is asked for twice in a run."""
        order = {key: call[key] for key in ("tool", "arguments", "expect")} if call else {}
        found = self.ask("load", atOnce=at_once, first=Client.first, **order, **limit)
        Client.first += found["calls"]
        return found

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


class Server:
    """One server of the comparison."""

    def __init__(self, command, map_file, upstream):
        self.map = tomllib.loads(pathlib.Path(map_file).read_text(encoding="utf-8"))
        self.name, self.command = self.map["name"], shlex.split(command)
        self.known = {"upstream": upstream.address, "token": TOKEN, "location": LOCATION}
        settings = {name: self.filled(value) for name, value in self.map.get("env", {}).items()}
        self.env = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/"), **settings}
        self.stdio = self.stdio_pid = self.http = self.http_process = None

    def filled(self, text, **more):
        for name, value in {**self.known, **more}.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def arguments(self, part, **more):
        return [self.filled(word, **more) for word in part.get("arguments", [])]

    def on_pipes(self, *before, part=None, env=None, **more):
        """A client that starts this server on pipes when it is asked to."""
        words = [*before, *self.command, *self.arguments(part or self.map, **more)]
        return Client("stdio", *words, env={**self.env, **(env or {})})

    def open(self):
        self.stdio = self.on_pipes()
        self.stdio_pid = self.stdio.ask("open")["pid"]
        self.stdio.ask("list")

    def open_http(self):
        """Starts the server over HTTP, if it can be."""
        if "http" not in self.map:
            return
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        part = self.map["http"]
        command = [*self.command, *self.arguments(part, port=port)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=pipe, env=self.env, text=True)
        address = self.filled(part["address"], port=port)
        if "{port}" in part["address"]:
            wait_for(port)
        else:
            address = next(found.group(0) for line in process.stderr if (found := re.search(address, line)))
        # What it logs is read: a full pipe would stop it.
        threading.Thread(target=process.stderr.read, daemon=True).start()
        self.http_process = process
        self.http = Client("http", address)
        self.http.ask("open")

    def entries(self):
        """Its ways, as client and process id, by their names."""
        if self.stdio:
            yield "stdio", self.stdio, self.stdio_pid
        if self.http:
            yield "http", self.http, self.http_process.pid

    def end(self):
        if self.stdio:
            self.stdio.end()
        if self.http:
            self.http.end()
            self.http_process.terminate()
            self.http_process.wait(timeout=30)
        self.stdio = self.http = None


def wait_for(port):
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.01)
    raise TimeoutError(f"nothing listens on port {port}")
