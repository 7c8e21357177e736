"""What is kept of an answer, whichever way it came: a bounded body, and a note."""

from ringback.core.headers import Headers
from ringback.core.outcome import Answered

BODY_LIMIT = 65536
"""Bytes of an answer's body that are kept. Nothing in it matters to the dispatcher."""


class Body:
    """Collects the body of an answer, and stops collecting at the limit."""

    __slots__ = ("_parts", "_size", "cut")

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._parts: list[bytes | bytearray] = []
        self._size = 0
        self.cut = False

    def add(self, part: bytes | bytearray) -> None:
        """Keep *part*, or what still fits of it; `cut` says that something did not fit."""
        room = BODY_LIMIT - self._size
        if len(part) > room:
            self.cut = True
            part = part[:room]
        self._parts.append(part)
        self._size += len(part)

    def whole(self) -> bytes:
        """All that was kept."""
        return b"".join(self._parts)


def answered(status: int, headers: Headers, body: Body, odd: str = "") -> Answered:
    """The outcome of an answer, with a note on what is *odd* about it."""
    cut = f"body cut at {BODY_LIMIT} bytes" if body.cut else ""
    return Answered(status, headers, body.whole(), "; ".join(filter(None, (odd, cut))))
