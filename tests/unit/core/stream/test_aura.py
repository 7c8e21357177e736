"""A session of `/v1/speak`, frame by frame."""

import json
from typing import Any

import pytest

from ringback.core.answer.models import STAND_IN_VERSION
from ringback.core.base.duration import SECOND
from ringback.core.request.voices import AURA
from ringback.core.stream import aura as text_stream
from ringback.core.stream.aura import (
    MAX_CHARACTERS_A_MINUTE,
    MAX_FLUSHES_A_MINUTE,
    NO_COMMAND,
    TOO_LONG,
    TextStream,
)
from ringback.core.stream.stream import Effect, HangUp, Play, Say
from tests.conftest import REQUEST_ID

VOICE = AURA["aura-2-thalia-en"]

FLUSH, CLEAR, CLOSE = ('{"type":"Flush"}', '{"type":"Clear"}', '{"type":"Close"}')


def speak(text: str) -> str:
    """A client's text."""
    return json.dumps({"type": "Speak", "text": text})


def after(*frames: str | bytes, stream: TextStream | None = None, at: float = 0) -> list[Effect]:
    """All that *frames* lead to, sent at one moment, *at* seconds."""
    stream = stream or TextStream(VOICE)
    return [effect for frame in frames for effect in stream.receive(frame, round(at * SECOND))]


def said(effects: list[Effect]) -> list[dict[str, Any]]:
    """The messages among *effects*, as the client reads them."""
    return [json.loads(effect.text) for effect in effects if isinstance(effect, Say)]


# -- what the client hears -------------------------------------------------------------------------


@pytest.mark.rule("stream-metadata")
def test_the_first_message_names_the_request_and_its_model() -> None:
    assert json.loads(TextStream(VOICE).greeting(REQUEST_ID).text) == {
        "type": "Metadata",
        "request_id": REQUEST_ID,
        "model_name": "aura-2-thalia-en",
        "model_version": STAND_IN_VERSION,
        "model_uuid": VOICE.model_uuid,
    }


@pytest.mark.rule("stream-flush", "stream-buffer")
def test_text_is_silent_until_a_flush_speaks_all_of_it_at_once() -> None:
    stream = TextStream(VOICE)
    assert after(speak("Hello, "), speak("world."), stream=stream) == []
    assert after(FLUSH, stream=stream) == [
        Play("Hello, world."),
        Say({"type": "Flushed", "sequence_id": 0}),
    ]


def test_what_was_flushed_is_not_spoken_again() -> None:
    assert after(speak("One"), FLUSH, speak("Two"), FLUSH)[2:] == [
        Play("Two"),
        Say({"type": "Flushed", "sequence_id": 1}),
    ]


@pytest.mark.parametrize("frames", [(FLUSH,), (speak(""), FLUSH)])
def test_a_flush_of_nothing_is_confirmed_without_audio(frames: tuple[str, ...]) -> None:
    assert after(*frames) == [Say({"type": "Flushed", "sequence_id": 0})]


@pytest.mark.rule("stream-clear")
def test_cleared_text_is_never_spoken() -> None:
    effects = after(speak("Never mind"), CLEAR, speak("Hello"), FLUSH)
    assert effects == [
        Say({"type": "Cleared", "sequence_id": 0}),
        Play("Hello"),
        Say({"type": "Flushed", "sequence_id": 1}),
    ]


@pytest.mark.rule("stream-close")
def test_a_close_speaks_what_is_left_and_ends_the_session_normally() -> None:
    assert after(speak("Goodbye"), CLOSE) == [Play("Goodbye"), HangUp(1000)]
    assert after(CLOSE) == [HangUp(1000)]


CONTROL = json.dumps({"word": "Oslo", "pronounce": "uʃlu"}, ensure_ascii=False)


@pytest.mark.rule("stream-pronunciations")
@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        (f"To \\{CONTROL}!", "To Oslo!"),
        (f"To \\{CONTROL.replace('u', 'u' * 99)}!", f"To \\{CONTROL.replace('u', 'u' * 99)}!"),
    ],
)
def test_pronunciations_are_obeyed_even_in_pieces(text: str, spoken: str) -> None:
    frames = [speak(text[:9]), speak(text[9:])]
    assert after(*frames, FLUSH)[0] == Play(spoken)


def test_unknown_keys_of_a_command_are_passed_over() -> None:
    frames = ('{"type":"Speak","text":"Hi","voice":"x"}', '{"type":"Flush","x":[]}')
    assert after(*frames)[0] == Play("Hi")


# -- limits, on the emulator's clock ---------------------------------------------------------------


@pytest.mark.rule("stream-flush-limit")
def test_the_twenty_first_flush_in_a_minute_is_not_carried_out() -> None:
    stream = TextStream(VOICE)
    for _ in range(MAX_FLUSHES_A_MINUTE):
        assert said(after(FLUSH, stream=stream))[0]["type"] == "Flushed"
    (warning,) = said(after(speak("Hello"), FLUSH, stream=stream, at=59.9))
    assert (warning["type"], warning["code"]) == ("Warning", "EXCESSIVE_FLUSH")
    assert warning["description"]
    assert after(FLUSH, stream=stream, at=60) == [
        Play("Hello"),
        Say({"type": "Flushed", "sequence_id": 20}),
    ]


@pytest.mark.rule("stream-character-limit")
def test_more_characters_than_a_minute_allows_end_the_session() -> None:
    stream = TextStream(VOICE)
    assert after(speak("a" * 2000), speak("b" * 400), stream=stream) == []
    (end,) = after(speak("c"), stream=stream, at=59.9)
    assert isinstance(end, HangUp)
    assert (end.code, end.reason) == (1008, "DATA-0001")
    assert "advance(60)" in end.hint


def test_characters_are_free_again_after_a_minute_spoken_or_cleared() -> None:
    stream = TextStream(VOICE)
    assert said(after(speak("a" * 2000), CLEAR, stream=stream))
    assert after(speak("b" * 2000), stream=stream, at=60) == []


def test_without_limits_nothing_is_counted() -> None:
    stream = TextStream(VOICE, limited=False)
    for _ in range(MAX_FLUSHES_A_MINUTE + 1):
        effects = after(speak("a" * (MAX_CHARACTERS_A_MINUTE // 2)), FLUSH, stream=stream)
        assert said(effects)[0]["type"] == "Flushed"


@pytest.mark.rule("stream-text-limit")
def test_one_text_has_two_thousand_characters_at_most() -> None:
    assert after(speak("\N{MUSICAL SYMBOL G CLEF}" * 2000)) == []
    (end,) = after(speak("a" * 2001))
    assert isinstance(end, HangUp)
    assert (end.code, end.reason) == (1009, "BIG-0001")


@pytest.mark.rule("stream-unspoken-limit")
def test_only_so_much_text_may_wait_for_a_flush() -> None:
    stream = TextStream(VOICE, limited=False)
    assert after(*[speak("a" * 2000)] * 10, stream=stream) == []
    assert after(speak("a"), stream=stream) == [TOO_LONG]


# -- what is no command ----------------------------------------------------------------------------


@pytest.mark.rule("stream-unknown-command")
@pytest.mark.parametrize(
    "frame",
    [
        '{"type":"KeepAlive"}',  # a command of another endpoint; it ends this one (documented)
        '{"type":"Speak"}',
        '{"type":"Speak","text":null}',
        '{"type":"Speak","text":["Hello"]}',
        '{"type":"Speak","text":"\\ud800"}',
    ],
)
def test_what_is_no_command_ends_the_session(frame: str) -> None:
    assert after(frame, speak("Hello"), FLUSH) == [NO_COMMAND]
    assert (NO_COMMAND.code, NO_COMMAND.reason) == (1008, "DATA-0000")


# -- what a frame costs ----------------------------------------------------------------------------


def test_a_text_costs_the_same_however_many_came_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured: list[str] = []

    def counted(text: str) -> int:
        measured.append(text)
        return len(text)

    monkeypatch.setattr(text_stream, "len", counted, raising=False)
    stream = TextStream(VOICE, limited=False)
    after(*[speak("x")] * 10, stream=stream)
    early = len(measured)
    after(*[speak("x")] * 1000, stream=stream)
    measured.clear()
    after(*[speak("x")] * 10, stream=stream)
    assert len(measured) <= early
    assert after(FLUSH, stream=stream)[0] == Play("x" * 1020)


def test_texts_without_a_character_leave_nothing_behind() -> None:
    stream = TextStream(VOICE, limited=False)
    before = objects_of(stream)
    after(*[speak("")] * 1000, stream=stream)
    assert objects_of(stream) == before


def objects_of(stream: TextStream) -> int:
    """How many things its lists hold."""
    return sum(len(each) for each in vars(stream).values() if isinstance(each, list))
