"""A clock as a test holds it: it blocks, or it is awaited, while effects are carried out."""

import asyncio
import threading
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any

from ringback.clock.forks import check_process, lineage
from ringback.clock.guard import PatientAlarm
from ringback.clock.leading import grasp
from ringback.clock.steps import Effect, drive, run
from ringback.clock.turns import call_on, ended, loop_is_running
from ringback.clock.virtual import VirtualClock
from ringback.core.base.duration import seconds
from ringback.core.base.sealed import Sealed
from ringback.engine.engine import Engine
from ringback.errors import WrongFace
from ringback.faces.holding import Hold
from ringback.faces.verbs import AwaitableVerbs, BlockingVerbs
from ringback.service.moving import Walk, carried_out, interrupted, shown
from ringback.service.views import Attempt


class _Face(Sealed):
    """What both faces share: reading the time, and holding it."""

    _engine: Engine
    _virtual: VirtualClock
    _lineage: int
    _guard: float

    def __init__(self, engine: Engine, guard: float) -> None:
        """Show the clock of *engine*; no effect may take longer than *guard* real seconds."""
        # At once: every reset makes one, and `Sealed` looks at what is assigned.
        vars(self).update(
            _engine=engine,
            _virtual=engine.clock,
            _lineage=lineage(),
            _guard=min(guard, threading.TIMEOUT_MAX),
        )

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
        due = self._virtual.next_due
        return None if due is None else seconds(due)

    def hold(self, reason: str) -> AbstractContextManager[None]:
        """Keep time from moving, while work is under way that the emulator cannot see.

        For use with `with`. A walk waits for the end of the hold; *reason* is shown when it is
        `Stuck` over it. A clock that flows stands still meanwhile.
        """
        check_process(self._lineage)
        return Hold(self._virtual, reason)

    def observe(self) -> None:
        """Notice a time freezer that has become active, so that `sync` counts from here.

        `now` is the freezer's moment then, unless `Settings.epoch` was set. An emulator that begins
        in frozen time does the same, and so does accepting a job and opening a stream.
        """
        self._virtual.observe()

    def lead(self, frozen: Any = None) -> None:
        """Have a freezer of time go along with this clock, so that both tell the same time.

        *frozen* is what `with freeze_time(…) as frozen` or `with time_machine.travel(…) as
        traveller` binds, or a fixture of theirs; without it, the freezer that is active. From here
        on the application's `datetime.now()` is exact at every attempt, in every thread of this
        process. Move the clock, and leave the freezer alone.

        Raises `SettingsError` for what cannot be moved, and for a clock that flows.
        """
        check_process(self._lineage)
        self._virtual.check_open("lead")
        self._virtual.lead(grasp(frozen))

    @property
    def disagreement(self) -> str:
        """What is to be said of a callback at which the application was told another time.

        Empty, unless time is frozen, is neither led nor followed, and was more than an attempt
        apart from this clock.
        """
        return self._virtual.disagreement

    @property
    def ahead(self) -> int | float:
        """How many seconds a freezer of time has moved on without this clock; `sync` follows it."""
        return seconds(max(self._virtual.wall.passed()[1], 0))


class BlockingClock(BlockingVerbs, _Face):
    """A clock whose verbs block."""

    def follow(self, frozen: Any = None) -> None:
        """Have this clock go along with a freezer: `frozen.tick(30)` delivers before it returns.

        Its `tick`, `move_to` and `shift` move the clock on their way, from due moment to due
        moment, so the application's time is exact at every attempt. That lasts until the emulator
        ends or is reset. The rest is as with `lead`.
        """
        self.lead(frozen)
        freezer = grasp(frozen)
        put_back = freezer.replace(self.advance, self._virtual.anchor)
        self._virtual.when_closed(put_back)

    def _move(self, verb: str, walk: Walk) -> list[Attempt]:
        check_process(self._lineage)
        # Inside a receiver the walk itself refuses, and says why.
        if loop_is_running() and not self._virtual.is_inside:
            raise WrongFace(
                f"{verb}() blocks, and was called inside a running event loop, which would then"
                f" never answer. Use AsyncEmulator (fixture async_ringback) and await {verb}(), or"
                f" call it in a thread: await asyncio.to_thread(ringback.{verb}, …)."
            )
        return shown(self._engine, run(walk(self._virtual), self._perform))

    def _perform(self, effect: Effect) -> Any:
        return carried_out(self._engine, self._guard, effect)


class AwaitableClock(AwaitableVerbs, _Face):
    """A clock whose verbs are awaited.

    What the test has started on its loop, such as its application, has its turn before time moves.
    """

    def follow(self, frozen: Any = None) -> None:
        """Refuse: `frozen.tick(30)` cannot await what it would cause. `lead` is awaited.

        Raises `WrongFace`.
        """
        raise WrongFace(
            "clock.follow(): frozen.tick() cannot await the deliveries that it would cause. Have"
            " the freezer go along instead, clock.lead(frozen), and await clock.advance(30); or"
            " await clock.sync() after it was moved."
        )

    async def _move(self, verb: str, walk: Walk) -> list[Attempt]:
        check_process(self._lineage)
        self._engine.ensure_loop()
        return shown(self._engine, await drive(walk(self._virtual), self._perform))

    async def _perform(self, effect: Effect) -> Any:
        loop = asyncio.get_running_loop()
        work = asyncio.ensure_future(_awaited(effect))
        over = loop.create_future()
        interrupt = partial(call_on, loop, partial(_resolve, over))
        alarm = PatientAlarm(loop, self._guard, interrupt)
        forget = self._virtual.when_closed(interrupt)
        try:
            await ended(work, over)
            if not work.done():
                raise interrupted(self._virtual, self._guard)
            return work.result()
        finally:
            forget()
            alarm.cancel()
            if not loop.is_closed():  # it may be, with this left in the middle
                work.cancel()


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


async def _awaited(effect: Effect) -> Any:
    return await effect()
