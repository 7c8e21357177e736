"""Problem documents (RFC 9457): what is wrong with a request to our own paths, and what to do."""

import json
from typing import Any

from ringback.core.answer.answer import Answer

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    title: str,
    detail: str,
    headers: tuple[tuple[str, str], ...] = (),
    **more: Any,
) -> Answer:
    """The answer that says so; *more* are further members of the document."""
    document = {"title": title, "status": status, "detail": detail, **more}
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    return Answer(status, [("content-type", MEDIA_TYPE), *OURS, *headers], body, "")


SIGN = ("ringback-control", "1")
"""The header by which a client sees that it is us who answered, and no other server."""

OURS = (("cache-control", "no-store"), ("x-content-type-options", "nosniff"), SIGN)
"""Headers of every answer of our own paths: it is of this moment, and what it says it is."""
