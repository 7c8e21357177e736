"""How many requests and streams may be in progress at once: those beyond it are refused with 429.

Requests and streams are counted apart (documented: the service has a limit for each).
"""

from collections.abc import Callable

from ringback.core.answer.failure import TOO_MANY_REQUESTS
from ringback.core.base.rejection import Rejection
from ringback.settings.settings import Settings


class Concurrency:
    """Counts what is in progress in one emulator, under its lock."""

    def __init__(self, settings: Settings, pending: Callable[[], int]) -> None:
        """Begin with nothing in progress; *pending* says how many callback jobs are not settled."""
        self.limited = settings.concurrency_limit is not None
        """Whether requests are counted at all."""
        self._most_requests = settings.concurrency_limit
        self._most_streams = settings.stream_concurrency_limit or settings.concurrency_limit
        self._form = settings.too_many_requests
        self._pending = pending if settings.concurrency_counts_callbacks else int
        self._requests = 0
        self._streams = 0

    def refusal_of_a_request(self) -> Rejection | None:
        """Why one more request cannot be answered now, None if it can."""
        most = self._most_requests
        if most is None or self._requests + self._pending() < most:
            return None
        return self._refusal(
            f"Settings.concurrency_limit is {most}, and so many requests are in progress."
        )

    def refusal_of_a_stream(self) -> Rejection | None:
        """Why one more stream cannot be opened now, None if it can."""
        most = self._most_streams
        if most is None or self._streams < most:
            return None
        return self._refusal(
            f"{most} streams are open, and no more may be: Settings.stream_concurrency_limit, or"
            " concurrency_limit where that is None."
        )

    def request_began(self) -> None:
        """One more request is in progress."""
        self._requests += 1

    def request_ended(self) -> None:
        """One request less is in progress."""
        self._requests -= 1

    def stream_opened(self) -> None:
        """One more stream is open."""
        self._streams += 1

    def stream_closed(self) -> None:
        """One stream less is open."""
        self._streams -= 1

    def _refusal(self, hint: str) -> Rejection:
        code, message = TOO_MANY_REQUESTS[self._form]
        return Rejection(429, code, message, hint)
