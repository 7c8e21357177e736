"""What arrived at the speak endpoints, and how it was answered."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reception:
    """One request to `/v1/speak` as it arrived, and how it was answered: a stream with 101.

    *query* may hold the credentials of a callback URL, and *body* anything, so `repr` leaves them
    out. *size* is how many bytes the body had; of one above the limit, *body* holds the beginning.
    """

    at: int
    request_id: str
    query: str = field(repr=False)
    content_type: str | None
    body: bytes = field(repr=False)
    status: int
    size: int
