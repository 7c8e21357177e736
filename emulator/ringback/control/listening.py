"""Waits on the server's loop for whatever happens to an emulator, or to who asks."""

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

from starlette.types import Receive

from ringback.clock.turns import call_on, ended
from ringback.service.service import Service


class Listening:
    """A bell that is rung by each fact, by the emulator's end, and once the caller has gone.

    Many facts ring it once. It is for use with `with`.
    """

    def __init__(self, service: Service, receive: Receive) -> None:
        """Listen to *service*; the request at *receive* has been read to its end."""
        self._loop = asyncio.get_running_loop()
        self._bell = asyncio.Event()
        self._rung = False
        self._receive = receive
        self._service = service
        self._forget: list[Callable[[], object]] = []
        self.gone = False
        """Whether the caller has gone."""

    def __enter__(self) -> Self:
        self._forget = [
            self._service.journal.listen(self.ring),
            self._service.clock.when_closed(self.ring),
            self._service.succession.when_known(self.ring),
        ]
        self._leaving = self._loop.create_task(self._until_gone())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leaving.cancel()
        for forget in self._forget:
            forget()

    def ring(self) -> None:
        """Ring, from any thread: what comes after this is told with it."""
        if not self._rung:
            self._rung = True
            call_on(self._loop, self._bell.set)

    def look(self) -> None:
        """Be ready for the next ring, just before a look at what there is."""
        self._rung = False
        self._bell.clear()

    async def rung(self, seconds: float) -> bool:
        """Wait for a ring since the last look; False if there was none in so many real seconds."""
        passed = False

        def ring() -> None:
            nonlocal passed
            passed = True
            self._bell.set()

        alarm = self._loop.call_later(seconds, ring)
        try:
            await self._bell.wait()
        finally:
            alarm.cancel()
        return not passed

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        self._bell.set()


async def within(seconds: float, work: Coroutine[Any, Any, object]) -> bool:
    """Whether *work* came to its end within so many real seconds; else it is given up."""
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    alarm = loop.call_later(seconds, task.cancel)
    try:
        await ended(task)
    finally:
        alarm.cancel()
        task.cancel()
    if task.done() and not task.cancelled():
        task.result()
        return True
    return False
