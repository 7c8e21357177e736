"""The vendor's paths as an ASGI application: `POST /v1/speak`, and a JSON error for the rest."""

from typing import Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ringback.core.ids import anonymous_id
from ringback.core.keys import read_authorization
from ringback.core.rejection import INVALID_CREDENTIALS, Rejection
from ringback.core.speak import MAX_BODY, SpeakRules
from ringback.service import Answer, Service, refusal

FIRST_PIECE = 1021
"""Bytes in the first piece of a streamed answer, so that it can be heard at once (assumed)."""

PIECE = 65_521
"""Bytes in each later piece. Odd on purpose: clients that cast each piece to samples break in
production too."""

_DEFAULT_RULES = SpeakRules()


class Tenants(Protocol):
    """Who is served: one service per key."""

    def find(self, secret: str | None) -> Service | None:
        """The service that answers for a key, None for a stranger."""
        ...


class SpeakEndpoint:
    """`/v1/speak` as a bare ASGI application: the hot path."""

    def __init__(self, tenants: Tenants) -> None:
        """Serve *tenants*."""
        self._tenants = tenants

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the request, have it answered, send the answer."""
        if scope["method"] != "POST":
            await _send(send, _refused(405, "Method Not Allowed"))
            return
        headers = dict(scope["headers"])
        authorization = _text(headers.get(b"authorization"))
        secret = read_authorization(authorization)
        service = self._tenants.find(None if isinstance(secret, Rejection) else secret)
        if service is None:
            await _send(send, _stranger(scope["query_string"]))
            return
        token = service.clock.enter("a request to /v1/speak")
        try:
            body = await _read(receive)
            if body is None:
                return
            content_type = _text(headers.get(b"content-type"))
            await _send(
                send,
                service.speak(scope["query_string"], authorization, content_type, body),
            )
        finally:
            # A flowing clock begins what was accepted only now: the acknowledgement goes out first.
            service.clock.leave(token)


def application(tenants: Tenants) -> Starlette:
    """The service's paths for *tenants*."""
    return Starlette(
        routes=[Route("/v1/speak", SpeakEndpoint(tenants))],
        exception_handlers={HTTPException: _http_error},
    )


async def _read(receive: Receive) -> bytes | None:
    """The whole body, cut once it is too large to be accepted; None when the caller has gone."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece = message.get("body", b"")
        size += len(piece)
        if size <= MAX_BODY or not pieces:
            pieces.append(piece)
        if not message.get("more_body", False):
            break
    if size > MAX_BODY:
        pieces.append(b"\0" * (MAX_BODY + 1 - sum(map(len, pieces))))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def _send(send: Send, answer: Answer) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    body = answer.body
    if not answer.streamed:
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return
    headers.append((b"transfer-encoding", b"chunked"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    view, start, stop = memoryview(body), 0, FIRST_PIECE
    while stop < len(body):
        await send({"type": "http.response.body", "body": view[start:stop], "more_body": True})
        start, stop = stop, stop + PIECE
    await send({"type": "http.response.body", "body": view[start:]})


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _stranger(query: bytes) -> Answer:
    """The answer to a key that is nobody's: the query is checked first, as for everyone."""
    schema = _DEFAULT_RULES.read_query(query)
    rejection = schema if isinstance(schema, Rejection) else INVALID_CREDENTIALS
    return refusal(rejection, anonymous_id())


def _refused(status: int, text: str) -> Answer:
    return refusal(Rejection(status, text, f"{text}."), anonymous_id())


async def _http_error(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    answer = _refused(status, "Not Found" if status == 404 else "Bad Request")
    return Response(answer.body, answer.status, dict(answer.headers))
