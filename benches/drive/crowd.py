#!/usr/bin/env python3
"""Two thousand connections at once, against a server that takes 1,024.

    benches/drive/crowd.py [BINARY] [--check]

One client connects first and calls a tool all the time. Then 2,000 connections come, ten times: probes and clients in
turn. Probes ask for the health page, without a token: each is answered, and of one address the last 256 keep their connection.
Clients call a tool: 1,023 beside the first one are answered, the others get 503 and are closed. After each crowd a new
client is served. --check fails if that is not so, if a call of the first client takes longer than two seconds, if the
server needs more than 40 MB above its idle memory, or if the last four crowds add more than 4 MB. The allocator keeps
some freed memory and reuses it from the first crowds on; 500 bytes lost per connection would add more than 4 MB.
If the system does not allow so many open files, the script says so and checks nothing.
"""

import json
import resource
import socket
import sys
import time

from over_http import CALL, HEADERS, memory, message, start

CROWD = 2_000
PLACES = 1_024
SHARE = PLACES // 4
CROWDS = 10
FILES = 4_096
PROBE = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"


def raise_limit() -> bool:
    """Raises the limit for this process and the server, which inherits it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        return False
    if soft != resource.RLIM_INFINITY and soft < FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))
    return True


class Client:
    """One connection."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.line = socket.create_connection(address, timeout=15)
        self.reader = self.line.makefile("rb")

    def ask(self, request: bytes) -> int:
        """The answer's status. 0 if the connection ended without an answer."""
        try:
            self.line.sendall(request)
        except OSError:
            pass  # The server may have closed a refused connection already; its answer is in the buffer.
        try:
            first, length = self.reader.readline(), 0
            for field in iter(self.reader.readline, b"\r\n"):
                if not field:
                    return 0
                name, _, value = field.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            self.reader.read(length)
            return int(first.split()[1])
        except OSError:
            return 0

    def is_open(self) -> bool:
        """Whether the server has kept the connection, whose answers were all read."""
        self.line.settimeout(0)
        try:
            return self.line.recv(1) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def close(self) -> None:
        self.reader.close()
        self.line.close()


def one_crowd(address: tuple[str, int], first: Client, call: bytes, request: bytes) -> dict:
    """Opens the connections of one crowd, which send the request, and closes them. Counts those that are still open."""
    crowd, statuses, calls, slowest = [], [], 0, 0.0
    for number in range(CROWD):
        client = Client(address)
        crowd.append(client)
        statuses.append(client.ask(request))
        if number % 50 == 0:
            began = time.perf_counter()
            calls += first.ask(call) == 200
            slowest = max(slowest, time.perf_counter() - began)
    calls += first.ask(call) == 200
    kept = count_open(crowd)
    for client in crowd:
        client.close()
    return {
        "served": statuses.count(200),
        "full": statuses.count(503),
        "let_go": statuses.count(0),
        "kept": kept,
        "calls": calls,
        "slowest_call_ms": round(slowest * 1000, 1),
    }


def count_open(crowd: list[Client]) -> int:
    """The number of open connections, once the server has closed those that gave way."""
    until = time.monotonic() + 15
    while True:
        crowd = [client for client in crowd if client.is_open()]
        if len(crowd) in (SHARE, PLACES - 1) or time.monotonic() > until:
            return len(crowd)
        time.sleep(0.05)


def is_held(of_probes: bool, result: dict) -> bool:
    """Whether each connection of a crowd got what it should get, and the first client all its answers."""
    served, kept = (CROWD, SHARE) if of_probes else (PLACES - 1, PLACES - 1)
    return (
        result["served"] == served
        and result["full"] + result["let_go"] == CROWD - served
        and result["kept"] == kept
        and result["calls"] == len(range(0, CROWD, 50)) + 1
        and result["slowest_call_ms"] < 2_000
        and result["new_client_served"]
    )


def is_served(address: tuple[str, int], call: bytes) -> bool:
    """Whether a new client is served once the server has noticed that the crowd left."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        client = Client(address)
        status = client.ask(call)
        client.close()
        if status == 200:
            return True
    return False


def main() -> None:
    if not raise_limit():
        print(f"nothing was checked: at most {resource.getrlimit(resource.RLIMIT_NOFILE)[1]} files can be open")
        return
    arguments = [word for word in sys.argv[1:] if word != "--check"]
    binary = arguments[0] if arguments else "target/release/ghl-contacts-mcp"
    program, host, port = start(binary)
    body = message("tools/call", CALL)
    head = f"POST /mcp HTTP/1.1\r\nhost: {host}\r\ncontent-length: {len(body)}\r\n"
    call = (head + "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items()) + "\r\n").encode() + body
    try:
        first = Client((host, port))
        assert first.ask(call) == 200
        before, rounds = memory(program.pid)["VmRSS"], []
        for number in range(CROWDS):
            of_probes = number % 2 == 0
            result = {"of": "probes" if of_probes else "clients"}
            result |= one_crowd((host, port), first, call, PROBE if of_probes else call)
            result["new_client_served"] = is_served((host, port), call)
            result["rss_mb"] = round(memory(program.pid)["VmRSS"], 1)
            result["held"] = is_held(of_probes, result)
            rounds.append(result)
    finally:
        program.kill()
    print(json.dumps({"before_mb": round(before, 1), "crowds": rounds}, indent=2))
    held = all(result["held"] and result["rss_mb"] <= before + 40 for result in rounds)
    # Crowds of the same kind are compared.
    left = rounds[-1]["rss_mb"] - rounds[-5]["rss_mb"]
    if "--check" in sys.argv and not (held and left <= 4):
        sys.exit("the bars are not held")


if __name__ == "__main__":
    main()
