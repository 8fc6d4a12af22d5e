"""The sandbox as a process of its own: the CRM in front of which the other scripts of this folder run the program."""

import json
import subprocess
import urllib.request

# As many on one day as a run wants.
DAILY = 100_000_000


class Crm:
    """A sandbox with these flags, such as `burst=100, search_lag=0`, on a free port."""

    def __init__(self, binary, **flags):
        command = [binary, "sandbox", "--listen", "127.0.0.1:0"]
        for name, value in {"daily": DAILY, **flags}.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        # What the program in front of it finds in its environment.
        self.settings = dict(self.process.stdout.readline().strip().split("=", 1) for _ in range(3))
        self.url = self.settings["GHL_BASE_URL"]

    def contents(self):
        """What it holds, past its faults and its quota."""
        with urllib.request.urlopen(f"{self.url}/sandbox", timeout=30) as answer:
            return json.load(answer)

    def contacts(self):
        return self.contents()["contacts"]

    def answers(self):
        """How many requests it has answered, by status."""
        return {int(status): count for status, count in self.contents()["answers"].items()}

    def end(self):
        self.process.kill()
        self.process.wait()
