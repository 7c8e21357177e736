"""Real time, read so that no time freezer can touch it.

freezegun rewrites module attributes and leaves default arguments alone, so the clock is held in
one. When this module is first imported inside a freeze, freezegun's own record of the real clock
is taken. time-machine leaves the monotonic clock alone.
"""

import asyncio
import datetime
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


def _genuine(name: str) -> Callable[[], Any]:
    freezer = sys.modules.get("freezegun.api")
    real: Callable[[], Any] = getattr(freezer, f"real_{name}", None) or getattr(time, name)
    return real


_read_monotonic: Callable[[], int] = _genuine("monotonic_ns")


def monotonic_ns(_read: Callable[[], int] = _read_monotonic) -> int:
    """Nanoseconds of real time since some moment in the past."""
    return _read()


_WALL_OFFSET: int = _genuine("time_ns")() - monotonic_ns()


def wall_ns() -> int:
    """Real Unix time in nanoseconds, whatever the process is told about it."""
    return monotonic_ns() + _WALL_OFFSET


def told_wall() -> datetime.datetime:
    """The time that the process is *told*: a freezer's, while one is active.

    The class is looked up at each call, for that is what a freezer replaces.
    """
    told = datetime.datetime.now(datetime.UTC)
    return REAL_DATETIME.fromtimestamp(0, datetime.UTC) + (told - _UNIX_EPOCH)


def _real_datetime() -> type[datetime.datetime]:
    freezer = sys.modules.get("freezegun.api")
    return getattr(freezer, "real_datetime", None) or datetime.datetime


REAL_DATETIME = _real_datetime()
_UNIX_EPOCH = REAL_DATETIME(1970, 1, 1, tzinfo=datetime.UTC)


def utc_now() -> datetime.datetime:
    """The real time, aware."""
    return _UNIX_EPOCH + datetime.timedelta(microseconds=wall_ns() // 1000)


class SteadyLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers keep running while the process's time is frozen."""

    def time(self, _read: Callable[[], int] = _read_monotonic) -> float:
        """Real monotonic seconds."""
        return _read() / 1e9


class LoopThread:
    """A daemon thread that runs one `SteadyLoop`."""

    def __init__(self, name: str) -> None:
        """Start the thread; its loop is ready when this returns."""
        self.loop = SteadyLoop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        remaining = asyncio.all_tasks(self.loop)
        for task in remaining:
            task.cancel()
        # One turn lets cancelled tasks close their sockets; none is waited for beyond it.
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()
        self.loop.close()

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Run *work* on the loop; the future holds its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def stop(self, patience: float = 2.0) -> None:
        """Stop the loop and wait up to *patience* real seconds for its thread."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(patience)
