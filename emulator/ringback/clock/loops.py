"""The loop on which real exchanges run: the caller's own, or one in a thread of the engine's."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from ringback.clock.real import LoopThread
from ringback.clock.turns import call_on, restless
from ringback.errors import ClockClosed, ClockError

T = TypeVar("T")


class EngineLoop:
    """Bound late: to the loop of the first await, or to a thread that starts when it is needed."""

    def __init__(self, *, own_thread: bool) -> None:
        """Nothing runs yet."""
        self._own_thread = own_thread
        self._thread: LoopThread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._stopped = False
        self._bell: asyncio.Event | None = None

    @property
    def lost(self) -> bool:
        """Whether the caller's loop has been closed, and what ran on it with it."""
        return self._loop is not None and not self._own_thread and self._loop.is_closed()

    def ensure(self) -> asyncio.AbstractEventLoop:
        """Bind the running loop, or start the thread; from another thread, find what was bound.

        Raises `ClockError` on a second loop or on none, and `ClockClosed` instead of starting a
        thread that nobody would stop.
        """
        if self._own_thread:
            return self._started().loop
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:  # another thread, which has nothing but what is known by now
            return self._bound()
        if self._loop is None or self._loop.is_closed():
            self._loop = running
        if self._loop is not running:
            raise ClockError(
                "this AsyncEmulator was first awaited on another event loop, which is still open;"
                " use one emulator per loop"
            )
        return running

    def check_known(self) -> None:
        """Raise `ClockError` where this is the caller's loop, and has not been bound yet."""
        if not self._own_thread:
            self._bound()

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Run *work* on the loop, from another thread. Raises `ClockClosed` once it is stopped."""
        try:
            return asyncio.run_coroutine_threadsafe(work, self._bound())
        except (ClockClosed, RuntimeError):
            work.close()
            raise ClockClosed("this emulator has ended; start a new one") from None
        except ClockError:
            work.close()
            raise

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Call *callback* on the loop, from any thread; nothing happens once it is closed."""
        if self._loop is not None:
            call_on(self._loop, callback)

    def restless(self) -> bool:
        """Whether this is the caller's own loop, and has something to do.

        From another thread, as the control API moves time, nobody can say so.
        """
        if self._own_thread:
            return False
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self._loop is not None
        return restless()

    def bell(self) -> asyncio.Event:
        """What is set, on this loop, whenever somebody rings from now on."""
        self._bell = asyncio.Event()
        return self._bell

    def ring(self) -> None:
        """Ring the bell, from any thread, if there is one."""
        if self._bell is not None:
            self.call_soon(self._bell.set)

    def stop(self) -> None:
        """Stop the thread, if there is one, and start none from now on."""
        with self._lock:
            self._stopped = True
        if self._thread is not None:
            self._thread.stop()

    def _bound(self) -> asyncio.AbstractEventLoop:
        """The loop, from whichever thread: the caller's own one has to be known by now."""
        if self._own_thread:
            return self._started().loop
        if self._loop is None or self._loop.is_closed():
            raise ClockError(
                "nobody knows the event loop of this AsyncEmulator yet: await one of its verbs"
                " first, such as settle()"
            )
        return self._loop

    def _started(self) -> LoopThread:
        with self._lock:
            if self._thread is None:
                if self._stopped:
                    raise ClockClosed("this emulator has ended; start a new one")
                self._thread = LoopThread("ringback engine")
                self._loop = self._thread.loop
            return self._thread


class CallersLoop(EngineLoop):
    """A loop that the caller runs in this thread, while an effect is waited for and no longer.

    It outlives the emulator: whoever has made it closes it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run everything on *loop*."""
        super().__init__(own_thread=False)
        self._loop = loop

    def ensure(self) -> asyncio.AbstractEventLoop:
        """The loop, whether it is running or not."""
        loop = self._loop
        if loop is None or loop.is_closed():
            raise ClockClosed("the loop of this emulator has been closed; start a new one")
        return loop

    def restless(self) -> bool:
        """Whether something is left to do that an earlier walk has begun."""
        return bool(getattr(self._loop, "_ready", ()))


class SharedLoop(EngineLoop):
    """A loop in a thread that many emulators share. It outlives each of them.

    Only what waits for sockets belongs there: an application of this process could hold up all.
    """

    def __init__(self, of: EngineLoop) -> None:
        """Run everything on the loop *of* another, whose thread starts when it is needed."""
        super().__init__(own_thread=True)
        self._of = of

    def _started(self) -> LoopThread:
        with self._lock:
            if self._stopped:
                raise ClockClosed("this emulator has ended; start a new one")
            thread = self._of._started()
            thread.loop.crowded = True
            self._loop = thread.loop
            return thread
