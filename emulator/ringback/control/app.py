"""The control API as an ASGI application: who is let in, and to which emulator.

The probes need nothing but this. What the other paths need, pydantic above all, is imported in a
thread when one of them is first asked for.
"""

import asyncio
import hmac
import json
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from ringback.control import page
from ringback.control.problems import Problem, answer_of, check_read
from ringback.core.answer.answer import Answer
from ringback.core.answer.problem import OURS
from ringback.core.base.rejection import Rejection
from ringback.core.request.keys import Credential, read_authorization
from ringback.service.service import Service
from ringback.serving.aside import aside
from ringback.serving.exchange import header, hear_out
from ringback.serving.mount import PREFIX, Surroundings

if TYPE_CHECKING:
    from ringback.control.dispatching import Dispatching

TOKEN = b"ringback-control-token"
"""The header that shows the control token: `Authorization` says whose emulator is meant."""

_PROBES = {"/live": "live", "/ready": "ready"}


class ControlApi:
    """All paths under the prefix."""

    def __init__(self, around: Surroundings) -> None:
        """Serve the tenants of *around*."""
        self._around = around
        self._dispatching: Dispatching | None = None
        self._loading: asyncio.Task[Dispatching] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"][len(PREFIX) :]
        try:
            self._check_host(scope)
            if path in _PROBES:
                check_read(path, scope["method"])
                await hear_out(receive, send, _probed(_PROBES[path]))
                return
            if (file := page.answer(path)) is not None:
                check_read(path or "/", scope["method"])
                await hear_out(receive, send, file)
                return
            self._check_token(scope)
            dispatching = self._dispatching or await self._loaded()
            await dispatching.answer(path, scope, receive, send, self._service)
        except Problem as error:
            await hear_out(receive, send, answer_of(error))

    def _check_host(self, scope: Scope) -> None:
        """Raise `Problem` for a name that a page may have rebound to this machine."""
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        address = (scope.get("server") or ("",))[0]
        rejection = self._around.origins().refusal_of_host(hosts, address)
        if rejection is not None:
            raise Problem(403, f"{rejection.message} {rejection.hint}")

    def _check_token(self, scope: Scope) -> None:
        token = self._around.token
        if token is None:
            if not self._around.is_local:
                raise Problem(
                    403,
                    "on another address than loopback the control API needs a token, and this"
                    " server has none: start it with --control-token TOKEN",
                )
            return
        shown = header(scope, TOKEN) or ""
        if not hmac.compare_digest(shown.encode(), token.encode()):
            raise Problem(
                401,
                f"show the token that the server was started with: {TOKEN.decode()}: TOKEN",
            )

    def _service(self, scope: Scope) -> Service:
        """The emulator that is meant. Raises `Problem`."""
        authorization = header(scope, b"authorization")
        credential: Credential | None = None
        if authorization is not None:
            read = read_authorization(authorization)
            if isinstance(read, Rejection):
                raise Problem(
                    401,
                    "`Authorization` says whose emulator is meant: write `Token KEY`, or leave it"
                    " out where there is only one",
                    _challenge(),
                )
            credential = read
        service = self._around.tenants.belonging(credential)
        if service is not None:
            return service
        names = self._around.tenants.names()
        if self._around.tenants.admits:
            detail = "each key has an emulator of its own here: say whose is meant, by its key"
        elif not names:
            raise Problem(409, "no emulator is served at this moment; it may be beginning again")
        elif credential is None:
            detail = f"{len(names)} emulators are served here: say whose is meant, by its key"
        else:
            detail = "this key is no emulator's here: take the one of the emulator that is meant"
        raise Problem(401, f"{detail}, as in `Authorization: Token KEY`", _challenge())

    async def _loaded(self) -> "Dispatching":
        if self._loading is None:
            self._loading = asyncio.ensure_future(aside(_load))
        self._dispatching = await asyncio.shield(self._loading)
        return self._dispatching


def _load() -> "Dispatching":
    from ringback.control.dispatching import Dispatching

    return Dispatching()


def _probed(status: str) -> Answer:
    body = json.dumps({"status": status}).encode()
    return Answer(200, [("content-type", "application/json"), *OURS], body, "")


def _challenge() -> tuple[tuple[str, str], ...]:
    return (("www-authenticate", "Token"),)
