"""The speak endpoints over HTTP, as bare ASGI applications: the hot path."""

import asyncio
from functools import partial

from starlette.types import Receive, Scope, Send

from ringback.clock.virtual import VirtualClock
from ringback.core.base.rejection import Rejection
from ringback.core.request.editions import Edition
from ringback.core.request.keys import read_authorization
from ringback.core.request.speak import SpeakRules
from ringback.errors import AnswerCut, ClockClosed
from ringback.serving.aside import aside
from ringback.serving.exchange import (
    PIECE,
    hear_out,
    read_body,
    send,
    unknown_key,
    value_of,
)
from ringback.serving.failing import ENDED, send_failing
from ringback.serving.listening.cycle import is_whole
from ringback.serving.misdirected import misdirected
from ringback.serving.tenants import Tenants

_HALF_SENT = 0.2
"""Real seconds for which a verb waits for the rest of a request. One that is half sent may be so
for ever. A clock that goes by itself keeps nobody waiting, and waits as long as the server does."""


class SpeakEndpoint:
    """One edition's path: a POST is read, answered, and its answer sent."""

    def __init__(self, tenants: Tenants, edition: Edition) -> None:
        """Serve *tenants*."""
        self._tenants = tenants
        self._edition = edition
        self._label = f"a request to {edition.path}"
        self._rules = SpeakRules(edition)

    async def __call__(self, scope: Scope, receive: Receive, send_: Send) -> None:
        """Read the request, have it answered, send the answer."""
        if scope["method"] != "POST":
            await hear_out(receive, send_, partial(misdirected, self._tenants, scope, "POST"))
            return
        said = dict(scope["headers"])
        authorization = value_of(said, b"authorization")
        credential = read_authorization(authorization)
        service = self._tenants.find(
            None if isinstance(credential, Rejection) else credential, scope
        )
        if service is None:
            schema = self._rules.read_query(scope["query_string"])
            await hear_out(receive, send_, unknown_key(schema))
            return
        token = service.clock.enter(self._label)
        late = None
        if not is_whole(receive):
            loop = asyncio.get_running_loop()
            late = loop.call_later(_HALF_SENT, _do_not_wait, service.clock, token)
        try:
            body = await read_body(receive)
            if late is not None:
                late.cancel()
            if body is None:
                return
            if not service.clock.holds(token):
                token = service.clock.enter(self._label)
            try:
                speak = partial(
                    service.speak,
                    scope["query_string"],
                    authorization,
                    value_of(said, b"content-type"),
                    body.kept,
                    self._edition,
                    body.size,
                    content_encoding=value_of(said, b"content-encoding"),
                    headers=scope["headers"],
                )
                answer = await aside(speak) if service.asks else speak()
            except ClockClosed:
                raise AnswerCut(ENDED) from None
            if answer.unmade is not None:
                answer = await aside(partial(service.made, answer))
            if len(answer.body) > PIECE:
                # More than a connection takes at once: the clock waits for nobody to read it.
                service.clock.leave(token)
            try:
                if answer.failure is None:
                    await send(send_, answer)
                else:
                    await send_failing(service, token, answer, answer.failure, receive, send_)
            finally:
                service.answered(answer)
        finally:
            if late is not None:
                late.cancel()
            # A flowing clock begins what was accepted only now: the acknowledgement goes out first.
            service.clock.leave(token)


def _do_not_wait(clock: VirtualClock, token: object) -> None:
    if not clock.auto:
        clock.leave(token)
