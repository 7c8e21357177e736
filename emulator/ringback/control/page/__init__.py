"""The page: three files that ask nobody else for anything, and the same as one file with data."""

from functools import cache
from pathlib import Path
from typing import Any

from ringback.core.answer.answer import Answer
from ringback.core.answer.problem import OURS
from ringback.scenario.page import by_hash, embedded

_FOLDER = Path(__file__).parent
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_FILES = {"": "index.html", "/": "index.html", "/page.css": "page.css", "/page.js": "page.js"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src blob:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load and do: itself, its own server, and audio that it has fetched."""


@cache
def answer(path: str) -> Answer | None:
    """The file of the page at *path*, without the prefix; None where there is none."""
    name = _FILES.get(path)
    if name is None:
        return None
    body = (_FOLDER / name).read_bytes()
    headers = [
        ("content-type", f"{_KINDS[Path(name).suffix]}; charset=utf-8"),
        ("content-security-policy", _POLICY),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        *OURS,
    ]
    if path == "":  # what it loads is relative to a folder
        return Answer(308, [("location", "/_ringback/"), *OURS], b"", "")
    return Answer(200, headers, body, "")


def render_page(data: Any) -> str:
    """One file that shows *data*: the clock, and deliveries in the shapes of the control API.

    Whatever the data say, they are text: JSON in which no character of HTML stands.
    """
    look, script = _read("page.css"), _read("page.js")
    policy = (
        f"default-src 'none'; script-src {by_hash(script)}; style-src {by_hash(look)};"
        " base-uri 'none'; form-action 'none'"
    )
    return (
        _read("index.html")
        .replace(
            '<link rel="stylesheet" href="page.css">',
            f'<meta http-equiv="content-security-policy" content="{policy}"><style>{look}</style>',
        )
        .replace('<script src="page.js" defer></script>', "")
        .replace(
            "</body>",
            f'<script type="application/json" id="data">{embedded(data)}</script>'
            f"<script>{script}</script></body>",
        )
    )


def _read(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")
