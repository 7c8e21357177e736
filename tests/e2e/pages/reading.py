"""The README and the pages of `docs`, and the blocks of code in them.

Comments right above a block say what its reader knows from the text: `<!-- file: app.py -->` names
the file that it is, `<!-- needs: django -->` a package that it needs beside the `dev` extra, and
`<!-- client: js-sdk-5 -->` the client whose script it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"

_BLOCK = re.compile(
    r"(?P<marks>(?:^<!-- \w+: [^\n]+ -->\n)*)^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
_MARK = re.compile(r"<!-- (\w+): (.+) -->")
_TEST = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code of *page*, which begins at *line*."""

    page: str
    line: int
    language: str
    text: str
    marks: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str:
        """The name of the file that it is, empty if it is none."""
        if "file" in self.marks:
            return self.marks["file"]
        match self.language:
            case "python" if "client" not in self.marks:
                names = _TEST.findall(self.text)
                return f"{names[0]}.py" if names else f"test_line_{self.line}.py"
            case "yaml":
                return f"line_{self.line}.ringback.yaml"
            case _:
                return ""

    @property
    def needs(self) -> frozenset[str]:
        """The packages that it needs beside the `dev` extra."""
        return frozenset(self.marks.get("needs", "").split())


@dataclass(frozen=True, slots=True)
class Page:
    """A page, by its path without the ending."""

    name: str
    blocks: tuple[Block, ...]

    @property
    def needs(self) -> frozenset[str]:
        """The packages that its blocks need beside the `dev` extra."""
        return frozenset().union(*(block.needs for block in self.blocks))


def read(name: str, text: str) -> Page:
    """The page *name*, whose text is *text*."""
    found = []
    for match in _BLOCK.finditer(text):
        marks = dict(_MARK.findall(match["marks"]))
        line = text.count("\n", 0, match.end("marks")) + 1
        found.append(Block(name, line, match["language"], match["text"], marks))
    return Page(name, tuple(found))


@cache
def pages() -> tuple[Page, ...]:
    """The README, and every page of `docs`."""
    paths = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    return tuple(
        read(
            path.relative_to(ROOT).with_suffix("").as_posix(),
            path.read_text("utf-8"),
        )
        for path in paths
    )


def every_block() -> list[Block]:
    """All blocks of all pages."""
    return [block for page in pages() for block in page.blocks]
