"""What is kept of an answer, whichever way it came: a bounded body, and a note."""

import re
from collections.abc import Awaitable, Generator

from ringback.core.base.headers import NO_HEADERS, Headers
from ringback.core.delivery.outcome import Answered, Dropped

BODY_LIMIT = 65536
"""Bytes of an answer's body that are kept. Nothing in it matters to the dispatcher."""

_TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9a-zA-Z]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BODILESS = frozenset({204, 304})


BROKEN = Dropped("reset", "sending")
"""What comes of an attempt whose connection breaks in the middle of the request."""


class HungUp(ConnectionResetError):
    """An application goes on answering, and nobody listens any more."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the dispatcher has hung up")


class Body:
    """Collects the body of an answer, and stops collecting at the limit."""

    __slots__ = ("_parts", "_size", "cut")

    def __init__(self) -> None:
        """Keep `BODY_LIMIT` bytes at most."""
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


class Given:
    """An answer that an application of this process gives, checked as its server would check it.

    *room* is how many bytes its `Content-Length` leaves for the rest of the body; None: any number.
    """

    __slots__ = ("_body", "_ended", "_headers", "room", "status")

    def __init__(self) -> None:
        """Wait for the head; until it comes, `status` is 0."""
        self.status = 0
        self.room: int | None = None
        self._headers = NO_HEADERS
        self._body = Body()
        self._ended = False

    @property
    def complete(self) -> bool:
        """Whether the dispatcher has all of it, or as much as it wants to have."""
        return self._ended or self._body.cut or (self.room == 0 and self.status > 0)

    def begin(self, status: int, pairs: list[tuple[str, str]]) -> None:
        """Take the head. Raises `ValueError` for one that no server would send."""
        if not 200 <= status <= 999:
            raise ValueError(f"a status must be from 200 to 999, not {status}")
        lengths = set()
        for name, value in pairs:
            if not _TOKEN.fullmatch(name):
                raise ValueError(f"illegal header name {name!r}")
            if _CONTROL.search(value):
                raise ValueError(f"illegal value of the header {name}")
            if name.lower() == "content-length":
                lengths.add(value.strip())
        if len(lengths) > 1 or not all(each.isdecimal() and each.isascii() for each in lengths):
            raise ValueError(f"impossible Content-Length: {', '.join(sorted(lengths))!r}")
        # A 304 may name the length of what it does not bring; a 204 brings nothing (RFC 9110, 8.6).
        length = 0 if status in _BODILESS else int(lengths.pop()) if lengths else None
        self.status, self._headers, self.room = status, Headers(pairs), length

    def add(self, part: bytes | bytearray) -> None:
        """Take a part of the body."""
        if self.room is not None:
            self.room -= len(part)
        self._body.add(part)

    def end(self) -> None:
        """Take note that no more will come."""
        # One that owes bytes of its Content-Length has not ended, but broken off.
        self._ended = not self.room

    def outcome(self, odd: str = "") -> Answered:
        """What the dispatcher makes of it, with a note on what is *odd*.

        An application that has said nothing is answered for by its server.
        """
        if not self.status:
            return Answered(500, note=odd or "the app returned without an answer")
        if not (odd or self.complete):
            odd = "truncated body"
        return answered(self.status, self._headers, self._body, odd)


class _Turn:
    def __await__(self) -> Generator[None, None, None]:
        yield


def turn() -> Awaitable[None]:
    """Let the running loop do what else there is to do, when this is awaited."""
    return _Turn()


def answered(status: int, headers: Headers, body: Body, odd: str = "") -> Answered:
    """The outcome of an answer, with a note on what is *odd* about it."""
    cut = f"body cut at {BODY_LIMIT} bytes" if body.cut else ""
    return Answered(status, headers, body.whole(), "; ".join(filter(None, (odd, cut))))


def described(error: BaseException) -> str:
    """A note on what an app raised."""
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - an error of the app's whose __str__ is another one
        text = "<its __str__ failed>"
    return f"the app raised {type(error).__name__}{': ' if text else ''}{text}"
