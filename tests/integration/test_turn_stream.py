"""`GET /v2/speak` as a WebSocket, met with a real client on a socket."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection

from ringback import Emulator
from ringback.core.stream.facts import StreamClosed
from tests.integration.streaming import end_of, heard, opened

QUERY = "model=flux-haley-en"


def send(stream: ClientConnection, kind: str, **fields: Any) -> None:
    """Send a command."""
    stream.send(json.dumps({"type": kind, **fields}))


@pytest.fixture
def stream(ringback: Emulator) -> Iterator[ClientConnection]:
    """A stream whose `Connected` has been read."""
    with opened(ringback, QUERY, "/v2/speak") as connection:
        assert json.loads(connection.recv())["type"] == "Connected"
        yield connection


@pytest.mark.rule("stream-v2-turns", "stream-v2-configure", "stream-audio")
def test_a_turn_sounds_as_a_request_would_at_its_speed(
    ringback: Emulator, stream: ClientConnection
) -> None:
    send(stream, "Configure", speed=0.75)
    for text in ("Hello, ", "world."):
        send(stream, "Speak", text=text)
    send(stream, "Flush")
    messages = [heard(stream)[1] for _ in range(3)]
    audio, end = heard(stream)
    kinds = [message["type"] for message in messages]
    assert kinds == ["ConfigureSuccess", "SpeechStarted", "Flushed"]
    request = httpx.post(
        f"{ringback.url}/v2/speak?{QUERY}&encoding=linear16&container=none&speed=0.75",
        headers={"authorization": f"Token {ringback.api_key}"},
        json={"text": "Hello, world."},
    )
    assert audio == request.content
    assert end["speech_id"] == messages[1]["speech_id"]
    assert end["audio_duration_ms"] == len(audio) // 48  # bytes in a millisecond


def test_an_interrupt_and_the_close_tell_what_came_of_it(stream: ClientConnection) -> None:
    send(stream, "Speak", text="Hello, world.")
    send(stream, "Flush")
    send(stream, "Interrupt", playback_offset={"type": "time_ms", "value": 100})
    *_, ended, interrupted = (heard(stream)[1] for _ in range(4))
    spoken, remaining = interrupted["text_spoken"], interrupted["text_remaining"]
    assert spoken + remaining == "Hello, world."
    assert spoken
    assert interrupted["metadata"] == {key: value for key, value in ended.items() if key != "type"}
    send(stream, "Close")
    assert heard(stream)[1]["total_audio_duration_ms"] == 100
    assert end_of(stream) == (b"", 1000, "")


@pytest.mark.rule("stream-v2-error")
def test_a_command_of_the_other_edition_ends_the_stream(stream: ClientConnection) -> None:
    send(stream, "Clear")
    assert heard(stream)[1]["code"] == "DATA-0000"
    assert end_of(stream) == (b"", 1008, "DATA-0000")


@pytest.mark.rule("stream-v2-idle")
def test_a_minute_of_silence_on_the_clock_ends_the_stream(
    ringback: Emulator, stream: ClientConnection
) -> None:
    ringback.advance(59)
    send(stream, "Flush")
    assert heard(stream)[1]["code"] == "NO_ACTIVE_SPEECH"
    ringback.advance(59)
    ringback.run_until_idle()
    assert not any(isinstance(fact, StreamClosed) for fact in ringback.journal)
    ringback.advance(1)
    closed = ringback.journal[-2]
    assert isinstance(closed, StreamClosed)
    assert closed.at == 119 * 10**9
    assert heard(stream)[1]["code"] == "NET-0004"
    assert end_of(stream) == (b"", 1011, "NET-0004")


@pytest.mark.rule("stream-v2-ping")
@pytest.mark.parametrize("sign", ["ping", "pong"])
def test_a_ping_or_pong_before_the_clock_moves_keeps_an_idle_stream_open(
    ringback: Emulator, stream: ClientConnection, sign: str
) -> None:
    for _ in range(3):
        ringback.advance(59)
        getattr(stream, sign)()
    ringback.advance(59)
    assert not any(isinstance(fact, StreamClosed) for fact in ringback.journal)
    ringback.advance(1)
    assert heard(stream)[1]["code"] == "NET-0004"
    closed = [fact for fact in ringback.journal if isinstance(fact, StreamClosed)]
    assert [fact.at for fact in closed] == [(3 * 59 + 60) * 10**9]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "INVALID_QUERY_PARAMETER"),
        ("model=aura-2-thalia-en", "V1_MODEL_ON_V2_SPEAK_ENDPOINT"),
        (f"{QUERY}&container=none", "INVALID_QUERY_PARAMETER"),
        (f"{QUERY}&speed=1.6", "SPEED_OUT_OF_RANGE"),
    ],
)
def test_a_bad_query_is_refused_over_http(ringback: Emulator, query: str, code: str) -> None:
    with pytest.raises(InvalidStatus) as refused, opened(ringback, query, "/v2/speak"):
        pass
    assert refused.value.response.status_code == 400
    assert json.loads(refused.value.response.body or b"")["err_code"] == code
