"""How many requests `/v1/speak` answers, with everything on.

The reference is a starlette application with one bare route, on the same uvicorn with the same
options. It sends the same bytes, but it looks at nothing and remembers nothing. Answers are
counted per second of CPU, for the other core is not always there.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from ringback import Emulator, Settings
from ringback.faces.tenancy import Tenancy
from ringback.serving import server as serving
from ringback.serving.server import Server
from tests.benchmarks.measuring import HERE, TEXT, Pairs, Table, alternate

pytestmark = pytest.mark.benchmark

CONNECTIONS = 16
REQUESTS = 1000

BODY = json.dumps({"text": TEXT}).encode()

AUDIO = "model=aura-2-thalia-en"
ACKNOWLEDGEMENT = f"{AUDIO}&callback=https%3A%2F%2Fapp.example%2Fdone"


class Replayed(Response):
    """A response that sends the messages that another application sent."""

    def __init__(self, messages: list[Message]) -> None:
        self._messages = messages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them again."""
        for message in self._messages:
            await send(message)


@contextmanager
def served(respond: Callable[[], Response]) -> Iterator[int]:
    """One route that only responds, on a socket exactly as ours is served; gives its port."""

    async def speak(_: Request) -> Response:
        return respond()

    app = Starlette(routes=[Route("/v1/speak", speak, methods=["POST"])])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "Application", lambda *_: app)
        server = serving.Server()
    try:
        yield server.port
    finally:
        server.stop()


def request_to(port: int, query: str, key: str, more: str = "") -> bytes:
    """One request as bytes, with *more* lines in its head."""
    head = (
        f"POST /v1/speak?{query} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"
        f"authorization: Token {key}\r\ncontent-type: application/json\r\n{more}"
        f"content-length: {len(BODY)}\r\n\r\n"
    )
    return head.encode() + BODY


def rate(port: int, request: bytes) -> float:
    """Answers per second of this process's CPU, most of which is the server's."""
    numbers = map(str, (port, CONNECTIONS, REQUESTS))
    command = [sys.executable, "-S", str(HERE / "load.py"), *numbers]
    begun = time.process_time()
    subprocess.run(command, input=request, check=True)
    return REQUESTS / (time.process_time() - begun)


async def messages_of(ringback: Emulator, query: str) -> list[Message]:
    """What our application sends for an answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": BODY}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/speak",
        "query_string": query.encode(),
        "headers": [
            (b"authorization", f"Token {ringback.api_key}".encode()),
            (b"content-type", b"application/json"),
        ],
    }
    await ringback.app(scope, receive, send)
    return sent


def compared(ringback: Emulator, query: str, respond: Callable[[], Response]) -> Pairs:
    """Our rate of answers to *query*, and that of a bare route."""
    ours = int(ringback.url.rpartition(":")[2])
    request = request_to(ours, query, ringback.api_key)
    with served(respond) as theirs:
        return alternate(lambda: rate(ours, request), lambda: rate(theirs, request), rounds=7)


def test_audio(table: Table) -> None:
    """Beside a route that sends the same pieces, which is less than starlette's streaming."""
    with Emulator() as ringback:
        messages = asyncio.run(messages_of(ringback, AUDIO))
        pairs = compared(ringback, AUDIO, lambda: Replayed(messages))
    table.ratio(
        "answers per CPU second: audio / a bare starlette route with the same bytes",
        pairs,
        budget=0.8,
        gate=0.5,
        more=True,
    )


def test_acknowledgements(table: Table) -> None:
    """Beside a route that returns the same headers and body. Ours remembers a job each time."""
    with Emulator() as ringback:
        start, body = asyncio.run(messages_of(ringback, ACKNOWLEDGEMENT))
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        respond = partial(Response, body["body"], headers=headers)
        pairs = compared(ringback, ACKNOWLEDGEMENT, respond)
    table.ratio(
        "answers per CPU second: acknowledgements / a bare route with the same bytes",
        pairs,
        budget=0.8,
        gate=0.5,
        more=True,
    )


@pytest.mark.parametrize(
    ("who", "more"),
    [("a program", ""), ("a page of the same origin", "sec-fetch-site: same-origin\r\n")],
)
def test_acknowledgements_of_a_tenant(table: Table, who: str, more: str) -> None:
    """As `serve --tenants --clock paused` has them: the guard looks, and everything is kept.

    The page's requests name themselves as such, so that the guard has to judge each.
    """
    with Emulator() as ringback:
        start, body = asyncio.run(messages_of(ringback, ACKNOWLEDGEMENT))
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    settings = Settings(any_key=True, keep=10_000, clock="paused")
    tenancy = Tenancy(settings, most=1000, idle=3600)
    server = Server(newcomers=tenancy)
    try:
        tenancy.serve_on(server)
        with served(partial(Response, body["body"], headers=headers)) as theirs:
            request = request_to(server.port, ACKNOWLEDGEMENT, "anything", more)
            pairs = alternate(
                lambda: rate(server.port, request), lambda: rate(theirs, request), rounds=7
            )
        [tenant] = tenancy
        asked = 8 * (REQUESTS + 1)  # once a round for the length of an answer
        assert len(tenant.requests) == len(tenant.pending) == asked
    finally:
        tenancy.end()
        server.stop()
    table.ratio(
        f"answers per CPU second: acknowledgements of a tenant to {who} / a bare route",
        pairs,
        budget=0.8,
        gate=0.5,
        more=True,
    )


def test_audio_beside_a_plain_response(table: Table) -> None:
    """The same body in one piece, with its length and two headers, which the service never does."""
    with Emulator() as ringback:
        audio = ringback.submit(TEXT, callback="https://app.example/done").audio
        respond = partial(Response, audio, media_type="audio/mpeg")
        pairs = compared(ringback, AUDIO, respond)
    table.ratio(
        "answers per CPU second: audio / a bare route's body in one piece",
        pairs,
        gate=0.3,
        more=True,
    )
