"""What is done with a block of each kind. A check returns words about what it could not do here, and raises what is wrong."""

import json
import re
import shutil
import tomllib

import answers
import environments
import hosts
import mcp
import proxies
from workplace import CLIENT_TOKEN, LOCATION, TOKEN, free_port

# What a script finds in its environment.
SCRIPT = {"GHL_PIT_TOKEN": TOKEN, "GHL_LOCATION_ID": LOCATION, "MCP_BEARER": CLIENT_TOKEN}


class Page:
    """What the blocks of one page share."""

    def __init__(self, place, accept):
        self.place, self.accept, self.changes = place, accept, {}
        self.session = self.answer = self.output = self.shell = None

    def check(self, block):
        return getattr(self, block.kind)(block)

    def close(self):
        if self.session:
            self.session.close()
        self.place.close()

    def json(self, block):
        value = json.loads(block.text)
        if block.info.startswith("call "):
            self.call(block.info.split()[1], value)
        elif block.info == "answer":
            if found := answers.difference(value, self.answer):
                self.differs(block, answers.pretty(self.answer), found)
        elif entries := hosts.servers(value):
            hosts.check(self.place, entries)
        elif "command" in value:
            hosts.check(self.place, {"ghl-contacts": value})

    def differs(self, block, text, found):
        if not self.accept:
            raise RuntimeError(found)
        self.changes[block.line] = text

    def call(self, tool, arguments):
        self.session = self.session or mcp.Stdio(
            [self.place.bin / "ghl-contacts-mcp", "stdio"], self.place.environment(), cwd=self.place.home
        )
        self.answer = self.session.ask("tools/call", {"name": tool, "arguments": self.known(arguments)})["structuredContent"]

    def known(self, arguments):
        """`"<contact.id>"` in arguments is a value of the answer before."""
        text = json.dumps(arguments)
        for name in re.findall(r"<([\w.]+)>", text):
            value = self.answer
            for part in name.split("."):
                value = value[part]
            text = text.replace(f"<{name}>", value)
        return json.loads(text)

    def sh(self, block):
        self.shell = block.text
        text = self.place.filled(block.text)
        self.output = self.place.run(["bash", "-euo", "pipefail", "-c", text], more={"MCP_BEARER": CLIENT_TOKEN})

    def text(self, block):
        if block.info not in {"output", "log"}:
            raise RuntimeError("a text block says `output` or `log`, or stands as a quotation in the page")
        if block.info == "log" and self.session:
            self.session.close()
            self.output, self.session = "".join(self.session.errors), None
        if self.output is None:
            raise RuntimeError("no block before it prints something")
        if found := answers.output_difference(block.text, self.output):
            self.differs(block, self.output.strip(), found)

    def powershell(self, block):
        """Cannot run here: it sets the same variables, and starts the program with the same words, as the sh block before."""

        def said(text):
            names = set(re.findall(r"\bGHL_[A-Z_]+", text))
            words = re.findall(r"ghl-contacts-mcp(?:\.exe)?((?: +[\w./:=-]+)*)", text)
            return names, [[word for word in found.split() if word != "-"] for found in words]

        if not self.shell:
            raise RuntimeError("no sh block before it to compare with")
        if said(block.text) != said(self.shell):
            raise RuntimeError(f"it says {said(block.text)}, the sh block before it {said(self.shell)}")
        return "compared with the sh block before it; no PowerShell here"

    def python(self, block):
        self.script(block, environments.python(block.text), self.place.home / "agent.py")

    def ts(self, block):
        """These have no types of their own, so they are JavaScript as well; a module is found from the script's folder."""
        self.script(block, "node", environments.node_modules() / f"agent-{self.place.folder.name}.mjs")

    def script(self, block, interpreter, path):
        """A script starts the program, or calls an HTTP server that runs."""
        by_http, before = ":8787" in block.text, self.place.log.read_text()
        if by_http:
            self.place.serve()
        path.write_text(self.place.filled(block.text), encoding="utf-8")
        self.output = self.place.run([interpreter, path], more=SCRIPT)
        if not by_http and self.place.log.read_text() == before:
            raise RuntimeError("it has not started the program")

    def toml(self, block):
        value = tomllib.loads(block.text)
        if entries := hosts.servers(value):
            hosts.check(self.place, entries)
        elif "account" in value:
            self.accounts(block.text)
        else:
            raise RuntimeError("neither an accounts file nor a configuration of Codex")

    def accounts(self, text):
        """Starts the program with the file; the variables and files that it names are made up."""
        (self.place.home / "accounts.toml").write_text(text, encoding="utf-8")
        secrets = {}
        for at, name in enumerate(re.findall(r'_env = "(\w+)"', text)):
            secrets[name] = f"{at:036d}"
        for at, name in enumerate(re.findall(r'(?:token|credential)_file = "([\w./-]+)"', text)):
            path = self.place.home / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{at + 100:036d}\n")
            path.chmod(0o600)
        text = re.sub(r'(_file|token_store) = "/', rf'\1 = "{self.place.home}/', text)
        (self.place.home / "accounts.toml").write_text(text, encoding="utf-8")
        if "token_store" in text:
            secrets |= {"GHL_CLIENT_ID": "app", "GHL_CLIENT_SECRET": "secret"}
        port = f"127.0.0.1:{free_port()}"
        arguments = ["http", "--accounts", "accounts.toml", "--listen", port]
        self.place.run([self.place.bin / "ghl-contacts-mcp", *arguments], more=secrets)

    def yaml(self, block):
        return proxies.check_yaml(self.place, json.loads(environments.yaml(block.text)))

    def nginx(self, block):
        return proxies.check_nginx(self.place, block.text) if shutil.which("nginx") else "not checked: no nginx here"

    def caddyfile(self, block):
        return proxies.check_caddy(self.place, block.text) if shutil.which("caddy") else "not checked: no caddy here"

    def mermaid(self, block):
        return "a diagram"
