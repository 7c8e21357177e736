"""What arrived at the speak endpoints, and how it was answered."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias, overload
from urllib.parse import unquote_plus

from ringback.core.base.dataclass import dataclass
from ringback.core.base.duration import seconds
from ringback.core.base.headers import Headers
from ringback.core.base.history import History
from ringback.core.base.live import Live
from ringback.core.base.masking import MASK, in_one_line, is_secret, masked, masked_url

RawHeaders: TypeAlias = Sequence[tuple[bytes, bytes]]
"""Headers as ASGI has them: names in lower case."""


@dataclass(slots=True)
class Reception:
    """One request as the service keeps it. It is made for each, so nothing is worked out here."""

    at: int
    method: str
    path: str
    query: bytes
    headers: RawHeaders
    content_type: str | None
    body: bytes
    size: int
    status: int
    request_id: str


_LONGEST = 2048
"""Bytes of a query, and of all headers, that are kept where bodies are not."""


class _Packed(Sequence[tuple[bytes, bytes]]):
    """Headers in one piece, which takes a fifth of the memory."""

    __slots__ = ("_text",)

    def __init__(self, headers: RawHeaders) -> None:
        self._text = b"\0".join(part for pair in headers for part in pair)

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        parts = self._text.split(b"\0")
        return iter(zip(parts[::2], parts[1::2], strict=False))

    def __len__(self) -> int:
        return len(list(self))

    @overload
    def __getitem__(self, index: int) -> tuple[bytes, bytes]: ...
    @overload
    def __getitem__(self, index: slice) -> list[tuple[bytes, bytes]]: ...
    def __getitem__(self, index: int | slice) -> tuple[bytes, bytes] | list[tuple[bytes, bytes]]:
        return list(self)[index]


class Arrivals(History[Reception]):
    """The requests that arrived, in order, or the last ones."""

    __slots__ = ("_cuts",)

    def __init__(self, keep: int | None) -> None:
        """Wait for the first. *keep* so many, and no bodies; None: all there is."""
        super().__init__(keep)
        self._cuts = keep is not None

    def note(self, reception: Reception) -> None:
        """Take note of the next one."""
        if self._cuts:
            reception.body, reception.query = b"", reception.query[:_LONGEST]
            size = sum(len(name) + len(value) for name, value in reception.headers)
            reception.headers = _Packed(reception.headers) if size <= _LONGEST else ()
            if reception.content_type is not None:
                reception.content_type = reception.content_type[:_LONGEST]
        self.add(reception)

    def answered(self, place: int, status: int) -> None:
        """Have the request at *place* be answered with another *status* after all."""
        if place >= self.dropped:
            self[place - self.dropped].status = status


@dataclass(frozen=True, slots=True, repr=False)
class ReceivedRequest:
    """One request to a speak endpoint as it arrived, and how it was answered.

    *at* is in seconds since the emulator's start. *query* is as it was sent, escapes included, and
    may hold the credentials of a callback URL: `repr` masks them, as it does those in *headers*,
    and leaves *body* out. *size* is how many bytes the body had; of one above the limit, *body*
    holds the beginning. *status* is that of the answer, and 101 for a stream. *request_id* is the
    answer's, too.
    """

    at: int | float
    method: str
    path: str
    query: str
    headers: Headers
    content_type: str | None
    body: bytes
    size: int
    status: int
    request_id: str

    def __repr__(self) -> str:
        query = f"?{shown_query(self.query)}" if self.query else ""
        return (
            f"<{self.method} {self.path}{query} at {self.at} s, {self.headers!r},"
            f" {self.size} bytes: answered {self.status}, request {self.request_id}>"
        )


class ReceivedRequests(Live[ReceivedRequest]):
    """Every request that has arrived whenever somebody looks, in order. Read-only."""

    __slots__ = ()

    def __init__(self, receptions: Sequence[Reception]) -> None:
        """Show *receptions*, which may grow."""
        super().__init__(_Views(receptions))


class _Views(Sequence[ReceivedRequest]):
    """Requests as they are shown, made when they are looked at."""

    def __init__(self, receptions: Sequence[Reception]) -> None:
        self._receptions = receptions

    def __len__(self) -> int:
        return len(self._receptions)

    @overload
    def __getitem__(self, index: int) -> ReceivedRequest: ...
    @overload
    def __getitem__(self, index: slice) -> list[ReceivedRequest]: ...
    def __getitem__(self, index: int | slice) -> ReceivedRequest | list[ReceivedRequest]:
        if isinstance(index, slice):
            return list(map(_view, self._receptions[index]))
        return _view(self._receptions[index])


def _view(reception: Reception) -> ReceivedRequest:
    return ReceivedRequest(
        seconds(reception.at),
        reception.method,
        reception.path,
        reception.query.decode("latin-1"),
        Headers((n.decode("latin-1"), v.decode("latin-1")) for n, v in reception.headers),
        reception.content_type,
        reception.body,
        reception.size,
        reception.status,
        reception.request_id,
    )


def shown_query(query: str) -> str:
    """*query* as people may see it, its escapes read: a callback's own query may hold secrets."""
    pairs = [pair.partition("=") for pair in masked(query).split("&")]
    return in_one_line(
        "&".join(
            name + equals + (MASK if is_secret(name) and value else masked_url(unquote_plus(value)))
            for name, equals, value in pairs
        )
    )


def sent(authorization: str, content_type: str) -> RawHeaders:
    """The headers of a request that is made in this process."""
    return (
        (b"authorization", authorization.encode()),
        (b"content-type", content_type.encode()),
    )
