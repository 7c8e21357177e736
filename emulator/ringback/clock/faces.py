"""The clock's verbs as a test calls them: blocking, and awaitable. Same names, same meaning."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from ringback.clock.guard import set_alarm
from ringback.clock.steps import Effect, Steps, drive, run
from ringback.clock.turns import call_on, restless
from ringback.clock.virtual import Agenda, VirtualClock
from ringback.core.duration import nanoseconds, seconds
from ringback.errors import ClockError, Stuck, WrongFace
from ringback.views import Attempt

T = TypeVar("T")


class Engine(Agenda, Protocol):
    """An agenda that knows where its effects run."""

    def ensure_loop(self) -> "Runner":
        """The loop on which effects run."""
        ...


class Runner(Protocol):
    """A thread with a loop."""

    def submit(self, work: Coroutine[Any, Any, T]) -> "concurrent.futures.Future[T]":
        """Run *work* there."""
        ...


class _Face:
    """What both faces share: reading the time, and holding it."""

    def __init__(self, virtual: VirtualClock, agenda: Engine, guard: float) -> None:
        self._virtual = virtual
        self._agenda = agenda
        self._guard = min(guard, threading.TIMEOUT_MAX)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._virtual!r}>"

    @property
    def now(self) -> datetime:
        """The emulator's wall clock, aware, in UTC."""
        return self._virtual.now

    @property
    def elapsed(self) -> int | float:
        """Seconds since the start; never decreases."""
        return seconds(self._virtual.now_ns)

    @property
    def next_due(self) -> int | float | None:
        """When the next thing is due, in seconds since the start; None when nothing is armed."""
        due = self._agenda.next_due
        return None if due is None else seconds(due[0])

    def hold(self, reason: str) -> AbstractContextManager[None]:
        """Keep time from moving, while work is under way that the emulator cannot see.

        For use with `with`. A walk waits for the end of the hold; *reason* is shown when it is
        `Stuck` over it. A clock that flows stands still meanwhile.
        """
        return self._virtual.hold(reason)

    def observe(self) -> None:
        """Notice a time freezer that has become active, so that `sync` counts from here.

        Accepting a job does the same.
        """
        self._virtual.observe()

    def _interrupted(self) -> ClockError:
        """What to raise when an effect has not come to its end."""
        if self._virtual.closed:
            return self._virtual.ended("the clock was being moved")
        held = ", ".join(self._virtual.busy) or "the event loop itself"
        return Stuck(
            f"nothing moved for {self._guard:g} real seconds; still in flight: {held}. A real"
            " receiver's slowness costs no virtual time, so this is a receiver that hangs or a hold"
            " that was not released. Script a time-out with receiver(…, replies=['timeout']), or"
            " raise Settings.guard."
        )


class BlockingClock(_Face):
    """The verbs for a test that is a plain function. Each returns the attempts that it made.

    All of them raise `ClockBusy` inside a receiver or beside another mover (but `settle`, which
    joins), `Stuck` when something real does not end, `Runaway` for an endless cascade, and
    `WrongFace` inside a running event loop.
    """

    def settle(self) -> list[Attempt]:
        """Run what is due now; time stands still."""
        return self._run("settle", self._virtual.settle(self._agenda))

    def advance(self, delta: float | timedelta) -> list[Attempt]:
        """Move by *delta* (seconds or `timedelta`), running all that becomes due, end included."""
        return self._run("advance", self._virtual.advance(self._agenda, _span("advance", delta)))

    def advance_to(self, moment: float | timedelta | datetime) -> list[Attempt]:
        """Move to *moment*: seconds since the start, or an aware `datetime`."""
        steps = self._virtual.advance_to(self._agenda, _target(moment))
        return self._run("advance_to", steps)

    def advance_to_next(self) -> list[Attempt]:
        """Move to the next due moment and run all of it. Raises `NothingDue`."""
        return self._run("advance_to_next", self._virtual.advance_to_next(self._agenda))

    def step(self) -> list[Attempt]:
        """Move until one attempt has ended. Raises `NothingDue`."""
        return self._run("step", self._virtual.step(self._agenda))

    def run_until_idle(self) -> list[Attempt]:
        """Move until nothing is armed any more: after it, nothing more will be sent."""
        return self._run("run_until_idle", self._virtual.run_until_idle(self._agenda))

    def advance_until(
        self, predicate: Callable[[], object], within: float | timedelta
    ) -> list[Attempt]:
        """Move step by step until *predicate* is true, at most *within*. Raises `NeverTrue`."""
        steps = self._virtual.advance_until(self._agenda, predicate, _span("advance_until", within))
        return self._run("advance_until", steps)

    def sync(self) -> list[Attempt]:
        """Move by as much as a time freezer has moved since it was last seen.

        From here on `now` is the freezer's time. Entering or leaving a freeze is no move, and one
        that goes back fires nothing. Without a freezer this settles.
        """
        return self._run("sync", self._virtual.sync(self._agenda))

    def _run(self, verb: str, steps: Steps[T]) -> T:
        # Inside a receiver the walk itself refuses, and says why.
        if _loop_is_running() and not self._virtual.is_inside:
            raise WrongFace(
                f"{verb}() blocks, and was called inside a running event loop, which would then"
                f" never answer. Use AsyncEmulator (fixture async_ringback) and await {verb}(), or"
                f" call it in a thread: await asyncio.to_thread(ringback.{verb}, …)."
            )
        return run(steps, self._perform)

    def _perform(self, effect: Effect) -> Any:
        future = self._agenda.ensure_loop().submit(_awaited(effect))
        forget = self._virtual.when_closed(future.cancel)
        try:
            return future.result(self._guard)
        except concurrent.futures.CancelledError:
            raise self._interrupted() from None
        except concurrent.futures.TimeoutError:
            if future.done():  # it came at the last moment, or is an error of the effect itself
                return future.result()
            raise self._interrupted() from None
        finally:
            forget()


class AwaitableClock(_Face):
    """The verbs for a test that is a coroutine: the same as `BlockingClock`'s, awaited.

    What the test has started on its loop, such as its application, has its turn before time moves.
    """

    def __init__(self, virtual: VirtualClock, agenda: Engine, guard: float) -> None:
        super().__init__(virtual, agenda, guard)
        virtual.restless = restless

    async def settle(self) -> list[Attempt]:
        """Run what is due now; time stands still."""
        return await self._drive(self._virtual.settle(self._agenda))

    async def advance(self, delta: float | timedelta) -> list[Attempt]:
        """Move by *delta* (seconds or `timedelta`), running all that becomes due, end included."""
        return await self._drive(self._virtual.advance(self._agenda, _span("advance", delta)))

    async def advance_to(self, moment: float | timedelta | datetime) -> list[Attempt]:
        """Move to *moment*: seconds since the start, or an aware `datetime`."""
        return await self._drive(self._virtual.advance_to(self._agenda, _target(moment)))

    async def advance_to_next(self) -> list[Attempt]:
        """Move to the next due moment and run all of it. Raises `NothingDue`."""
        return await self._drive(self._virtual.advance_to_next(self._agenda))

    async def step(self) -> list[Attempt]:
        """Move until one attempt has ended. Raises `NothingDue`."""
        return await self._drive(self._virtual.step(self._agenda))

    async def run_until_idle(self) -> list[Attempt]:
        """Move until nothing is armed any more: after it, nothing more will be sent."""
        return await self._drive(self._virtual.run_until_idle(self._agenda))

    async def advance_until(
        self, predicate: Callable[[], object], within: float | timedelta
    ) -> list[Attempt]:
        """Move step by step until *predicate* is true, at most *within*. Raises `NeverTrue`."""
        steps = self._virtual.advance_until(self._agenda, predicate, _span("advance_until", within))
        return await self._drive(steps)

    async def sync(self) -> list[Attempt]:
        """Move by as much as a time freezer has moved since it was last seen.

        From here on `now` is the freezer's time. Entering or leaving a freeze is no move, and one
        that goes back fires nothing. Without a freezer this settles.
        """
        return await self._drive(self._virtual.sync(self._agenda))

    async def _drive(self, steps: Steps[T]) -> T:
        self._agenda.ensure_loop()
        return await drive(steps, self._perform)

    async def _perform(self, effect: Effect) -> Any:
        loop = asyncio.get_running_loop()
        work = asyncio.ensure_future(_awaited(effect))
        interrupted = loop.create_future()
        interrupt = partial(call_on, loop, partial(_resolve, interrupted))
        alarm = set_alarm(self._guard, interrupt)
        forget = self._virtual.when_closed(interrupt)
        try:
            await asyncio.wait({work, interrupted}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise self._interrupted()
            return work.result()
        finally:
            forget()
            alarm.cancel()
            if not loop.is_closed():  # it may be, with this left in the middle
                interrupted.cancel()
                work.cancel()


def _target(moment: float | timedelta | datetime) -> int | datetime:
    return moment if isinstance(moment, datetime) else _span("advance_to", moment)


def _span(verb: str, span: float | timedelta) -> int:
    try:
        return nanoseconds(span)
    except TypeError:
        raise TypeError(
            f"{verb}() takes seconds or a timedelta, not {span!r} ({type(span).__name__})"
        ) from None


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


async def _awaited(effect: Effect) -> Any:
    return await effect()


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
