"""Compares an answer with the one that a page shows. Ids, times and ports vary; `"..."` in a page stands for anything."""

import json
import re

ANYTHING = "..."
VARYING = [
    (re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z"), "<time>"),
    (re.compile(r"\b(?=\w*[a-z])(?=\w*[A-Z])[A-Za-z0-9]{20}\b"), "<id>"),
    (re.compile(r'\bemail="[0-9a-f]{12}"'), 'email="<hash>"'),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:<port>"),
    (re.compile(r"\b(ms|left|left_today)=\d+"), r"\1=<n>"),
    (re.compile(r"\bghl-contacts-mcp \d+\.\d+\.\d+\S*"), "ghl-contacts-mcp <version>"),
]


def plain(text):
    for pattern, name in VARYING:
        text = pattern.sub(name, text)
    return text


def difference(shown, got, where="answer"):
    """What differs, in words; none if nothing does."""
    if shown == ANYTHING:
        return None
    if isinstance(shown, dict) and isinstance(got, dict):
        names = [name for name in shown if name != ANYTHING]
        if missing := [name for name in names if name not in got]:
            return f"{where}: the answer has no {missing}"
        if ANYTHING not in shown and (more := [name for name in got if name not in shown]):
            return f"{where}: the page does not show {more}"
        pairs = ((shown[name], got[name], f"{where}.{name}") for name in names)
    elif isinstance(shown, list) and isinstance(got, list):
        if ANYTHING in shown:
            shown, got = shown[: shown.index(ANYTHING)], got[: shown.index(ANYTHING)]
        if len(shown) != len(got):
            return f"{where}: {len(got)} items, the page shows {len(shown)}"
        pairs = ((one, other, f"{where}[{at}]") for at, (one, other) in enumerate(zip(shown, got)))
    else:
        same = plain(shown) == plain(got) if isinstance(shown, str) and isinstance(got, str) else shown == got
        return None if same else f"{where}: {got!r}, the page shows {shown!r}"
    return next((found for pair in pairs if (found := difference(*pair))), None)


def output_difference(shown, got):
    """The same for printed lines; a line `...` stands for any lines."""
    lines = [re.escape(line.rstrip()) for line in plain(shown).strip().splitlines()]
    pattern = "\n".join(r"(?:.*\n?)*?.*" if line.strip() == re.escape(ANYTHING) else line for line in lines)
    printed = "\n".join(line.rstrip() for line in plain(got).strip().splitlines())
    return None if re.fullmatch(pattern, printed) else f"it printed:\n{got.strip()}"


def pretty(value, indent="", width=110):
    """JSON as the pages show it: what fits on a line stands on one."""
    line = re.sub(r'(^|[\[ ])\{(?=")', r"\1{ ", json.dumps(value, ensure_ascii=False))
    line = re.sub(r'(?<=["\]\de])\}(?=$|[\],}])', " }", line)
    if len(indent) + len(line) <= width or not isinstance(value, (dict, list)) or not value:
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [f"{inner}{json.dumps(name)}: {pretty(item, inner, width)}" for name, item in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + pretty(item, inner, width) for item in value) + f"\n{indent}]"
