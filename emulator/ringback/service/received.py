"""What arrived at the speak endpoints, and how it was answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote_plus

from ringback.core.base.headers import Headers
from ringback.core.base.masking import MASK, in_one_line, is_secret, masked, masked_url

RawHeaders: TypeAlias = Sequence[tuple[bytes, bytes]]
"""Headers as ASGI has them: names in lower case."""


@dataclass(frozen=True, slots=True, repr=False)
class ReceivedRequest:
    """One request to a speak endpoint as it arrived, and how it was answered.

    *at* is in seconds since the emulator's start. *query* is as it was sent, escapes included, and
    may hold the credentials of a callback URL: `repr` masks them, as it does those in `headers`,
    and leaves *body* out.
    *size* is how many bytes the body had; of one above the limit, *body* holds the beginning.
    *status* is that of the answer, and 101 for a stream. *request_id* is the answer's, too.
    """

    at: int | float
    method: str
    path: str
    query: str
    raw_headers: RawHeaders
    content_type: str | None
    body: bytes
    size: int
    status: int
    request_id: str

    def __repr__(self) -> str:
        query = f"?{_shown(self.query)}" if self.query else ""
        return (
            f"<{self.method} {self.path}{query} at {self.at} s, {self.headers!r},"
            f" {self.size} bytes: answered {self.status}, request {self.request_id}>"
        )

    @property
    def headers(self) -> Headers:
        """The headers, looked up without regard to case; credentials are masked when printed."""
        return Headers(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in self.raw_headers
        )


def _shown(query: str) -> str:
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
