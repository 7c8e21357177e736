"""Stands before every route: pages of strangers are refused before anything is done for them."""

import logging
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ringback.core.answer.answer import PERMISSIONS, Answer, refusal
from ringback.core.answer.problem import problem
from ringback.core.base.ids import anonymous_id
from ringback.core.base.rejection import Rejection
from ringback.core.request.origin import BROWSER, Origins
from ringback.serving.exchange import hear_out, refuse_upgrade
from ringback.serving.listening.cycle import transport_of
from ringback.serving.mount import is_ours

_NAME_OF = itemgetter(0)
_log = logging.getLogger("ringback.serving.guard")

_METHODS = "GET, HEAD, POST"
OUR_METHODS = "GET, HEAD, POST, PUT"
_A_DAY = "86400"

Tell = Callable[[Rejection], object]
"""Tells somebody of a request that was refused."""


class Guard:
    """Lets requests through to *app*, but for those of pages that may not talk to it."""

    def __init__(self, app: ASGIApp, origins: Callable[[], Origins], tell: Tell | None) -> None:
        """Ask *origins* who is let in. *tell* hears of every refusal, or else the log does."""
        self._app = app
        self._origins = origins
        self._tell = _log_line if tell is None else tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or refuse it."""
        headers = scope.get("headers")
        if headers is None or BROWSER.isdisjoint(map(_NAME_OF, headers)):
            await self._app(scope, receive, send)
            return
        address = (scope.get("server") or ("",))[0]
        rejection = self._origins().refusal(headers, address)
        if rejection is not None:
            self._tell(rejection)
            if is_ours(scope["path"]):
                answer = problem(403, "Forbidden", f"{rejection.message} {rejection.hint}")
            else:
                answer = refusal(rejection, anonymous_id())
            if scope["type"] == "websocket":
                await receive()
                await refuse_upgrade(scope, send, answer)
            else:
                await hear_out(receive, send, answer)
            return
        said = dict(headers)
        origin = said.get(b"origin")
        if origin is None or scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and b"access-control-request-method" in said:
            wanted = said.get(b"access-control-request-headers", b"")
            methods = OUR_METHODS if is_ours(scope["path"]) else _METHODS
            answer = _preflight(methods, wanted)
            await hear_out(receive, _Permitting(send, origin).send, answer)
        else:
            await self._app(scope, receive, _Permitting(send, origin).send)


class _Permitting:
    """Sends answers that the scripts of *origin* may read."""

    def __init__(self, send: Send, origin: bytes) -> None:
        self._send = send
        self._origin = origin

    @property
    def transport(self) -> Any:
        """The caller's connection, where the server has one."""
        return transport_of(self._send)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            permissions = [(name.encode(), value.encode()) for name, value in PERMISSIONS]
            permissions.append((b"access-control-allow-origin", self._origin))
            message = {**message, "headers": [*message["headers"], *permissions]}
        await self._send(message)


def _preflight(methods: str, wanted: bytes) -> Answer:
    """The answer to a browser that asks whether a page may send what it is about to."""
    headers = [
        ("access-control-allow-methods", methods),
        ("access-control-max-age", _A_DAY),
    ]
    if wanted:
        headers.append(("access-control-allow-headers", wanted.decode("latin-1")))
    return Answer(200, headers, b"", anonymous_id())


def _log_line(rejection: Rejection) -> None:
    _log.warning("%s %s %s", rejection.status, rejection.message, rejection.hint)
