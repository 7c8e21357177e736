"""Answers that come late or break off, because a test ordered it."""

import asyncio
from functools import partial

from starlette.types import Receive, Send

from ringback.clock.turns import call_on
from ringback.core.answer.answer import Answer
from ringback.core.answer.failure import RequestFailure
from ringback.core.base.duration import nanoseconds
from ringback.errors import AnswerCut
from ringback.service.service import Service
from ringback.serving.exchange import send


async def send_failing(
    service: Service,
    token: object,
    answer: Answer,
    failure: RequestFailure,
    receive: Receive,
    send_: Send,
) -> None:
    """Send *answer* as *failure* has it. Raises `AnswerCut` where the connection is to be closed.

    *token* is given back whenever there is something to wait for: the clock moves meanwhile, or
    nothing that is waited for could ever come.
    """
    waiting = _Waiting(service, receive)
    try:
        if failure.delay:
            await waiting.until(service.clock.now_ns + nanoseconds(failure.delay), token)
        if not waiting.over:
            await send(send_, answer)
            if failure.breaks == "stalled":
                waiting.leave()
                await waiting.until(None, token)
        if waiting.abandoned:
            raise AnswerCut(ENDED)
    finally:
        waiting.leave()


ENDED = "the connection is closed, for the emulator that was to answer has ended"


class _Waiting:
    """A caller who waits, until it hangs up or the emulator ends, and it is *abandoned*."""

    def __init__(self, service: Service, receive: Receive) -> None:
        self.over = False
        self.abandoned = False
        self._service = service
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._stirred = asyncio.Event()
        self._token: object = None

    async def until(self, moment: int | None, token: object) -> None:
        """Wait for *moment* on the service's clock, or for ever. At its end time stands still.

        The *token* of the request is given back once its moment is armed: a clock that moves by
        itself would pass it by.
        """
        clock = self._service.clock
        if self.over:
            clock.leave(token)
            return
        self._stirred.clear()
        timer = None if moment is None else clock.call_at(moment, self._arrive)
        clock.leave(token)
        hang_up = self._loop.create_task(self._hang_up())
        forget = clock.when_closed(partial(call_on, self._loop, self._abandon))
        try:
            await self._stirred.wait()
        finally:
            forget()
            hang_up.cancel()
            if timer is not None:
                timer.cancel()

    def leave(self) -> None:
        """Let time go on."""
        token, self._token = self._token, None
        if token is not None:
            self._service.clock.leave(token)

    def _arrive(self) -> None:
        self._token = self._service.clock.occupy("an answer that comes late")
        call_on(self._loop, self._stirred.set)

    def _end(self) -> None:
        self.over = True
        self._stirred.set()

    def _abandon(self) -> None:
        self.abandoned = True
        self._end()

    async def _hang_up(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._end()
