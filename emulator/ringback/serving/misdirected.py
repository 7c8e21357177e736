"""Paths and methods that do not exist: refused, and told to the emulator whose key came with it."""

from dataclasses import replace
from functools import partial

from starlette.types import Receive, Scope, Send

from ringback.core.answer.answer import Answer, refusal
from ringback.core.base.ids import anonymous_id
from ringback.core.base.rejection import Rejection
from ringback.core.request.paths import advice
from ringback.serving.exchange import asked, credential_of, hear_out, path_of, refuse_upgrade
from ringback.serving.tenants import Tenants

_PHRASES = {404: "Not Found", 405: "Method Not Allowed"}


def misdirected(tenants: Tenants, scope: Scope, allow: str = "") -> Answer:
    """The answer to a path (404), or to a method (405), that does not exist. Its form is assumed.

    *allow* are the methods that do: "the origin server MUST generate an Allow header field in a
    405 response" (RFC 9110, 15.5.6).
    """
    status = 405 if allow else 404
    phrase = _PHRASES[status]
    credential, _ = credential_of(scope)
    service = None if isinstance(credential, Rejection) else tenants.find(credential, scope)
    if service is None:
        answer = refusal(Rejection(status, phrase, f"{phrase}."), anonymous_id())
    else:
        hint = advice(path_of(scope), allow)
        answer = service.misdirect(Rejection(status, phrase, f"{phrase}.", hint), asked(scope))
    return replace(answer, headers=[*answer.headers, ("allow", allow)]) if allow else answer


class NothingHere:
    """Any path that is not served."""

    def __init__(self, tenants: Tenants) -> None:
        """Tell *tenants*."""
        self._tenants = tenants

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or an upgrade: there is nothing to stream, either."""
        if scope["type"] == "websocket":
            await receive()
            await refuse_upgrade(scope, send, misdirected(self._tenants, scope))
        else:
            await hear_out(receive, send, partial(misdirected, self._tenants, scope))
