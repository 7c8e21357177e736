"""What real clients ask besides speech: voices, projects, keys and temporary tokens."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from ringback.core import grants, listing
from ringback.core.answer import Answer, as_json, refusal
from ringback.core.ids import anonymous_id
from ringback.core.keys import BEARER, read_authorization
from ringback.core.rejection import Rejection
from ringback.core.voices import AURA, FLUX, WITHDRAWN
from ringback.service import Service
from ringback.serving.exchange import header, no_such, read_body, send, stranger
from ringback.serving.speaking import Tenants

Ask = Callable[[Service, str, Request], Awaitable[Answer]]
"""Answers a request of the key with that identifier."""


class Public:
    """A path that everyone may GET: voices."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        """Answer with *answer*."""
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send_: Send) -> None:
        """Answer a GET."""
        if scope["method"] not in ("GET", "HEAD"):
            await send(send_, no_such(405, "GET, HEAD"))
            return
        await send(send_, self._answer(Request(scope)))


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
            await send(send_, no_such(405, self._method))
            return
        await send(send_, await self._answered(Request(scope, receive)))

    async def _answered(self, request: Request) -> Answer:
        credential = read_authorization(header(request.scope, b"authorization"))
        if isinstance(credential, Rejection):
            return refusal(credential, anonymous_id())
        service = self._tenants.find(credential)
        if service is None:
            return stranger()
        key_id = service.identify(credential)
        if isinstance(key_id, Rejection):
            return refusal(key_id, service.draw_request_id())
        if credential.scheme == BEARER:
            # A granted token may speak, and nothing else (assumed).
            rejection = Rejection(
                401, "INSUFFICIENT_PERMISSIONS", "User does not have sufficient permissions."
            )
            return refusal(rejection, service.draw_request_id())
        return await self._ask(service, key_id, request)


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


async def projects(service: Service, _key_id: str, _request: Request) -> Answer:
    """`GET /v1/projects`: the one project of an emulator."""
    return as_json(listing.projects(service.project_id), service.draw_request_id())


async def project(service: Service, _key_id: str, request: Request) -> Answer:
    """`GET /v1/projects/{project_id}`."""
    return _in_project(service, request) or as_json(
        listing.projects(service.project_id)["projects"][0], service.draw_request_id()
    )


async def project_models(service: Service, _key_id: str, request: Request) -> Answer:
    """`GET /v1/projects/{project_id}/models`: the same voices as for everyone."""
    return _in_project(service, request) or models(request)


async def project_model(service: Service, _key_id: str, request: Request) -> Answer:
    """`GET /v1/projects/{project_id}/models/{uuid}`."""
    return _in_project(service, request) or model(request)


async def token(service: Service, key_id: str, _request: Request) -> Answer:
    """`GET /v1/auth/token`: what there is to know of the key in use."""
    return as_json(listing.key(key_id, service.project_id), service.draw_request_id())


async def grant(service: Service, key_id: str, request: Request) -> Answer:
    """`POST /v1/auth/grant`: a temporary token for whoever the caller gives it to."""
    ttl = grants.read_ttl(await read_body(request.receive) or b"")
    request_id = service.draw_request_id()
    if isinstance(ttl, Rejection):
        return refusal(ttl, request_id)
    return as_json(service.grant(key_id, ttl), request_id)


def _in_project(service: Service, request: Request) -> Answer | None:
    if request.path_params["project_id"] == service.project_id:
        return None
    rejection = Rejection(404, "PROJECT_NOT_FOUND", "Project not found.")
    return refusal(rejection, service.draw_request_id())


def _json(document: Any) -> Answer:
    return as_json(document, anonymous_id())
