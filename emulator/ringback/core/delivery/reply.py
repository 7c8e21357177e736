"""What a scripted receiver answers, one entry per arrival.

An entry is written as a status (`503`), a word (`"timeout"`) or a `Reply` with more to say.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeAlias

from ringback.core.base.dataclass import dataclass
from ringback.core.base.duration import nanoseconds
from ringback.core.base.headers import NO_HEADERS, Headers
from ringback.core.delivery.fault_words import WORDS
from ringback.core.delivery.outcome import Answered, Dropped, Outcome, Unreachable
from ringback.errors import SettingsError


class NoReply(StrEnum):
    """What may happen instead of an answer."""

    TIMEOUT = "timeout"
    REFUSED = "refused"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: *status*, *headers*, *body*, given *after* so many virtual seconds."""

    status: int = 200
    headers: Mapping[str, str] | Headers = NO_HEADERS
    body: bytes | str = b""
    after: float | timedelta = 0

    def __post_init__(self) -> None:
        """Refuse what no receiver could answer."""
        if not _is_status(self.status):
            raise SettingsError(f"a reply's status must be from 200 to 599, not {self.status!r}")
        pairs: Iterable[tuple[object, object]] = Headers(self.headers).on_the_wire
        if not all(isinstance(name, str) and isinstance(value, str) for name, value in pairs):
            raise SettingsError(f"a reply's headers must be text: {dict(self.headers)!r}")
        try:
            early = nanoseconds(self.after) < 0
        except (TypeError, ValueError) as error:
            raise SettingsError(f"a reply's after={self.after!r}: {error}") from None
        if early:
            raise SettingsError(f"a reply cannot come before its request: after={self.after!r}")


ReplyLike: TypeAlias = "int | str | Reply"
"""What `replies=[…]` takes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome, and the virtual nanoseconds that it *takes*; None: longer than any limit."""

    outcome: Outcome
    takes: int | None = 0


def read_reply(entry: ReplyLike) -> Reply | NoReply:
    """Read one entry of `replies=[…]`. Raises `SettingsError` naming the nearest word."""
    if isinstance(entry, Reply):
        return entry
    if isinstance(entry, int):
        return Reply(entry)
    return _word(entry)


def read_replies(entries: Iterable[ReplyLike]) -> list[Reply | NoReply]:
    """Read a whole `replies=[…]`; a single status or word must stand in a list too."""
    if isinstance(entries, str | int | Reply):
        raise SettingsError(f"replies must be a list: write replies=[{entries!r}]")
    return [read_reply(entry) for entry in entries]


def answer_of(entry: Reply | NoReply) -> Answer:
    """What the dispatcher gets to hear for *entry*."""
    if isinstance(entry, Reply):
        body = entry.body.encode() if isinstance(entry.body, str) else entry.body
        answered = Answered(entry.status, Headers(entry.headers), body)
        return Answer(answered, nanoseconds(entry.after))
    return _NO_REPLIES[entry]


_NO_REPLIES = {
    # Whoever knows the attempt limit turns an answer that never comes into a time-out.
    NoReply.TIMEOUT: Answer(Dropped("closed", "waiting"), takes=None),
    NoReply.REFUSED: Answer(Unreachable("refused", "scripted")),
    NoReply.RESET: Answer(Dropped("reset", "waiting")),
}


def _is_status(value: object) -> bool:
    return isinstance(value, int) and 200 <= value <= 599


def _word(entry: object) -> NoReply:
    if isinstance(entry, str) and entry in list(NoReply):
        return NoReply(entry)
    known = [str(word) for word in NoReply]
    words = ", ".join(map(repr, known))
    if isinstance(entry, str) and (near := get_close_matches(entry, [*known, *WORDS], n=1)):
        (word,) = near
        meant = "" if word == entry else f"; did you mean {word!r}?"
        if word not in known:
            raise SettingsError(
                f"{entry!r} is no reply{meant or '.'} {word!r} happens on the way, and stands in"
                f" faults=[…]. Use a status, a Reply or one of {words}."
            )
    else:
        meant = "."
    raise SettingsError(f"unknown reply {entry!r}{meant} Use a status, a Reply or one of {words}.")
