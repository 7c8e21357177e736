"""A limit in real time on a part of a task, kept by an alarm instead of a loop timer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ringback.sending.sender import Alarm


class Expired(Exception):
    """A deadline passed. *limit* is its length in real seconds."""

    def __init__(self, limit: float) -> None:
        """*limit* is in real seconds."""
        self.limit = limit
        super().__init__(limit)


@contextmanager
def deadline(alarm: Alarm | None, limit: float | None) -> Iterator[None]:
    """End the block by `Expired` after so many real seconds; None is no limit.

    The task is cancelled and the cancellation taken back, as `asyncio.timeout` does it; a
    cancellation from elsewhere passes through.
    """
    if alarm is None or limit is None:
        yield
        return
    block = _Block()
    pending = alarm(limit, block.ring)
    try:
        yield
    except asyncio.CancelledError as error:
        if block.leave():
            raise Expired(limit) from error
        raise
    finally:
        block.leave()
        pending.cancel()


class _Block:
    """The part of the running task that a deadline may end."""

    def __init__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline needs a task that it can end")
        self._task = task
        self._loop = asyncio.get_running_loop()
        # Requests to cancel that were there before the block are not the alarm's to take back.
        self._cancelled_before = task.cancelling()
        self._rung = False
        self._left = False

    def ring(self) -> None:
        """Pass the alarm on from its thread; a loop that has closed needs it no more."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        if not self._left:
            self._rung = True
            self._task.cancel()

    def leave(self) -> bool:
        """Whether the alarm alone ended the block. From now on it ends nothing."""
        self._left = True
        rung, self._rung = self._rung, False
        return rung and self._task.uncancel() <= self._cancelled_before
