"""A limit on the real time of each phase of each test: a hang is a failure that shows its stacks.

An alarm of the operating system interrupts the main thread wherever it waits, whatever a freezer
has made of `time`. It rings again and again, for what hangs may swallow the first exception.
"""

import faulthandler
import signal
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

import pytest

LIMIT = 300.0
"""Real seconds for one phase: many times what the slowest takes on a busy machine."""

LONG_LIMIT = 1800.0
"""Where a test installs its tools, or measures."""

AGAIN = 5.0
"""Real seconds until it rings once more."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Fail what takes longer than *seconds*. Inside another limit the outer one goes on after it.

    Without alarms (Windows, another thread than the main one) there is no limit.
    """
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> NoReturn:
        if sys.__stderr__ is not None:
            faulthandler.dump_traceback(sys.__stderr__, all_threads=True)
        raise pytest.fail.Exception(f"no end after {seconds:g} real seconds", pytrace=True)

    handler = signal.signal(signal.SIGALRM, ring)
    left, again = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, again)
        signal.signal(signal.SIGALRM, handler)


class TimeLimit:
    """The plugin: *seconds* for each of setup, call and teardown."""

    def __init__(self, seconds: float = LIMIT) -> None:
        """Take *seconds* for all but those that are marked to take long."""
        self._seconds = seconds

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        with limited(self._limit(item)):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        with limited(self._limit(item)):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        with limited(self._limit(item)):
            return (yield)

    def _limit(self, item: pytest.Item) -> float:
        long = any(item.get_closest_marker(name) for name in ("needs_tool", "benchmark"))
        return LONG_LIMIT if long else self._seconds
