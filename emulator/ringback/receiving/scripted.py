"""A scripted receiver: replies in order, and a record of what arrived.

It answers at once, in whatever thread asks: no task, no socket, no turn of a loop. Whatever virtual
time a reply takes is the engine's to spend.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from ringback.core.base.history import History
from ringback.core.base.live import Live
from ringback.core.base.sealed import Sealed
from ringback.core.delivery.arrivals import Arrival, expect_arrivals
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Unreachable
from ringback.core.delivery.reply import (
    Answer,
    Reply,
    ReplyLike,
    answer_of,
    read_replies,
)

WHOLE = 100
"""Requests whose bodies a receiver has, where it does not keep all."""


class Receiver(Sealed):
    """Stands at one origin. Replies are consumed in order of arrival, and the last one repeats."""

    def __init__(
        self, origin: str, replies: Iterable[ReplyLike] = (200,), keep: int | None = None
    ) -> None:
        """Answer *replies* at *origin*. Raises `SettingsError` for a reply that is none.

        Of what arrives the last *keep* requests are kept, and the bodies of the latest of them;
        None: all of it.
        """
        self._origin = origin
        self._replies = tuple(read_replies(replies))
        self._script = _Script(self._replies)
        self._forgets = keep is not None
        self._keep = keep
        self._requests: History[CallbackMessage] = History(keep)
        self._arrived = Live(self._requests)

    def __repr__(self) -> str:
        return f"<Receiver {self._origin} [{len(self._requests)} requests, {self.unused} unused]>"

    @property
    def url(self) -> str:
        """The origin at which it stands."""
        return self._origin

    @property
    def requests(self) -> Sequence[CallbackMessage]:
        """What arrived, in order: a live view. A refused connection brings nothing."""
        return self._arrived

    def assert_received(
        self,
        *,
        times: int | None = None,
        method: str | None = None,
        path: str | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: bytes | None = None,
    ) -> list[CallbackMessage]:
        """The requests that are as said, of which there must be so many *times*, or at least one.

        What is left out may be anything. Of *headers*, those that are named count, and None says
        that one must be missing; a *path* without a query fits any query. Raises `AssertionError`,
        which shows every request and in what it differs, and `SettingsError` for what cannot be.
        """
        expected = Arrival(method, path, headers, body)
        return expect_arrivals(self._origin, self._requests, expected, times)

    @property
    def unused(self) -> int:
        """How many of several replies were never given, the last one too, which repeats.

        One that stands alone says how the receiver answers if it is asked, and owes nothing.
        """
        return self._script.unused

    def replies(self, *entries: ReplyLike) -> None:
        """Replace what is left of the script. Raises `SettingsError` for a reply that is none."""
        self._script = _Script(entries)

    def begin_again(self) -> None:
        """Answer from the beginning, as if nothing had arrived."""
        self._script = _Script(self._replies)
        self._requests = History(self._keep)
        self._arrived = Live(self._requests)

    def answer(self, message: CallbackMessage) -> Answer:
        """Take *message* and answer it."""
        answer = self._script.take()
        if not isinstance(answer.outcome, Unreachable):
            self._requests.add(message)
            if self._forgets and len(self._requests) > WHOLE:
                self._requests[-WHOLE - 1] = self._requests[-WHOLE - 1].by_digest()
        return answer


class _Script:
    """What is left of one list of replies."""

    def __init__(self, entries: Iterable[ReplyLike]) -> None:
        # A receiver without a script accepts all.
        self._left = deque(map(answer_of, read_replies(entries) or [Reply(200)]))
        self._owes_last = len(self._left) > 1

    @property
    def unused(self) -> int:
        return len(self._left) - (not self._owes_last)

    def take(self) -> Answer:
        if len(self._left) > 1:
            return self._left.popleft()
        self._owes_last = False
        return self._left[0]
