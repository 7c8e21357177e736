"""The loop on which real exchanges run: the caller's own, or one in a thread of the engine's."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from ringback.clock.real import LoopThread
from ringback.errors import ClockError

T = TypeVar("T")

_MAX_TURNS = 1000
"""Turns of a loop after which an application that never rests is left to itself."""


class EngineLoop:
    """Bound late: to the loop of the first await, or to a thread that starts when it is needed."""

    def __init__(self, *, own_thread: bool) -> None:
        """Nothing runs yet."""
        self._own_thread = own_thread
        self._thread: LoopThread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def bound(self) -> asyncio.AbstractEventLoop | None:
        """The loop, once there is one."""
        return self._loop

    def ensure(self) -> asyncio.AbstractEventLoop:
        """Bind the running loop, or start the thread. Raises `ClockError` on a second loop."""
        if self._own_thread:
            if self._loop is None:
                self._thread = LoopThread("ringback engine")
                self._loop = self._thread.loop
            return self._loop
        running = asyncio.get_running_loop()
        if self._loop is None or self._loop.is_closed():
            self._loop = running
        if self._loop is not running:
            raise ClockError(
                "this AsyncEmulator was first awaited on another event loop, which is still open;"
                " use one emulator per loop"
            )
        return running

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Run *work* on the loop, from another thread."""
        return asyncio.run_coroutine_threadsafe(work, self.ensure())

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Call *callback* on the loop, from any thread; nothing happens once it is closed."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback)

    def stop(self) -> None:
        """Stop the thread, if there is one."""
        if self._thread is not None:
            self._thread.stop()


async def drained() -> None:
    """Wait until the running loop has nothing left to do but to wait for the outside."""
    ready = getattr(asyncio.get_running_loop(), "_ready", None)
    for _ in range(_MAX_TURNS if ready is not None else 10):
        await asyncio.sleep(0)
        if ready is not None and not ready:
            return
