"""Starts a package's program as an MCP host does, and reads its answers."""

import json
import os
import platform
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from parts import common, program, wine
from parts.targets import TARGETS

LONGEST = 60

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "packaging-test", "version": "1"},
    },
}
READ = {"name": "ghl_get_contact", "arguments": {"email": "jane.smith@example.com"}}


def settings(**more):
    """The environment of a host: nothing of the shell's, no cargo on PATH, an empty home."""
    home = common.WORK / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home), **more}


class Session:
    """A program that speaks MCP on its pipes."""

    def __init__(self, command, env, **options):
        command = [str(word) for word in command]
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)
        self.read = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def send(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def answer(self, number):
        """The answer to the request of that number."""
        until = time.monotonic() + LONGEST
        while True:
            *lines, self.read = self.read.split(b"\n")
            for line in lines:
                message = json.loads(line)
                if message.get("id") == number and "method" not in message:
                    return message
            left = until - time.monotonic()
            ready = select.select([self.process.stdout], [], [], max(left, 0))[0]
            more = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            common.check(more, f"{self.process.args}: no answer to request {number}")
            self.read += more

    def initialize(self):
        self.send(INITIALIZE)
        server = self.answer(1)["result"]["serverInfo"]
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        common.check(server["version"] == common.version(), f"the server says {server}")

    def request(self, number, method, params):
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return self.answer(number)["result"]

    def end(self):
        """Closes stdin, and waits for the end, which must be orderly."""
        self.process.stdin.close()
        code = self.process.wait(timeout=LONGEST)
        common.check(code == 0, f"{self.process.args}: exit code {code} after the end of its input")


def converse(command, env, sandbox=True, **options):
    """Starts a server, lists its tools, calls one, and ends it by the end of its input."""
    with Session(command, env, **options) as session:
        session.initialize()
        tools = session.request(2, "tools/list", {})["tools"]
        names = {tool["name"] for tool in tools}
        common.check(READ["name"] in names and names <= tool_names(), f"the tools are {sorted(names)}")
        answer = session.request(3, "tools/call", READ)
        common.check(bool(answer.get("isError")) != sandbox, f"the call answers {answer}")
        session.end()
    return answer


def printed(command):
    return common.output(*command, env=settings(), timeout=LONGEST).encode()


def served(command):
    """The tools that a program serves where nothing is turned on."""
    with Session([*command, "--sandbox"], settings()) as session:
        session.initialize()
        tools = session.request(2, "tools/list", {})["tools"]
        session.end()
    return [{"name": tool["name"], "description": tool["description"]} for tool in tools]


def tool_names():
    """Every tool that can be turned on."""
    return {path.stem for path in (common.ROOT / "tool-schemas").glob("*.json")}


def says_version(command, env, **options):
    printed = common.output(*command, "--version", env=env, timeout=LONGEST, **options).strip()
    common.check(printed == f"{common.name()} {common.version()}", f"{command} says {printed!r}")


def catches(process, number):
    """Whether a process has a handler for the signal; yes where the system does not tell."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return True
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def ends_by_signal(command, env, late=False, **options):
    """SIGTERM to the program that a host starts ends the server behind it. With `late`, the program handles signals only some
    time after it has started the server."""
    with Session(command, env, start_new_session=True, **options) as session:
        session.initialize()
        until = time.monotonic() + LONGEST
        while late and not catches(session.process, signal.SIGTERM):
            common.check(time.monotonic() < until, f"{command} handles no SIGTERM")
            time.sleep(0.01)
        session.process.send_signal(signal.SIGTERM)
        session.process.wait(timeout=LONGEST)
        # The server holds the other end of this pipe until it has ended.
        until = time.monotonic() + LONGEST
        while select.select([session.process.stdout], [], [], max(until - time.monotonic(), 0))[0]:
            if not os.read(session.process.stdout.fileno(), 65536):
                return
        common.check(False, f"{command}: the server runs on after SIGTERM")


def passes_exit_code(command, env, **options):
    """A wrong setting is exit code 2, through every launcher."""
    wrong = subprocess.run([*map(str, command), "--dialect", "nonsense"], env=env, capture_output=True, timeout=LONGEST, check=False, **options)
    common.check(wrong.returncode == 2, f"{command}: exit code {wrong.returncode} for a wrong setting: {wrong.stderr}")


def runner(target):
    """What starts a program of that system here, as the first words of a command; none where nothing does."""
    cpu = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    if (target.npm_os, target.npm_cpus[0]) == (sys.platform, cpu):
        return []
    found = target.runner and shutil.which(target.runner, path=f"{os.environ['PATH']}:/usr/lib/wine")
    if not found:
        return None
    return [*wine.settings(), found] if target.is_windows else [found]


def startable():
    """The command of a program that was built and that this machine can start; none where there is no such program."""
    for target in TARGETS.values():
        start = runner(target)
        if start is not None and program.path(target).exists():
            return [*start, program.path(target)]
    return None


def test_program(what, target, path):
    """The program alone, where this machine can start it."""
    start = runner(target)
    if start is None:
        common.skip(f"starting {what}", f"this machine cannot start programs for {target.short}")
        return
    command = [*start, path]
    says_version(command, settings())
    converse([*command, "--sandbox"], settings())
    # No setting at all: it starts, and the call says what is missing.
    answer = converse(command, settings(), sandbox=False)
    common.check("GHL_PIT_TOKEN" in json.dumps(answer), f"the answer does not name the setting: {answer}")
    passes_exit_code(command, settings())
    if not target.is_windows:
        ends_by_signal(command, settings())
    print(f"ok {what}: version, tools, a call, exit code, end")


def test_copy(what, target, path):
    """A copy of a program that `test_program` has started: the same bytes, with the right to execute."""
    common.check(path.read_bytes() == program.content(target), f"{what} holds another program")
    common.check(target.is_windows or os.access(path, os.X_OK), f"{what}: the program may not be executed")
