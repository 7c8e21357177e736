"""What a test sees of the requests that arrived."""

import json
from collections.abc import Callable

import httpx
import pytest

from ringback import Emulator, ReceivedRequest
from tests.conftest import HOOK
from tests.integration.streaming import opened

SECRET = "https://ada:s3cret@app.example/hook"
SIGNED = "https://app.example/hook?order=7&signature=hunter2"


def test_a_request_shows_what_arrived(ringback: Emulator) -> None:
    ringback.advance(1.5)
    answer = httpx.post(
        f"{ringback.url}/v1/speak",
        params={"model": "aura-2-thalia-en"},
        trust_env=False,
        json={"text": "Hello"},
        headers={"Authorization": f"Token {ringback.api_key}", "X-Trace": "one"},
    )
    (request,) = ringback.requests
    assert (request.at, request.method, request.path) == (1.5, "POST", "/v1/speak")
    assert request.query == "model=aura-2-thalia-en"
    assert request.headers["X-Trace"] == "one"
    assert request.headers["authorization"] == f"Token {ringback.api_key}"
    assert request.content_type == "application/json"
    assert json.loads(request.body) == {"text": "Hello"}
    assert request.size == len(request.body)
    assert (request.status, request.request_id) == (200, answer.headers["dg-request-id"])


def test_a_stream_shows_its_upgrade(ringback: Emulator) -> None:
    ringback.advance(60)
    with opened(ringback, "model=aura-2-thalia-en"):
        (request,) = ringback.requests
    assert (request.at, request.method, request.path) == (60, "GET", "/v1/speak")
    assert (request.status, request.body, request.size) == (101, b"", 0)
    assert request.headers["upgrade"] == "websocket"


def test_what_is_submitted_in_process_shows_the_headers_of_a_client(ringback: Emulator) -> None:
    ringback.cancel(ringback.submit("Hello", callback=HOOK), "seen enough")
    (request,) = ringback.requests
    assert dict(request.headers) == {
        "authorization": f"Token {ringback.api_key}",
        "content-type": "application/json",
    }


def test_a_request_that_is_printed_shows_no_secret(ringback: Emulator) -> None:
    ringback.cancel(ringback.submit("Hello", callback=SECRET, model="aura-2-thalia-en"), "enough")
    (request,) = ringback.requests
    assert "s3cret" in request.query
    assert ringback.api_key in request.headers["authorization"]
    for shown in (repr(request), str(request), repr(ringback.requests), repr(request.headers)):
        assert "s3cret" not in shown
        assert ringback.api_key not in shown
    assert repr(request) == (
        "<POST /v1/speak?***@app.example%2Fhook&model=aura-2-thalia-en at 0 s,"
        " Headers({'authorization': '***', 'content-type': 'application/json'}),"
        f" 17 bytes: answered 200, request {request.request_id}>"
    )


def test_a_request_that_is_printed_shows_no_secret_of_a_callbacks_query(ringback: Emulator) -> None:
    ringback.cancel(ringback.submit("Hello", callback=SIGNED, tag="a b"), "enough")
    (request,) = ringback.requests
    assert "hunter2" in request.query
    assert "?callback=https://app.example/hook?order=7&signature=***&tag=a b at" in repr(request)


def test_requests_deliveries_and_pending_are_live(ringback: Emulator) -> None:
    ringback.receiver("https://app.example")
    requests, deliveries, pending = ringback.requests, ringback.deliveries, ringback.pending
    assert (len(requests), len(deliveries), len(pending)) == (0, 0, 0)
    ringback.submit("Hello", callback=HOOK)
    assert (len(requests), len(deliveries), len(pending)) == (1, 1, 1)
    ringback.run_until_idle()
    assert (len(requests), len(deliveries), len(pending)) == (1, 1, 0)


@pytest.mark.parametrize(
    "look", [lambda it: it.requests, lambda it: it.deliveries, lambda it: it.pending]
)
def test_what_is_looked_at_cannot_be_changed(
    ringback: Emulator, look: Callable[[Emulator], list[ReceivedRequest]]
) -> None:
    seen = look(ringback)
    with pytest.raises(AttributeError):
        seen.clear()
    with pytest.raises(TypeError):
        del seen[:]
