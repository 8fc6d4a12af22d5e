"""The table of a comparison, as Markdown."""


def at(found, *keys):
    """A value deep in what was found, or None."""
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def number(value):
    if value is None:
        return "–"
    if value >= 10_000:
        return f"{value / 1000:.1f} k"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def several(*values):
    return "–" if all(value is None for value in values) else " / ".join(number(value) for value in values)


def ways(found, *keys, percent=False):
    """A value of stdio and of HTTP; `*` stands for the way."""
    pair = [at(found, *(way if key == "*" else key for key in keys)) for way in ("stdio", "http")]
    if percent:
        return " / ".join("–" if value is None else f"{value:.1%}" for value in pair)
    return several(*pair)


def exact(value, digits):
    return "–" if value is None else f"{value:.{digits}f}"


def spread(found, *keys, names=("median", "p90", "p99")):
    return several(*(at(found, *keys, name) for name in names))


MS = ("medianMs", "p90Ms", "p99Ms")


def ratios(found):
    return " / ".join(exact(at(found, "delayed", way, "ratio"), 3) for way in ("stdio", "http"))


# The rows: what, the text of one server, and the goal.
ROWS = [
    ("spawn to `initialize`, ms: median / p90 / p99", lambda s: spread(s, "initializeMs"), "≤ 0.9 × ghl-mcp"),
    ("idle memory, MB", lambda s: number(at(s, "idleMb")), "≤ 8"),
    ("binary, MB", lambda s: exact(at(s, "binaryMb"), 2), "≤ 7.6"),
    ("get/s, 32 at once, 0 ms upstream: stdio / HTTP", lambda s: ways(s, "get", "*", "perSecond"), "≥ 20 k / 15 k, and ≥ 1.7 × ghl-mcp"),
    ("the same, ms a get on stdio: median / p90 / p99", lambda s: spread(s, "get", "stdio", names=MS), ""),
    ("CPU a get, µs: stdio / HTTP", lambda s: ways(s, "get", "*", "cpuUs"), "≤ 65"),
    ("search of 20, ms: median / p90 / p99", lambda s: spread(s, "search", names=MS), "≤ 0.5"),
    ("search of 100 with 200 fields each, ms: median / p90 / p99", lambda s: spread(s, "large", names=MS), "≤ 20"),
    ("bytes of these answers: of 20 / of 100", lambda s: several(at(s, "search", "bytes"), at(s, "large", "bytes")), ""),
    ("resident after 2 s of load, MB", lambda s: number(at(s, "loadedMb")), "≤ 25"),
    ("a rest later ÷ idle", lambda s: exact(at(s, "restedRatio"), 2), "≤ 1.4"),
    ("at 50 ms upstream: a call ÷ the request itself: stdio / HTTP", ratios, "≤ 1.011"),
    ("share of the direct rate, 50 ms × 64: stdio / HTTP", lambda s: ways(s, "delayed", "*", "share", percent=True), "≥ 98.5 %"),
    ("1,000 locations: memory, MB", lambda s: number(at(s, "locations", "mb")), "≤ 17"),
    ("1,000 locations: spawn to `initialize`, ms: median / p90 / p99", lambda s: spread(s, "locations", "startMs"), "≤ 15"),
    ("1,000 idle HTTP connections, MB", lambda s: number(at(s, "connections", "mb")), "≤ 30"),
    ("after they went ÷ idle", lambda s: exact(at(s, "connections", "leftRatio"), 2), "≤ 1.3"),
    ("requests to HighLevel: get / search of 20 / of 100", lambda s: several(*(at(s, "requests", kind) for kind in ("get", "search", "large"))), "1 / 1 / 1"),
    ("thousand instructions: a get / `initialize` answered", lambda s: several(at(s, "instructions", "get"), at(s, "instructions", "start")), ""),
    ("bytes of `tools/list`", lambda s: number(at(s, "listBytes")), ""),
]


def lines(found):
    servers = found["servers"]
    names = list(servers)
    yield f"| row | {' | '.join(names)} | goal |"
    yield "| --- |" + " --- |" * (len(names) + 1)
    for what, text, goal in ROWS:
        cells = [text(servers[name]) for name in names]
        cells = ["–" if set(cell) <= set("–/ ") else cell for cell in cells]
        yield f"| {what} | {' | '.join(cells)} | {goal} |"


def section(found):
    """The part of results.md about the comparison."""
    return [
        "## Side by side",
        "",
        f"By `just compare`: {found['rounds']} rounds in which the servers take turns, all in front of the same upstream on",
        "loopback, no contact read twice. Client, server and upstream share the machine's cores. The floor is an empty server with",
        f"the same SDK, which sends no request. The rest after the load is {found['restSeconds']:g} s. Load average at the end: {found['load']:.1f}.",
        *([found["note"]] if found.get("note") else []),
        "",
        "![The comparison as bars](results.svg)",
        "",
        *lines(found),
        "",
    ]
