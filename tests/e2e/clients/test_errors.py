"""What the service refuses is an exception of each real client, with its status and its words."""

from typing import Any

import pytest

from ringback import Emulator
from tests.e2e.clients.driving import LIVEKIT, SDKS, Client, each

pytestmark = pytest.mark.needs_tool

EXCEPTIONS = {
    "Python SDK 7": ("BadRequestError", "ApiError"),
    "Python SDK 4": ("DeepgramApiError", "DeepgramApiError"),
    "Python SDK 3": ("DeepgramApiError", "DeepgramApiError"),
    "JavaScript SDK 5": ("BadRequestError", "DeepgramError"),
    "JavaScript SDK 3": ("DeepgramApiError", "DeepgramApiError"),
}
"""What each client makes of a 400, and of every other status."""

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


@pytest.mark.ringback(allow_strangers=True)
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
@pytest.mark.ringback(allow_strangers=True)
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
