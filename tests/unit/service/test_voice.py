"""What requests sound like, and what must not be made where others wait."""

import gc
from typing import Any

import pytest

from ringback.audio.render import cost
from ringback.core.delivery.message import MessageRules
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from ringback.core.request.speak import SpeakRequest
from ringback.service import voice as module
from ringback.service.bodies import BODIES, ROOM
from ringback.service.voice import QUICK, Voice
from ringback.settings.settings import Settings
from tests.conftest import KEY_ID, REQUEST_ID, a_request, an_endpoint

LONG = "The quick brown fox jumps over the lazy dog. " * 44
WAV = b"encoding=linear16&sample_rate=48000"
FLAC = b"encoding=flac"


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    BODIES.clear()


@pytest.fixture
def voice() -> Voice:
    """One that makes tones, with the tables of all tones there."""
    tones = Voice(Settings())
    for query in (b"", b"encoding=opus", FLAC, WAV, b"encoding=aac", b"encoding=mulaw"):
        tones.audio(a_request(query, text="warm"))
    return tones


def message(request: SpeakRequest, audio: bytes) -> Any:
    return MessageRules().compose(request, an_endpoint(), REQUEST_ID, KEY_ID, audio)


@pytest.mark.parametrize("query", [b"", WAV, b"encoding=mulaw", b"encoding=aac"])
def test_what_costs_little_is_made_at_once(voice: Voice, query: bytes) -> None:
    assert not voice.takes_long(a_request(query, text=LONG))


@pytest.mark.parametrize("query", [FLAC, b"encoding=opus"])
def test_what_costs_much_is_made_apart_unless_it_is_there(voice: Voice, query: bytes) -> None:
    request = a_request(query, text=LONG)
    assert voice.takes_long(request)
    assert not voice.takes_long(a_request(query, text="Hello"))
    voice.audio(request)
    assert not voice.takes_long(request)


def test_the_first_of_an_encoding_costs_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringback.audio.render._warm", set())
    tones, hello = Voice(Settings()), a_request(FLAC)
    assert tones.takes_long(hello)
    tones.audio(hello)
    assert not tones.takes_long(a_request(FLAC, text="Bye"))


def test_a_slower_voice_costs_more() -> None:
    sound = AudioFormat(Encoding.FLAC, Container.NONE, 48000, None)
    assert cost("Hello", 0.7, sound) > cost("Hello", 1.5, sound)
    assert cost(LONG, 1.0, sound) > QUICK


def test_a_large_body_is_shared_as_long_as_an_attempt_holds_it(
    voice: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = a_request(WAV, text=LONG)
    audio = voice.audio(request)
    carried = message(request, audio)
    voice.carry(request, audio, carried)
    BODIES.clear()
    monkeypatch.setattr(module, "cost", lambda *_: 1)
    assert voice.audio(a_request(WAV, text=LONG)) is audio
    assert not voice.takes_long(request)
    del carried
    gc.collect()
    assert voice.takes_long(request)
    assert voice.audio(request) is not audio


def test_a_message_that_wraps_its_audio_is_not_taken_for_it(voice: Voice) -> None:
    request = a_request(WAV, text=LONG)
    audio = voice.audio(request)
    wrapped = message(request, b"{}" + audio)
    voice.carry(request, audio, wrapped)
    BODIES.clear()
    assert voice.audio(request) == audio


def test_thirty_long_answers_leave_no_more_than_there_is_room_for(voice: Voice) -> None:
    for number in range(30):
        voice.audio(a_request(WAV, text=f"{number} {LONG}"))
    assert BODIES.size <= ROOM
