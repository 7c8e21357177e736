"""Makes the navigation and `llms.txt` from `index.md`: its headings, and the links below them.

A picture that ends in `-light.svg` is shown in the light, and its sister `-dark.svg` in the dark.
"""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

_SECTION = re.compile(r"^## (?P<title>.+)\n(?P<body>(?:(?!## ).*\n?)*)", re.MULTILINE)
_ENTRY = re.compile(r"^- \[(?P<title>[^\]]+)\]\((?P<page>[\w/-]+)\.md\): ", re.MULTILINE)
_LINK = re.compile(r"\]\((?P<page>[\w/-]+)\.md\)")


_PICTURE = re.compile(r"^!\[(?P<says>[^\]]+)\]\((?P<path>[\w./]+)-light\.svg\)$", re.MULTILINE)


def navigation(index: str) -> str:
    """The hidden tables of contents, one for each section of *index* that lists pages."""
    tables = []
    for section in _SECTION.finditer(index):
        entries = [
            f"{entry['title']} <{entry['page']}>" for entry in _ENTRY.finditer(section["body"])
        ]
        if entries:
            head = ["```{toctree}", ":hidden:", f":caption: {section['title']}", ""]
            tables.append("\n".join([*head, *entries, "```", ""]))
    return "\n".join(tables)


def for_machines(index: str) -> str:
    """*index* as `llms.txt`: its links lead to the text of each page."""
    return _LINK.sub(r"](_sources/\g<page>.md.txt)", index)


def both(picture: re.Match[str]) -> str:
    """*picture* for the light and for the dark."""
    return "\n\n".join(
        f"```{{image}} {picture['path']}-{light}.svg\n:alt: {picture['says']}\n"
        f":class: only-{light}\n```"
        for light in ("light", "dark")
    )


def _add_navigation(app: Sphinx, name: str, source: list[str]) -> None:
    source[0] = _PICTURE.sub(both, source[0])
    if name == "index":
        source[0] += "\n" + navigation(source[0])


def _write_for_machines(app: Sphinx, error: Exception | None) -> None:
    if error is None:
        index = _PICTURE.sub("", (Path(app.srcdir) / "index.md").read_text("utf-8"))
        (Path(app.outdir) / "llms.txt").write_text(for_machines(index), "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("source-read", _add_navigation)
    app.connect("build-finished", _write_for_machines)
    return {"parallel_read_safe": True}
