"""Whatever is sent, the endpoint answers as the service does, keeps its secrets and goes on.

A failure names the seed and the index: `hostile_request(SEED, index)` makes the request again.
"""

import asyncio
import json
import logging
import re
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from ringback import Emulator, Settings
from ringback.core.request.origin import Origins
from ringback.serving.app import Application
from ringback.serving.server import Server
from tests.budgets import budget
from tests.properties.hostile_requests import KEY, SECRETS, HostileRequest, hostile_request
from tests.time_limit import limited

pytestmark = pytest.mark.deep

SEED = 20260101
COUNT = budget(600, 10_000)
"""So many requests meet each of three emulators."""

DEFAULT = Settings(api_key=KEY, retries=0)
BENT = DEFAULT.changed(
    permitted_ports="any",
    private_callbacks=False,
    acknowledgement_headers="minimal",
    callback_body="json-base64",
    callback_framing="chunked",
    unknown_parameters="refuse",
    repeated_parameters="last",
    strict_booleans=False,
    integral_floats=False,
    max_characters=30,
    too_long_status=422,
    blank_text="refuse",
    remote_texts={"": "Hello"},
    any_key=True,
    bad_model="no-such-tier",
    format_error="INVALID_QUERY_PARAMETER",
    wav_sizes="exact",
    uuid_version=4,
)
GUARD = 20
"""Real seconds that one request may take, on the busiest machine."""

ERROR = {"err_code", "err_msg", "request_id"}
LINE = re.compile(rb"[\x20-\x7e]*")
LONGEST_HEADER = 8190
"""Bytes in the longest header that every client reads: aiohttp has the lowest limit."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what takes long done where it stands: beside a loop there must be one."""

    async def here(work: Callable[[], Any]) -> Any:
        return work()

    monkeypatch.setattr("ringback.serving.speaking.aside", here)


LOOP = asyncio.SelectorEventLoop()
"""What is asked to call later is forgotten with it."""


@dataclass
class Heard:
    """What an ASGI application sent."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    ended: bool = False

    def take(self, message: dict[str, Any]) -> None:
        """Take the next message, which must be one that may come now."""
        assert not self.ended, "a message after the end"
        if message["type"] == "http.response.start":
            assert not self.status, "two answers"
            self.status, self.headers = message["status"], [*message["headers"]]
            return
        assert (message["type"], bool(self.status)) == ("http.response.body", True)
        self.body += bytes(message.get("body", b""))
        self.ended = not message.get("more_body", False)


def ask(app: Any, request: HostileRequest) -> Heard:
    """Ask on a loop that never turns: an application that waits for anything is found out."""
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in request.pieces
    ]
    messages[-1]["more_body"] = request.hangs_up
    inbox = iter([*messages, {"type": "http.disconnect"}])
    heard = Heard()

    async def receive() -> dict[str, Any]:
        return next(inbox)

    async def send(message: dict[str, Any]) -> None:
        heard.take(message)

    asyncio._set_running_loop(LOOP)
    try:
        app(request.scope, receive, send).send(None)
    except StopIteration:
        return heard
    finally:
        asyncio._set_running_loop(None)
    raise AssertionError("it waits for something that never comes")


def assert_sound(heard: Heard) -> None:
    """An answer is audio or JSON, an error is one of the service's, and no header breaks out."""
    assert heard.ended
    assert 200 <= heard.status < 500
    for name, value in heard.headers:
        assert re.fullmatch(rb"[a-z-]+", name)
        assert LINE.fullmatch(value), (name, value)
        assert len(name) + len(value) < LONGEST_HEADER
    headers = {name: value.decode() for name, value in heard.headers}
    assert len(headers) == len(heard.headers)
    assert headers.get(b"content-length", str(len(heard.body))) == str(len(heard.body))
    request_id = headers[b"dg-request-id"]
    assert str(uuid.UUID(request_id)) == request_id
    if heard.status == 200:
        assert b"dg-error" not in headers
        assert headers[b"content-type"].startswith(("audio/", "application/json"))
        return
    assert headers[b"content-type"] == "application/json"
    document = json.loads(heard.body)
    assert document.keys() == ERROR
    assert document["request_id"] == request_id
    assert headers[b"dg-error"]


def leaked(shown: str) -> list[str]:
    """The secrets in *shown*."""
    return [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("settings", [DEFAULT, BENT], ids=["as the service", "bent"])
def test_every_request_is_answered_as_the_service_would_and_nothing_is_told(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with Emulator(settings) as ringback, caplog.at_level(logging.DEBUG):
        survive(ringback, ringback.app, caplog)
        assert_going_on(ringback)
        assert_nothing_told(ringback)


def test_so_it_is_where_emulators_share_a_server(caplog: pytest.LogCaptureFixture) -> None:
    with ExitStack() as stack:
        server = Server()
        stack.callback(server.stop)
        other = stack.enter_context(Emulator(server=server))
        with Emulator(DEFAULT, server=server) as ringback, caplog.at_level(logging.DEBUG):
            survive(ringback, Application(server._roster, Origins), caplog)
            assert_going_on(ringback)
            assert_nothing_told(ringback)
        assert not other.requests


def survive(ringback: Emulator, app: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Ask *app* everything, and look at each answer and at all that *ringback* noted of it."""
    facts, receptions = 0, 0
    for index in range(COUNT):
        request = hostile_request(SEED, index)
        try:
            with limited(GUARD):
                heard = ask(app, request)
            if not (request.hangs_up and not heard.status):
                assert_sound(heard)
            assert not leaked(repr((ringback.journal[facts:], ringback.requests[receptions:])))
            # The guard alone has something to say, in one line each.
            assert {record.name for record in caplog.records} <= {"ringback.serving.guard"}
            assert not leaked(caplog.text)
            assert all(message.isprintable() for message in caplog.messages)
            caplog.clear()
        except (Exception, pytest.fail.Exception) as fault:
            fault.add_note(f"hostile_request({SEED}, {index}) = {request!r:.3000}")
            raise
        facts, receptions = len(ringback.journal), len(ringback.requests)


def assert_going_on(ringback: Emulator) -> None:
    """What was accepted can be delivered, and so can what comes."""
    for origin in {each.endpoint.origin for each in ringback.deliveries}:
        ringback.receiver(origin)
    ringback.run_until_idle()
    assert {delivery.state for delivery in ringback.deliveries} == {"delivered"}
    last = ringback.receiver("https://last.example")
    delivery = ringback.submit("Hello", callback="https://last.example/done")
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 200"]
    assert last.requests[0].headers["dg-request-id"] == delivery.request_id


def assert_nothing_told(ringback: Emulator) -> None:
    """Nothing that is shown of an emulator and of what it sent holds a secret."""
    assert not leaked(ringback.timeline)
    assert not leaked(repr((ringback, ringback.journal, ringback.requests, ringback.deliveries)))
    for delivery in ringback.deliveries:
        assert not leaked(repr((delivery, delivery.request, delivery.attempts, delivery.timeline)))
