"""A receiver that passes every check, and one for each mistake that a check is there for."""

import asyncio
import base64
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from starlette.types import Message, Receive, Scope, Send

AUTH = ("ada", "s3cret")
_EXPECTED = b"Basic " + base64.b64encode(b"ada:s3cret")

SOUND = "nothing"

MISTAKES = {
    "answers 500 after it has stored": {"accepts-post"},
    "forgets PUT": {"accepts-put"},
    "does not answer the third time": {"answers-in-time"},
    "answers before it stores": {"stores-before-it-answers"},
    "has no idempotency key": {"same-again", "answer-lost", "two-at-once", "copy-much-later"},
    "refuses what it knows": {"same-again", "answer-lost", "two-at-once", "copy-much-later"},
    "looks, waits and stores": {"two-at-once"},
    "refuses what is older": {"out-of-order", "copy-much-later"},
    "knows the last one only": {"copy-much-later"},
    "reads the beginning": {"slow-connection", "large-body"},
    "takes little": {"large-body"},
    "falls over nothing": {"empty-body"},
    "wants a length": {"chunked-body"},
    "is not asked": {"expect-continue"},
    "speaks HTTP/1.1 only": {"http-1.0"},
    "knows all headers": {"unknown-headers"},
    "lets everybody in": {"missing-credentials", "wrong-credentials", "dg-token-alone"},
    "looks whether there are credentials": {"wrong-credentials"},
    "trusts dg-token": {"dg-token-alone"},
    "wants dg-token besides": {"dg-token-alone"},
    "stores errors as audio": {"error-in-place-of-audio"},
    "refuses errors": {"error-in-place-of-audio"},
}
"""Each mistake, and the checks that have to find it: these and no others."""


@dataclass
class Checked:
    """An ASGI application that makes one *mistake*, and what it has *stored*."""

    mistake: str = SOUND
    stored: list[str] = field(default_factory=list)
    seen: int = 0
    begun: Counter[str] = field(default_factory=Counter)
    looked: Counter[str] = field(default_factory=Counter)
    unstored: set[str] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        self.seen += 1
        self.begun[dict(scope["headers"])[b"dg-request-id"].decode()] += 1
        await self._answer(await self._status(scope, receive), send)

    async def _status(self, scope: Scope, receive: Receive) -> int:
        headers, mistake = dict(scope["headers"]), self.mistake
        request_id = headers[b"dg-request-id"].decode()
        if scope["method"] != "POST" and (mistake == "forgets PUT" or scope["method"] != "PUT"):
            return 405
        if not self._lets_in(headers):
            return 401
        refusals = {
            "wants a length": b"transfer-encoding" in headers,
            "is not asked": b"expect" in headers,
            "speaks HTTP/1.1 only": scope["http_version"] == "1.0",
            "knows all headers": b"traceparent" in headers,
            "refuses what is older": bool(self.stored) and request_id < max(self.stored),
            "refuses errors": headers[b"content-type"] == b"application/json",
        }
        if refusals.get(mistake):
            return 400
        body, pieces = await self._body(receive)
        if mistake == "takes little" and len(body) > 1_000_000:
            return 413
        if mistake == "reads the beginning" and pieces > 3:
            return 400
        if mistake == "falls over nothing" and not body:
            raise IndexError("audio[0]")
        if mistake == "does not answer the third time" and self.seen == 3:
            await asyncio.Event().wait()
        if headers[b"content-type"] == b"application/json" and mistake != "stores errors as audio":
            return 204
        if mistake == "refuses what it knows" and request_id in self.stored:
            return 400
        return await self._store(request_id)

    async def _store(self, request_id: str) -> int:
        mistake = self.mistake
        known = self.stored[-1:] if mistake == "knows the last one only" else self.stored
        if mistake == "looks, waits and stores":
            known = list(known)
            self.looked[request_id] += 1
            for _ in range(3):  # turns in which the head of a copy that was sent before is read
                await asyncio.sleep(0.001)
            while self.looked[request_id] < self.begun[request_id]:  # noqa: ASYNC110 - a test
                await asyncio.sleep(0.001)
        if mistake == "answers before it stores":
            self.unstored.add(request_id)
        elif mistake == "has no idempotency key" or request_id not in known:
            self.stored.append(request_id)
        return 500 if mistake == "answers 500 after it has stored" else 204

    def listed(self) -> list[str]:
        """What is stored now. What was only promised is stored when somebody has looked."""
        listed = list(self.stored)
        self.stored += sorted(self.unstored - set(listed))
        self.unstored.clear()
        return listed

    def _lets_in(self, headers: dict[bytes, bytes]) -> bool:
        given, mistake = headers.get(b"authorization"), self.mistake
        if mistake == "trusts dg-token" and b"dg-token" in headers:
            return True
        if mistake == "wants dg-token besides" and b"dg-token" not in headers:
            return False
        if mistake == "looks whether there are credentials":
            return given is not None
        return mistake == "lets everybody in" or given == _EXPECTED

    async def _body(self, receive: Receive) -> tuple[bytes, int]:
        body, pieces = b"", 0
        while True:
            message = await receive()
            body += message.get("body", b"")
            pieces += bool(message.get("body"))
            if not message.get("more_body"):
                return body, pieces

    async def _answer(self, status: int, send: Send) -> None:
        headers = [(b"www-authenticate", b"Basic")] if status == 401 else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def _live(self, receive: Receive, send: Send) -> None:
        message: Message = {}
        while message.get("type") != "lifespan.shutdown":
            message = await receive()
            await send({"type": f"{message['type']}.complete"})


def wsgi(stored: list[str]) -> Callable[[dict[str, Any], Callable[..., Any]], list[bytes]]:
    """The same in WSGI, without a mistake."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        status = "204 No Content"
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if environ.get("HTTP_AUTHORIZATION", "").encode() != _EXPECTED:
            status = "401 Unauthorized"
        elif environ["REQUEST_METHOD"] not in ("POST", "PUT"):
            status = "405 Method Not Allowed"
        elif environ["CONTENT_TYPE"] != "application/json" and (
            environ["HTTP_DG_REQUEST_ID"] not in stored
        ):
            stored.append(environ["HTTP_DG_REQUEST_ID"])
        start_response(status, [("content-length", "0")])
        return [b""]

    return app


class InLetters(BaseHTTPRequestHandler):
    """Looks for header names by their letters."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a callback."""
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(204 if "dg-request-id" in str(self.headers) else 400)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
