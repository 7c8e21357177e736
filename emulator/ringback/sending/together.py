"""Two copies of one attempt at the same time: what each led to, and how they are brought together.

A receiver that looks first and writes then is safe from one copy after the other. It is found out
by two that look before either has written.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import field, replace

from ringback.core.base.dataclass import dataclass
from ringback.core.delivery.outcome import Outcome
from ringback.sending.sender import Limits, Work

Bring = Callable[[Limits], Awaitable[Outcome]]
"""Brings one copy to its receiver."""


@dataclass(slots=True, eq=False)
class Pair:
    """What is known of an attempt that arrives twice: what its *first* copy led to, its *second*.

    They come one after the other, or *together*. The first is known while the second is under way,
    so it stands whatever becomes of that.
    """

    together: bool = False
    first: Outcome | None = None
    second: Outcome | None = None
    works: set[Work] = field(default_factory=set)
    """What a receiver goes on doing for the second copy."""

    def is_second(self, work: Work) -> bool:
        """Whether a receiver that goes on with *work* does so for the second copy."""
        return work in self.works or (not self.together and self.first is not None)


class Meeting:
    """Where two copies wait for each other, just before their receiver hears of them."""

    def __init__(self) -> None:
        """Nobody is there."""
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._here = 0
        self._over = threading.Event()
        self._met = self._loop.create_future()

    async def wait(self) -> None:
        """Wait for the other one, on the loop."""
        if not self._arrive():
            await asyncio.shield(self._met)

    def wait_here(self) -> None:
        """Wait for the other one, in a thread."""
        if not self._arrive():
            self._over.wait()

    def end(self) -> None:
        """Have nobody wait any more: both are there, or one of them will never be."""
        self._over.set()
        with suppress(RuntimeError):  # the loop has been closed: nobody waits on it
            self._loop.call_soon_threadsafe(self._resolve)

    def _arrive(self) -> bool:
        with self._lock:
            self._here += 1
            both = self._here > 1
        if both:
            self.end()
        return both or self._over.is_set()

    def _resolve(self) -> None:
        if not self._met.done():
            self._met.set_result(None)


async def bring_together(bring: Bring, limits: Limits, pair: Pair) -> Outcome:
    """Bring both copies of *pair* at the same time, and say what became of the first.

    It takes as long as the longer of the two.
    """
    meeting = Meeting()
    limits = replace(limits, line=replace(limits.line, meeting=meeting))

    def watch(work: Work) -> None:
        pair.works.add(work)
        limits.watch(work)

    async def carry(limits: Limits) -> Outcome | BaseException:
        try:
            return await bring(limits)
        except (KeyboardInterrupt, SystemExit) as error:
            return error  # raised in a task of its own, it would end the loop
        finally:
            meeting.end()

    async def first() -> Outcome | BaseException:
        became = await carry(limits)
        if isinstance(became, Outcome):
            pair.first = became
        return became

    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(first()), loop.create_task(carry(replace(limits, watch=watch)))]
    try:
        await asyncio.wait(tasks)
    finally:
        for task in tasks:
            task.cancel()
    heard, pair.second = (_of(task.result()) for task in tasks)
    return heard


def _of(became: Outcome | BaseException) -> Outcome:
    if isinstance(became, BaseException):
        raise became
    return became
