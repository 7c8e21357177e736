"""Real time, read so that no time freezer can touch it.

freezegun rewrites module attributes that are the functions and classes of `time` and `datetime`,
and leaves alone what only holds them: arguments, instances, partial functions. time-machine
patches the functions themselves, the monotonic clock among them before its version 3, but never
`clock_gettime` of that clock. When this module is first imported inside a freeze, freezegun's own
record of the real functions is taken, and time-machine is asked for the real time at each call.
"""

import asyncio
import datetime
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from ringback.clock.sockets import own_pair
from ringback.clock.turns import call_on, drained

T = TypeVar("T")


def _genuine(module: Any, name: str) -> Any:
    freezer = sys.modules.get("freezegun.api")
    return getattr(freezer, f"real_{name}", None) or getattr(module, name)


def _steady() -> Callable[[], int]:
    if hasattr(time, "clock_gettime_ns"):
        return partial(time.clock_gettime_ns, time.CLOCK_MONOTONIC)
    return partial(_genuine(time, "monotonic_ns"))


_read_monotonic = _steady()
_read_wall: Callable[[], int] = partial(_genuine(time, "time_ns"))


def monotonic_ns() -> int:
    """Nanoseconds of real time since some moment in the past."""
    return _read_monotonic()


_sleep: Callable[[float], None] = partial(_genuine(time, "sleep"))


def wait_really(seconds: float) -> None:
    """Do nothing for so many real *seconds*, for whoever has nothing better to wait for."""
    _sleep(seconds)


def wall_ns() -> int:
    """Real Unix time in nanoseconds, whatever the process is told about it."""
    if _travelling():
        with suppress(ValueError):  # another thread has just come back
            return int(sys.modules["time_machine"].escape_hatch.time.time_ns())
    return _read_wall()


def frozen() -> bool:
    """Whether a known freezer is active: it may stand at the present just as well."""
    freezer = sys.modules.get("freezegun.api")
    return _travelling() or (freezer is not None and bool(freezer.freeze_factories))


def _travelling() -> bool:
    machine = sys.modules.get("time_machine")
    return machine is not None and bool(machine.escape_hatch.is_travelling())


_UNIX_EPOCH: datetime.datetime = _genuine(datetime, "datetime")(1970, 1, 1, tzinfo=datetime.UTC)


def genuine(moment: datetime.datetime) -> datetime.datetime:
    """*moment* (aware) in UTC, as a `datetime` and no freezer's imitation."""
    return _UNIX_EPOCH + (moment - _UNIX_EPOCH)


def unix_ns(moment: datetime.datetime) -> int:
    """*moment* (aware) as nanoseconds of Unix time."""
    return (moment - _UNIX_EPOCH) // datetime.timedelta(microseconds=1) * 1000


def utc_now() -> datetime.datetime:
    """The real time, aware."""
    return _UNIX_EPOCH + datetime.timedelta(microseconds=wall_ns() // 1000)


def told_the_truth() -> bool:
    """Whether no known freezer is active, and what the process is told is true to a second.

    Each job that is accepted asks this, so it makes no `datetime` more than it has to.
    """
    if frozen():
        return False
    told = datetime.datetime.now(datetime.UTC)
    return abs(told.timestamp() - wall_ns() / 1e9) < 1


def told_wall() -> datetime.datetime:
    """The time that the process is *told*: a freezer's, while one is active.

    The class is looked up at each call, for that is what a freezer replaces. One of freezegun's
    moves on at each look; the application's looks are meant, and not ours.
    """
    freezer = sys.modules.get("freezegun.api")
    if freezer is not None and freezer.freeze_factories:
        freeze = freezer.freeze_factories[-1]
        if isinstance(freeze, freezer.StepTickTimeFactory):
            return genuine(freeze.time_to_freeze.replace(tzinfo=datetime.UTC))
    return genuine(datetime.datetime.now(datetime.UTC))


class SteadyLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers keep running while the process's time is frozen."""

    crowded = False
    """Whether emulators share it that have nothing to do with each other, and no application."""

    def time(self) -> float:
        """Real monotonic seconds."""
        return monotonic_ns() / 1e9


class LoopThread:
    """A daemon thread that runs one `SteadyLoop`."""

    def __init__(self, name: str) -> None:
        """Start the thread; its loop is ready when this returns."""
        with own_pair():
            self.loop = SteadyLoop()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopped:
            # An application that exits, or stops the loop, ends its own task, and nobody else's.
            with suppress(SystemExit, KeyboardInterrupt):
                self.loop.run_forever()
        self._cancel_tasks()
        # What has swallowed its cancellation, or has begun meanwhile, has a second chance.
        self._cancel_tasks()
        self.loop.close()

    def _halt(self) -> None:
        if not self._stopped:
            self._stopped = True
            self.loop.call_soon(self.loop.stop)  # what was submitted before has its turn

    def _cancel_tasks(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        with suppress(RuntimeError):  # an application has stopped the loop once more
            self.loop.run_until_complete(drained())

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Run *work* on the loop; the future holds its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def stop(self, patience: float = 2.0) -> None:
        """Stop the loop and wait up to *patience* real seconds for its thread."""
        call_on(self.loop, self._halt)
        if self._thread is not threading.current_thread():
            self._thread.join(patience)
