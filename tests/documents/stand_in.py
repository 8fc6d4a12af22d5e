#!/usr/bin/env python3
"""Stands in for a program that a page calls, under that program's name. Beside it, `settings.json` says where things are.

ghl-contacts-mcp  the built program with the sandbox behind it; a server goes on in the background
npx, uvx, docker  start the built program in place of the package or image; npx has mcp-remote itself
claude, codex...  check what they are given, start the server that is named, and list its tools
cargo             runs the built program; a build or test is a stage of CI of its own
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(sys.argv[0]).parent
SETTINGS = json.loads((HERE / "settings.json").read_text(encoding="utf-8"))
sys.path.insert(0, SETTINGS["tests"])
sys.dont_write_bytecode = True

import mcp  # noqa: E402

PACKAGE = "ghl-contacts-mcp"
TOKEN = "pit-00000000-0000-4000-8000-000000000000"
BACKGROUND = {"http", "sandbox", "login"}


def fail(words):
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {words}")


def known(names):
    """Variables of ours must be settings of the program."""
    for name in names:
        if name.startswith("GHL_") and name not in SETTINGS["names"]:
            fail(f"{name} is no setting of the program")


def filled():
    """The files of a made-up home that a setting names are there."""
    for name, value in os.environ.items():
        if name.startswith("GHL_") and name.endswith("_FILE") and value.startswith(("/home/you/", "/Users/you/", "C:\\")):
            path = HERE / f"made-up-{name}"
            path.write_text(TOKEN + "\n")
            path.chmod(0o600)
            os.environ[name] = str(path)


def program(arguments):
    """The built program. What would wait for clients or a person goes on in the background once it says so."""
    known(os.environ)
    filled()
    words = [word for word in arguments if not word.startswith("-")]
    command = next((word for word in words if word in SETTINGS["commands"]), "stdio")
    if command not in {"sandbox", "login"} and "--accounts" not in arguments and "GHL_ACCOUNTS" not in os.environ:
        os.environ.setdefault("GHL_SANDBOX", "1")
    with open(SETTINGS["log"], "a", encoding="utf-8") as log:
        log.write(json.dumps({"command": command, "arguments": arguments}) + "\n")
    if command == "install" and "--print" not in arguments and "--yes" not in arguments:
        arguments = [*arguments, "--yes"]
    if command not in BACKGROUND or "--help" in arguments:
        os.execv(SETTINGS["binary"], [PACKAGE, *arguments])
    port = SETTINGS["sandbox_port" if command == "sandbox" else "port"]
    if command != "login" and "--listen" not in arguments:
        end_servers(command)
        arguments = [*arguments, "--listen", f"127.0.0.1:{port}"]
    if command == "login":
        arguments = [*arguments, "--port", str(SETTINGS["login_port"])]
        for name, value in [("CLIENT_ID", "app"), ("CLIENT_SECRET", "secret"), ("TOKEN_STORE", str(HERE / "store"))]:
            os.environ.setdefault(f"GHL_{name}", value)
    behind(command, arguments, "open this address" if command == "login" else "http://")


def end_servers(command):
    """A reader ends a server before the same port is used again."""
    servers = pathlib.Path(SETTINGS["servers"])
    lines = [line.split() for line in servers.read_text(encoding="utf-8").splitlines()]
    for pid, other in lines:
        if other == command:
            os.kill(int(pid), signal.SIGKILL)
    servers.write_text("".join(f"{pid} {other}\n" for pid, other in lines if other != command), encoding="utf-8")


def behind(command, arguments, ready):
    output = HERE / f"server-{os.getpid()}.log"
    with open(output, "wb") as file:
        server = subprocess.Popen(
            [SETTINGS["binary"], *arguments], stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
    with open(SETTINGS["servers"], "a", encoding="utf-8") as servers:
        servers.write(f"{server.pid} {command}\n")
    for _ in range(300):
        text = output.read_text(encoding="utf-8", errors="replace")
        if ready in text.lower():
            print(text, end="", file=sys.stdout if command == "sandbox" else sys.stderr)
            return
        if server.poll() is not None:
            print(text, end="", file=sys.stderr)
            sys.exit(server.returncode or 1)
        time.sleep(0.05)
    fail("the server does not say that it listens")


def variable(text):
    name, equals, value = text.partition("=")
    if not equals:
        fail(f"{text!r} sets no variable")
    return name, value


def options(arguments, takes):
    """Splits arguments as these programs do: `takes` are the options that have a value; after -- comes the command."""
    found, words = {}, []
    at = 0
    while at < len(arguments):
        word = arguments[at]
        if word == "--":
            return found, words + arguments[at + 1 :]
        name = takes.get(word)
        if name:
            found.setdefault(name, []).append(arguments[at + 1])
            at += 1
        elif word.startswith("-") and len(words) < 2:
            fail(f"unknown option {word}")
        else:
            words.append(word)
        at += 1
    return found, words


def add(arguments, takes):
    """`mcp add`: starts the server, or connects to its address."""
    given, words = options(arguments, takes)
    name, words = words[0], words[1:]
    if name != "ghl-contacts":
        fail(f"the server is called {name}")
    url = given.get("url", [words[0] if words and "://" in words[0] else None])[0]
    if url:
        headers = dict(header.split(": ", 1) for header in given.get("header", []))
        for variable_name in given.get("bearer", []):
            headers["Authorization"] = f"Bearer {os.environ[variable_name]}"
        mcp.check_tools(mcp.Http(url, headers))
        return
    environment = dict(map(variable, given.get("env", [])))
    known(environment)
    mcp.start(words, environment)


ADD = {"--scope": "scope", "-s": "scope", "--transport": "transport", "-t": "transport", "-e": "env", "--env": "env"}
ADD |= {"--header": "header", "-H": "header"}
HOSTS = {
    "claude": ADD,
    "gemini": ADD,
    "qwen": ADD,
    "codex": {"--env": "env", "--url": "url", "--bearer-token-env-var": "bearer"},
    "opencode": {"--env": "env", "--url": "url", "--header": "header"},
}


def host(name, arguments):
    match arguments:
        case ["mcp", "add", *rest]:
            add(rest, HOSTS[name])
        case ["mcp", "list" | "get" | "remove", *_]:
            pass
        case _:
            fail(f"unknown command {arguments}")


def code(arguments):
    flag, entry = arguments[0], json.loads(arguments[1])
    if flag != "--add-mcp" or entry["name"] != "ghl-contacts":
        fail(f"unknown command {arguments}")
    known(entry.get("env", {}))
    mcp.start([entry["command"], *entry["args"]], entry.get("env", {}))


def package(arguments):
    """`npx -y PACKAGE ARGUMENTS`, `uvx PACKAGE ARGUMENTS`."""
    words = [word for word in arguments if word != "-y"]
    if words[0] == "mcp-remote":
        os.execvp("node", ["node", SETTINGS["mcp_remote"], *words[1:]])
    if words[0] != PACKAGE:
        fail(f"another package: {words[0]}")
    program(words[1:])


def docker(arguments):
    """`docker run OPTIONS IMAGE ARGUMENTS`."""
    takes = {"-e": "env", "--env": "env", "-p": "port", "-v": "volume", "--name": "name", "--restart": "restart"}
    if arguments[0] == "load":
        return
    words = [word for word in arguments[1:] if word not in {"-i", "--rm", "-d", "--read-only", "--init"}]
    image = next(at for at, word in enumerate(words) if PACKAGE in word.split(":")[0] and "=" not in word)
    given, _ = options(words[:image], takes)
    for text in given.get("env", []):
        name, value = variable(text) if "=" in text else (text, os.environ.get(text, ""))
        known([name])
        os.environ[name] = value
    for name in [name for name in os.environ if name.endswith("_FILE") and os.environ[name].startswith("/run/")]:
        os.environ[name] = "/home/you/token"
    program([word.replace("0.0.0.0", "127.0.0.1") for word in words[image + 1 :]])


def cargo(arguments):
    match arguments:
        case ["run", *rest] if "--" in rest:
            program(rest[rest.index("--") + 1 :])
        case ["test"] | ["build", "--release"] | ["build", "--locked", "--release"]:
            print("a stage of CI does this", file=sys.stderr)
        case _:
            fail(f"unknown command {arguments}")


def main():
    name, arguments = pathlib.Path(sys.argv[0]).name, sys.argv[1:]
    if name in HOSTS:
        return host(name, arguments)
    if name == "cmd":
        name, arguments = arguments[1], arguments[2:]
    return {"npx": package, "uvx": package, "docker": docker, "cargo": cargo, "code": code}.get(name, program)(arguments)


try:
    main()
except (RuntimeError, KeyError, IndexError, ValueError, OSError) as error:
    fail(f"{type(error).__name__}: {error}")
