"""Refusals and failures are exceptions of each real client, with their status and their words."""

from typing import Any

import pytest

from ringback import Emulator, RequestFailure
from tests.e2e.clients.driving import LIVEKIT, SDKS, Client, each

pytestmark = pytest.mark.needs_tool

EXCEPTIONS = {
    "Python SDK 7": ("BadRequestError", "ApiError", "ApiError"),
    "Python SDK 4": ("DeepgramApiError", "DeepgramApiError", "DeepgramUnknownApiError"),
    "Python SDK 3": ("DeepgramApiError", "DeepgramApiError", "DeepgramUnknownApiError"),
    "JavaScript SDK 5": ("BadRequestError", "DeepgramError", "DeepgramError"),
    "JavaScript SDK 3": ("DeepgramApiError", "DeepgramApiError", "DeepgramUnknownError"),
}
"""What each client makes of a 400, of any other status, and of an answer that is no JSON."""

FAILURES = {
    402: "Project does not have enough credits for an ASR request and does not have an overage"
    " agreement.",
    429: "Please try again later.",
    503: "Please try again later",
}

REFUSALS: dict[str, tuple[dict[str, Any], int, str]] = {
    "a model that does not exist": (
        {"model": "aura-2-nobody-en"},
        400,
        "Invalid 'model' value of 'aura-2-nobody-en'.",
    ),
    "a port that is not permitted": (
        {"callback": "https://app.example:3000/hook"},
        400,
        "Invalid callback url.",
    ),
    "a key that is nobody's": ({"key": "f" * 40}, 401, "Invalid credentials."),
    "too much text": (
        {"text": "a" * 2001},
        413,
        "Input text exceeds maximum character limit of 2000.",
    ),
}


@pytest.mark.ringback(allow_unknown_keys=True)
@pytest.mark.parametrize("name", SDKS)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_is_the_clients_own_exception(
    name: str, refusal: str, ringback: Emulator
) -> None:
    asked, status, message = REFUSALS[refusal]
    told = SDKS[name].run("ask", ringback, **{"text": "Hello", **asked})
    assert told == {
        "exception": EXCEPTIONS[name][status != 400],
        "status": status,
        "message": message,
    }
    assert not ringback.deliveries


@each(LIVEKIT)
@pytest.mark.ringback(allow_unknown_keys=True)
@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        ("a model that does not exist", "Bad Request"),
        ("a key that is nobody's", "Unauthorized"),
        ("too much text", "Request Entity Too Large"),
    ],
)
def test_a_voice_agent_sees_the_status(
    client: Client, refusal: str, message: str, ringback: Emulator
) -> None:
    asked, status, _ = REFUSALS[refusal]
    told = client.run("speak", ringback, **{"text": "Hello", **asked})
    assert told == {"exception": "APIStatusError", "status": status, "message": message}


@pytest.mark.parametrize("name", [name for name in SDKS if name != "JavaScript SDK 5"])
@pytest.mark.parametrize("status", FAILURES)
def test_a_failure_is_the_clients_own_exception(name: str, status: int, ringback: Emulator) -> None:
    ringback.fail_requests(status)
    told = SDKS[name].run("speak", ringback, "Hello")
    assert told == {
        "exception": EXCEPTIONS[name][1],
        "status": status,
        "message": FAILURES[status],
    }
    assert [request.status for request in ringback.requests] == [status]


@pytest.mark.parametrize("name", SDKS)
def test_the_page_of_a_proxy_is_an_exception_too(name: str, ringback: Emulator) -> None:
    ringback.fail_requests(RequestFailure(413, body="<h1>Request Entity Too Large</h1>"))
    told = SDKS[name].run("speak", ringback, "Hello")
    assert told["exception"] == EXCEPTIONS[name][2]


# Clients that ask again wait in between, on a clock that is not ours: as rarely as can be.


def test_a_client_that_asks_again_is_given_one_job(ringback: Emulator) -> None:
    receiver = ringback.receiver("https://app.example")
    ringback.fail_requests(429, 503)
    client = SDKS["JavaScript SDK 5"]
    told = client.run("ask", ringback, "Hello", callback="https://app.example/hook")
    ringback.run_until_idle()
    assert [request.status for request in ringback.requests] == [429, 503, 200]
    assert told == {"answer": {"request_id": ringback.deliveries.only().request_id}}
    assert len(receiver.requests) == 1


def test_a_client_that_asks_again_gives_up(ringback: Emulator) -> None:
    ringback.fail_requests(503, 503, 503)
    told = SDKS["JavaScript SDK 5"].run("speak", ringback, "Hello")
    assert told == {"exception": "DeepgramError", "status": 503, "message": FAILURES[503]}


@each(LIVEKIT)
def test_a_voice_agent_asks_again(client: Client, ringback: Emulator) -> None:
    ringback.fail_requests(429)
    assert "sha256" in client.run("speak", ringback, "Hello", model="aura-2-thalia-en")
    assert [request.status for request in ringback.requests] == [429, 200]
