"""The clock's verbs as a test calls them: blocking, and awaitable. Same names, same meaning.

A clock and the emulator that it belongs to have the same verbs, so they inherit them from here.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta

from ringback.clock import verbs as walks
from ringback.core.base.duration import nanoseconds
from ringback.service.moving import Walk
from ringback.service.views import Attempt


class BlockingVerbs(ABC):
    """The verbs for a test that is a plain function. Each returns the attempts that it made.

    All of them raise `ClockBusy` inside a receiver or beside another mover (but `settle`, which
    joins), `Stuck` when something real does not end, `Runaway` for an endless cascade, and
    `WrongFace` inside a running event loop.
    """

    @abstractmethod
    def _move(self, verb: str, walk: Walk) -> list[Attempt]:
        """Carry *walk* out in this thread."""

    def settle(self) -> list[Attempt]:
        """Run what is due now; time stands still."""
        return self._move("settle", walks.settle)

    def advance(self, delta: float | timedelta) -> list[Attempt]:
        """Move by *delta* (seconds or `timedelta`), running all that becomes due, end included."""
        span = _span("advance", delta)
        return self._move("advance", lambda clock: walks.advance(clock, span))

    def advance_to(self, moment: float | timedelta | datetime) -> list[Attempt]:
        """Move to *moment*: seconds since the start, or an aware `datetime`.

        Raises `ClockBackwards`, and `ClockLeap` for a `datetime` more than a year ahead.
        """
        target = moment if isinstance(moment, datetime) else _span("advance_to", moment)
        return self._move("advance_to", lambda clock: walks.advance_to(clock, target))

    def advance_to_next(self) -> list[Attempt]:
        """Move to the next due moment and run all of it. Raises `NothingDue`."""
        return self._move("advance_to_next", walks.advance_to_next)

    def step(self) -> list[Attempt]:
        """Move until one attempt has ended. Raises `NothingDue`."""
        return self._move("step", walks.step)

    def run_until_idle(self) -> list[Attempt]:
        """Move until nothing is armed any more: after it, nothing more will be sent."""
        return self._move("run_until_idle", walks.run_until_idle)

    def advance_until(
        self, predicate: Callable[[], object], within: float | timedelta
    ) -> list[Attempt]:
        """Move step by step until *predicate* is true, at most *within*. Raises `NeverTrue`."""
        span = _span("advance_until", within)
        _check_callable(predicate)
        return self._move(
            "advance_until", lambda clock: walks.advance_until(clock, predicate, span)
        )

    def sync(self) -> list[Attempt]:
        """Move by as much as a time freezer has moved since it was last seen.

        From here on `now` is the freezer's time. Entering or leaving a freeze is no move, and one
        that goes back fires nothing. Without a freezer this settles.
        """
        return self._move("sync", walks.sync)


class AwaitableVerbs(ABC):
    """The verbs for a test that is a coroutine: the same as `BlockingVerbs`, awaited."""

    @abstractmethod
    async def _move(self, verb: str, walk: Walk) -> list[Attempt]:
        """Carry *walk* out on the running loop."""

    async def settle(self) -> list[Attempt]:
        """Run what is due now; time stands still."""
        return await self._move("settle", walks.settle)

    async def advance(self, delta: float | timedelta) -> list[Attempt]:
        """Move by *delta* (seconds or `timedelta`), running all that becomes due, end included."""
        span = _span("advance", delta)
        return await self._move("advance", lambda clock: walks.advance(clock, span))

    async def advance_to(self, moment: float | timedelta | datetime) -> list[Attempt]:
        """Move to *moment*: seconds since the start, or an aware `datetime`.

        Raises `ClockBackwards`, and `ClockLeap` for a `datetime` more than a year ahead.
        """
        target = moment if isinstance(moment, datetime) else _span("advance_to", moment)
        return await self._move("advance_to", lambda clock: walks.advance_to(clock, target))

    async def advance_to_next(self) -> list[Attempt]:
        """Move to the next due moment and run all of it. Raises `NothingDue`."""
        return await self._move("advance_to_next", walks.advance_to_next)

    async def step(self) -> list[Attempt]:
        """Move until one attempt has ended. Raises `NothingDue`."""
        return await self._move("step", walks.step)

    async def run_until_idle(self) -> list[Attempt]:
        """Move until nothing is armed any more: after it, nothing more will be sent."""
        return await self._move("run_until_idle", walks.run_until_idle)

    async def advance_until(
        self, predicate: Callable[[], object], within: float | timedelta
    ) -> list[Attempt]:
        """Move step by step until *predicate* is true, at most *within*. Raises `NeverTrue`."""
        span = _span("advance_until", within)
        _check_callable(predicate)
        return await self._move(
            "advance_until", lambda clock: walks.advance_until(clock, predicate, span)
        )

    async def sync(self) -> list[Attempt]:
        """Move by as much as a time freezer has moved since it was last seen.

        From here on `now` is the freezer's time. Entering or leaving a freeze is no move, and one
        that goes back fires nothing. Without a freezer this settles.
        """
        return await self._move("sync", walks.sync)


def _check_callable(predicate: object) -> None:
    if not callable(predicate):
        raise TypeError(
            f"advance_until() takes a function that says when to stop, not {predicate!r}: write"
            " advance_until(lambda: receiver.requests, within=300)"
        )


def _span(verb: str, span: float | timedelta) -> int:
    try:
        return nanoseconds(span)
    except TypeError:
        raise TypeError(
            f"{verb}() takes seconds or a timedelta, not {span!r} ({type(span).__name__})"
        ) from None
