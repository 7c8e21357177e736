"""The clock's verbs as a test calls them: blocking, and awaitable. Same names, same meaning."""

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from ringback.clock.guard import set_alarm
from ringback.clock.steps import Effect, Steps, drive, run
from ringback.clock.virtual import Agenda, VirtualClock
from ringback.clock.wall import Wall
from ringback.core.duration import nanoseconds, seconds
from ringback.errors import Stuck, WrongFace
from ringback.views import Attempt

T = TypeVar("T")


class Engine(Agenda, Protocol):
    """An agenda that knows where its effects run, and can give up on them."""

    def abort(self, reason: str) -> None:
        """End every attempt in flight as aborted."""
        ...

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
        self._guard = guard
        self._wall = Wall(virtual)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._virtual!r}>"

    @property
    def now(self) -> datetime:
        """The emulator's wall clock, aware, in the time zone of the epoch."""
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
        `Stuck` over it.
        """
        return self._virtual.hold(reason)

    def observe(self) -> None:
        """Notice a time freezer that has become active, so that `sync` counts from here."""
        self._wall.observe()

    def _target(self, moment: float | timedelta | datetime) -> int | datetime:
        return moment if isinstance(moment, datetime) else nanoseconds(moment)

    def _synced(self) -> Steps[list[Attempt]]:
        span = self._wall.passed()
        if span:
            return self._virtual.advance(self._agenda, span)
        return self._virtual.settle(self._agenda)

    def _stuck(self) -> Stuck:
        held = ", ".join(self._virtual.busy) or "the event loop itself"
        self._agenda.abort(f"no end within the guard of {self._guard:g} real seconds")
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
        return self._run("advance", self._virtual.advance(self._agenda, nanoseconds(delta)))

    def advance_to(self, moment: float | timedelta | datetime) -> list[Attempt]:
        """Move to *moment*: seconds since the start, or an aware `datetime`."""
        steps = self._virtual.advance_to(self._agenda, self._target(moment))
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
        steps = self._virtual.advance_until(self._agenda, predicate, nanoseconds(within))
        return self._run("advance_until", steps)

    def sync(self) -> list[Attempt]:
        """Move by as much as a time freezer has moved since it was last seen."""
        return self._run("sync", self._synced())

    def _run(self, verb: str, steps: Steps[T]) -> T:
        if _loop_is_running():
            steps.close()
            raise WrongFace(
                f"{verb}() blocks, and was called inside a running event loop, which would then"
                f" never answer. Use AsyncEmulator (fixture async_ringback) and await {verb}(), or"
                f" call it in a thread: await asyncio.to_thread(ringback.{verb}, …)."
            )
        return run(steps, self._perform)

    def _perform(self, effect: Effect) -> Any:
        future = self._agenda.ensure_loop().submit(_awaited(effect))
        try:
            return future.result(self._guard)
        except concurrent.futures.TimeoutError:
            if future.done():
                raise
            future.cancel()
            raise self._stuck() from None


class AwaitableClock(_Face):
    """The verbs for a test that is a coroutine: the same as `BlockingClock`'s, awaited."""

    async def settle(self) -> list[Attempt]:
        """Run what is due now; time stands still."""
        return await self._drive(self._virtual.settle(self._agenda))

    async def advance(self, delta: float | timedelta) -> list[Attempt]:
        """Move by *delta* (seconds or `timedelta`), running all that becomes due, end included."""
        return await self._drive(self._virtual.advance(self._agenda, nanoseconds(delta)))

    async def advance_to(self, moment: float | timedelta | datetime) -> list[Attempt]:
        """Move to *moment*: seconds since the start, or an aware `datetime`."""
        return await self._drive(self._virtual.advance_to(self._agenda, self._target(moment)))

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
        steps = self._virtual.advance_until(self._agenda, predicate, nanoseconds(within))
        return await self._drive(steps)

    async def sync(self) -> list[Attempt]:
        """Move by as much as a time freezer has moved since it was last seen."""
        return await self._drive(self._synced())

    async def _drive(self, steps: Steps[T]) -> T:
        self._agenda.ensure_loop()
        return await drive(steps, self._perform)

    async def _perform(self, effect: Effect) -> Any:
        loop = asyncio.get_running_loop()
        work = asyncio.ensure_future(_awaited(effect))
        expired = loop.create_future()
        alarm = set_alarm(self._guard, partial(_call_soon, loop, partial(_expire, expired)))
        try:
            await asyncio.wait({work, expired}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise self._stuck()
            return work.result()
        finally:
            alarm.cancel()
            expired.cancel()
            work.cancel()


def _call_soon(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)


def _expire(expired: "asyncio.Future[None]") -> None:
    if not expired.done():
        expired.set_result(None)


async def _awaited(effect: Effect) -> Any:
    return await effect()


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
