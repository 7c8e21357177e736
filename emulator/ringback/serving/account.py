"""What real clients ask besides speech: voices, projects, keys and temporary tokens."""

from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from ringback.core.answer import models as listing
from ringback.core.answer.answer import Answer, as_json, refusal
from ringback.core.base.dataclass import dataclass
from ringback.core.base.ids import anonymous_id
from ringback.core.base.rejection import Rejection
from ringback.core.request import grants
from ringback.core.request.body import encoding_refusal
from ringback.core.request.keys import BEARER, read_authorization
from ringback.core.request.voices import AURA, FLUX, WITHDRAWN
from ringback.service.service import Service
from ringback.serving.exchange import asked, header, hear_out, read_body, send, unknown_key
from ringback.serving.misdirected import misdirected
from ringback.serving.tenants import Tenants


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the key *key_id*, whole."""

    service: Service
    key_id: str
    request: Request
    body: bytes

    def answer(self, document: Any) -> Answer:
        """*document*, under the next request id."""
        return as_json(document, self.service.draw_request_id(), self.service.date)

    def refusal(self, rejection: Rejection) -> Answer:
        """*rejection*, under the next request id."""
        return _refused(self.service, rejection)


Ask = Callable[[Asked], Answer]
"""Answers what was asked."""


class Public:
    """A path that everyone may GET: voices."""

    def __init__(self, tenants: Tenants, answer: Callable[[Request], Answer]) -> None:
        """Answer with *answer*, and tell *tenants* of other methods."""
        self._tenants = tenants
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send_: Send) -> None:
        """Answer a GET."""
        if scope["method"] not in ("GET", "HEAD"):
            await hear_out(receive, send_, partial(misdirected, self._tenants, scope, "GET, HEAD"))
            return
        await hear_out(receive, send_, self._answer(Request(scope)))


class Private:
    """A path that needs a key."""

    def __init__(self, tenants: Tenants, method: str, ask: Ask) -> None:
        """Let *ask* answer requests of *method*."""
        self._tenants = tenants
        self._method = method
        self._ask = ask

    async def __call__(self, scope: Scope, receive: Receive, send_: Send) -> None:
        """Find whose key it is, and answer."""
        if scope["method"] != self._method:
            await hear_out(receive, send_, partial(misdirected, self._tenants, scope, self._method))
            return
        body = await read_body(receive)
        if body is not None:
            await send(send_, self._answered(Request(scope), body.kept))

    def _answered(self, request: Request, body: bytes) -> Answer:
        credential = read_authorization(header(request.scope, b"authorization"))
        if isinstance(credential, Rejection):
            service = self._tenants.find(None, request.scope)
            if service is None:
                return refusal(credential, anonymous_id())
            return service.refuse(credential, asked(request.scope))
        service = self._tenants.find(credential, request.scope)
        if service is None:
            return unknown_key()
        key_id = service.identify(credential)
        if isinstance(key_id, Rejection):
            return service.refuse(key_id, asked(request.scope))
        if credential.scheme == BEARER:
            # A granted token may speak, and nothing else (assumed).
            rejection = Rejection(
                401, "INSUFFICIENT_PERMISSIONS", "User does not have sufficient permissions."
            )
            return _refused(service, rejection)
        return self._ask(Asked(service, key_id, request, body))


def models(request: Request) -> Answer:
    """`GET /v1/models`: the voices of Aura, the withdrawn ones too if they are asked for."""
    outdated = request.query_params.get("include_outdated") == "true"
    return _json(listing.models([*AURA.values(), *(WITHDRAWN.values() if outdated else ())]))


def flux_models(_request: Request) -> Answer:
    """`GET /v2/models`: the voices of Flux."""
    return _json(listing.models(FLUX.values()))


def model(request: Request) -> Answer:
    """`GET /v1/models/{uuid}`."""
    wanted = request.path_params["uuid"]
    for voice in (*AURA.values(), *FLUX.values()):
        if voice.model_uuid == wanted:
            return _json(listing.model(voice))
    return refusal(Rejection(404, "MODEL_NOT_FOUND", "Model not found."), anonymous_id())


def projects(asked: Asked) -> Answer:
    """`GET /v1/projects`: the one project of an emulator."""
    return asked.answer(listing.projects(asked.service.project_id))


def project(asked: Asked) -> Answer:
    """`GET /v1/projects/{project_id}`."""
    described = listing.projects(asked.service.project_id)["projects"][0]
    return _elsewhere(asked) or asked.answer(described)


def project_models(asked: Asked) -> Answer:
    """`GET /v1/projects/{project_id}/models`: the same voices as for everyone."""
    return _elsewhere(asked) or models(asked.request)


def project_model(asked: Asked) -> Answer:
    """`GET /v1/projects/{project_id}/models/{uuid}`."""
    return _elsewhere(asked) or model(asked.request)


def token(asked: Asked) -> Answer:
    """`GET /v1/auth/token`: what there is to know of the key in use."""
    return asked.answer(listing.key(asked.key_id, asked.service.project_id))


def grant(asked: Asked) -> Answer:
    """`POST /v1/auth/grant`: a temporary token for whoever the caller gives it to."""
    encoding = header(asked.request.scope, b"content-encoding")
    ttl = encoding_refusal(encoding) or grants.read_ttl(asked.body)
    if isinstance(ttl, Rejection):
        return asked.refusal(ttl)
    return asked.answer(asked.service.grant(asked.key_id, ttl))


def _elsewhere(asked: Asked) -> Answer | None:
    """The refusal of a project that is not this emulator's."""
    if asked.request.path_params["project_id"] == asked.service.project_id:
        return None
    return asked.refusal(Rejection(404, "PROJECT_NOT_FOUND", "Project not found."))


def _refused(service: Service, rejection: Rejection) -> Answer:
    return refusal(rejection, service.draw_request_id(), service.date)


def _json(document: Any) -> Answer:
    return as_json(document, anonymous_id())
