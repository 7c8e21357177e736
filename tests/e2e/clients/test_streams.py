"""Real clients stream: text goes out over a WebSocket, and its audio comes back."""

from typing import Any

import pytest

from ringback import Emulator
from ringback.core.stream.facts import StreamClosed
from tests.e2e.clients.drivers.telling import sha256
from tests.e2e.clients.driving import LIVEKIT, SDKS, Client, each

pytestmark = pytest.mark.needs_tool

TEXT = "Hello, how can I help you today?"
SOUND: dict[str, Any] = {
    "model": "aura-2-thalia-en",
    "encoding": "linear16",
    "sample_rate": 16000,
}

BY_WEBSOCKETS = {"exception": "InvalidStatus", "status": 401, "message": "Invalid credentials."}

REFUSALS: dict[str, dict[str, Any]] = {
    "Python SDK 7": BY_WEBSOCKETS,
    "Python SDK 4": BY_WEBSOCKETS,
    "Python SDK 3": BY_WEBSOCKETS,
    "JavaScript SDK 5": {"exception": "Error", "message": "Unexpected server response: 401"},
    "JavaScript SDK 3": {"exception": "ErrorEvent", "message": "Unexpected server response: 401"},
    "LiveKit": {
        "exception": "APIStatusError",
        "status": 401,
        "message": "Invalid response status",
    },
}
"""What each client says of an upgrade that is refused."""


def rendered(ringback: Emulator, text: str) -> bytes:
    """The samples that a callback brings."""
    receiver = ringback.receiver("https://app.example")
    ringback.submit(text, callback="https://app.example/hook", container="none", **SOUND)
    ringback.run_until_idle()
    return receiver.requests[0].body


def closes(ringback: Emulator) -> list[int]:
    """The codes with which streams ended. Every client waits for the end before it exits."""
    return [fact.code for fact in ringback.journal if isinstance(fact, StreamClosed)]


@each(SDKS)
def test_a_client_streams_what_a_callback_would_bring(client: Client, ringback: Emulator) -> None:
    told = client.run("stream", ringback, TEXT, **SOUND)
    assert told == {"sha256": sha256(rendered(ringback, TEXT)), "said": ["Metadata", "Flushed"]}
    assert closes(ringback) == [1000]


@each(LIVEKIT)
def test_a_voice_agent_streams_word_by_word(client: Client, ringback: Emulator) -> None:
    told = client.run("stream", ringback, TEXT, **SOUND)
    assert told == {"sha256": sha256(rendered(ringback, TEXT + " "))}
    assert closes(ringback) == [1000]


@pytest.mark.ringback(allow_unknown_keys=True)
@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_stream_is_an_error_of_the_client(name: str, ringback: Emulator) -> None:
    client = {**SDKS, **LIVEKIT}[name]
    assert client.run("stream", ringback, TEXT, key="f" * 40, **SOUND) == REFUSALS[name]
