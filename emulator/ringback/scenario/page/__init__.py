"""A page that shows what was played: one file, which asks nobody for anything.

Template, look, script and data are apart, so that another page may share the look. Whatever the
data say, they are text: in the file as JSON in which no character of HTML stands, on the page as
the text of elements. What may run and what may be loaded is named by hash.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_IN_HTML = {ord(each): f"\\u{ord(each):04x}" for each in "<>&'"}


def page(data: Any) -> str:
    """The page that shows *data*, the document that `ringback play --format json` prints."""
    look, script = _read("look.css"), _read("report.js")
    parts = {
        "{{look_hash}}": by_hash(look),
        "{{script_hash}}": by_hash(script),
        "{{look}}": look,
        "{{script}}": script,
        "{{data}}": embedded(data),
    }
    text = _read("report.html")
    for place, part in parts.items():
        text = text.replace(place, part, 1)
    return text


def embedded(data: Any) -> str:
    """*data* as JSON that stands in a page without an end of it, or a beginning of anything."""
    return json.dumps(data, separators=(",", ":")).translate(_IN_HTML)


def by_hash(text: str) -> str:
    """What a policy calls a style or a script that stands in the page itself."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _read(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")
