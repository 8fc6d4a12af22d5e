"""The fenced blocks of the pages, and what their first lines say.

    ```KIND                    checked as KIND is: see run.py
    ```KIND not-run: REASON    not carried out; counted and printed
    ```KIND needs: COMMAND     carried out as soon as the program has this subcommand
    ```json call TOOL          the arguments of a call, carried out against the page's own sandbox
    ```json answer             the answer of the call before, compared (see answers.py)
    ```text output             what the sh, python or ts block before printed, compared
    ```text log                the log of the calls before
"""

import dataclasses
import pathlib
import re
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^(?P<indent>\s*)```(?P<first>.*)$")


@dataclasses.dataclass
class Block:
    page: str
    line: int
    kind: str
    info: str
    text: str

    @property
    def place(self):
        return f"{self.page}:{self.line}"

    def says(self, word):
        """What follows `word:` in the first line; none without it."""
        found = re.match(rf"{word}:\s*(.+)", self.info)
        return found and found[1].strip()


def names():
    """The pages: README, SECURITY, packaging/README if it is there, and docs. CONTRIBUTING has its own replay."""
    fixed = [ROOT / name for name in ["README.md", "SECURITY.md", "packaging/README.md"]]
    found = [path for path in fixed if path.is_file()] + sorted((ROOT / "docs").rglob("*.md"))
    return [str(path.relative_to(ROOT)) for path in found]


def blocks(name, text=None):
    """The blocks of a page in their order."""
    lines = (text or (ROOT / name).read_text(encoding="utf-8")).splitlines()
    at, found = 0, []
    while at < len(lines):
        fence = FENCE.match(lines[at])
        at += 1
        if not fence:
            continue
        start = at
        while at < len(lines) and lines[at].strip() != "```":
            at += 1
        if at == len(lines):
            raise SystemExit(f"{name}:{start}: the block has no end")
        kind, _, info = fence["first"].strip().partition(" ")
        body = textwrap.dedent("\n".join(lines[start:at])) + "\n"
        found.append(Block(name, start, kind, info.strip(), body))
        at += 1
    return found


def replaced(name, changes):
    """Writes a page again with the text of some blocks changed: {line of the fence: text}."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    for line, text in sorted(changes.items(), reverse=True):
        end = line
        while lines[end].strip() != "```":
            end += 1
        lines[line:end] = text.splitlines()
    (ROOT / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
