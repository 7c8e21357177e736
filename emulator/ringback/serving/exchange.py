"""One request and its answer as ASGI messages: read whole, sent in pieces, late or broken off."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from starlette.types import Receive, Scope, Send

from ringback.clock.turns import turn
from ringback.core.answer.answer import Answer, refusal
from ringback.core.base.ids import anonymous_id
from ringback.core.base.lines import lines_of
from ringback.core.base.masking import in_one_line, masked
from ringback.core.base.rejection import INVALID_CREDENTIALS, Rejection
from ringback.core.request.body import MAX_BODY
from ringback.core.request.keys import Credential, read_authorization, read_subprotocols
from ringback.core.request.speak import Query
from ringback.errors import AnswerCut
from ringback.serving.gathering import Gathering
from ringback.serving.listening.cycle import transport_of

FIRST_PIECE = 1021
"""Bytes in the first piece of a streamed answer, so that it can be heard at once (assumed)."""

PIECE = 65_521
"""Bytes in each later piece. Odd on purpose: clients that cast each piece to samples break in
production too."""

_SHOWN = MAX_BODY + 1
"""Bytes that are kept of a body: as many as show that it is too large."""


_PATH = 200
"""Characters that are shown of a path."""


class Body(NamedTuple):
    """A request's body of so many bytes; of one that is too large only the beginning is *kept*."""

    kept: bytes
    size: int


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a request's header, the last one where it is repeated."""
    return value_of(dict(scope["headers"]), name)


def value_of(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    """The value of *name* among the *headers* of a request."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def encoded(headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """*headers* as ASGI has them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


async def read_body(receive: Receive) -> Body | None:
    """The whole body, cut once it is too large to be accepted; None when the caller has gone."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece = message.get("body", b"")
        if size + len(piece) > MAX_BODY:
            pieces.append(piece[: max(_SHOWN - size, 0)])
        else:
            pieces.append(piece)
        size += len(piece)
        if not message.get("more_body", False):
            break
    return Body(pieces[0] if len(pieces) == 1 else b"".join(pieces), size)


async def send(send: Send, answer: Answer) -> None:
    """Send *answer*, to its end or to where its failure breaks it off. Raises `AnswerCut`.

    One that is stalled returns in the middle, and the caller waits.
    """
    transport = transport_of(send)
    if isinstance(transport, Gathering):
        with transport.at_once():
            await _send(send, answer, transport)
    else:
        await _send(send, answer, None)


async def _send(send: Send, answer: Answer, transport: Gathering | None) -> None:
    body = answer.body
    size = len(body)
    framing = (
        (b"transfer-encoding", b"chunked")
        if answer.streamed
        else (b"content-length", str(size).encode())
    )
    # Headers that a test has ordered may be about the body, too.
    lines = None if transport is None or answer.failure else lines_of(answer.headers)
    headers = [framing] if lines is not None else [*encoded(answer.headers), framing]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if transport is not None and lines is not None:
        transport.add_lines(lines)
    breaks = ""
    if answer.failure is not None and (breaks := answer.failure.breaks):
        whole = answer.failure.after_bytes
        size = min(size, size // 2 if whole is None else whole)
    if not (answer.streamed or breaks):
        await send({"type": "http.response.body", "body": body})
        return
    view, start, stop = memoryview(body)[:size], 0, FIRST_PIECE
    while stop < size:
        await send({"type": "http.response.body", "body": view[start:stop], "more_body": True})
        start, stop = stop, stop + PIECE
        if transport is not None and transport.is_closing():
            # The server hears that the caller has gone in a turn of its loop. Until then it would
            # go on, and asyncio complains in the log from the fifth write in vain on.
            await turn()
    await send({"type": "http.response.body", "body": view[start:], "more_body": bool(breaks)})
    if breaks == "cut":
        raise AnswerCut("the connection is closed in the middle of this answer: that was ordered")


async def hear_out(receive: Receive, send_: Send, answer: Answer | Callable[[], Answer]) -> None:
    """Read the request to its end, keep nothing of it, and send *answer*, unless the caller has
    gone, and has asked for nothing: an answer that is noted somewhere is made then.

    What the server has refused itself, for its body is no HTTP, looks as if the caller had gone.
    """
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body", False):
            break
    await send(send_, answer if isinstance(answer, Answer) else answer())


async def refuse_upgrade(scope: Scope, send: Send, answer: Answer) -> None:
    """Answer a failed upgrade over HTTP, where the server can."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [*encoded(answer.headers), (b"content-length", str(len(answer.body)).encode())]
    start = {"type": "websocket.http.response.start", "status": answer.status}
    await send(start | {"headers": headers})
    await send({"type": "websocket.http.response.body", "body": answer.body})


def unknown_key(query: Query | Rejection | None = None) -> Answer:
    """The answer to a credential that is nobody's; a bad *query* is refused first, as for all."""
    rejection = query if isinstance(query, Rejection) else INVALID_CREDENTIALS
    return refusal(rejection, anonymous_id())


def credential_of(scope: Scope) -> tuple[Credential | Rejection, str | None]:
    """Who is asking, and the subprotocol that an upgrade echoes if it was asked for in one."""
    authorization = header(scope, b"authorization")
    offered = scope.get("subprotocols")
    if authorization is not None or not offered:
        return read_authorization(authorization), None
    return read_subprotocols(", ".join(offered)), offered[0]


def path_of(scope: Scope) -> str:
    """The path of a request, as it may be shown."""
    path: str = scope["path"]
    return in_one_line(masked(path))[:_PATH]


def asked(scope: Scope) -> str:
    """What a request asks, as it may be shown: `POST /v1/speak`."""
    method = "WebSocket" if scope["type"] == "websocket" else scope["method"]
    return f"{in_one_line(method)[:_PATH]} {path_of(scope)}"
