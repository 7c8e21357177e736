"""A session of `/v2/speak`, frame by frame."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from ringback.core.answer.models import STAND_IN_VERSION
from ringback.core.base.duration import SECOND
from ringback.core.request.voices import FLUX
from ringback.core.stream import flux as turn_stream
from ringback.core.stream.flux import (
    DESCRIPTIONS,
    IDLE,
    NO_COMBINATION,
    NO_COMMAND,
    NOT_JSON,
    SILENT,
    TurnStream,
)
from ringback.core.stream.stream import TIME_IS_UP, Effect, HangUp, Play, Say
from tests.conftest import REQUEST_ID
from tests.unit.core.request.test_controls import control

VOICE = FLUX["flux-haley-en"]

BASIL = control("basil", "bæzəl")
TEXT = f"Take {BASIL} twice."

FLUSH, CLOSE, INTERRUPT = '{"type":"Flush"}', '{"type":"Close"}', '{"type":"Interrupt"}'


def measure(text: str, speed: float) -> int:
    """100 ms a letter, and silence for what has none."""
    letters = sum(character.isalpha() for character in text)
    return round(letters * SECOND / 10 / speed)


def a_stream(speed: float | None = None) -> TurnStream:
    """A session whose turns are numbered."""
    ids: Iterator[int] = count(1)
    return TurnStream(VOICE, lambda: f"dg_sp_{next(ids)}", measure, 0, speed)


def speak(text: str) -> str:
    """A client's text."""
    return json.dumps({"type": "Speak", "text": text})


def interrupt(offset: Any) -> str:
    """A barge-in after so many milliseconds of the session's audio."""
    return json.dumps(
        {"type": "Interrupt", "playback_offset": {"type": "time_ms", "value": offset}}
    )


def configure(speed: Any) -> str:
    """A change of speed."""
    return json.dumps({"type": "Configure", "speed": speed})


def after(*frames: str | bytes, stream: TurnStream | None = None) -> list[Effect]:
    """All that *frames* lead to."""
    stream = stream or a_stream()
    return [effect for frame in frames for effect in stream.receive(frame, 0)]


def said(*frames: str, stream: TurnStream | None = None) -> list[dict[str, Any]]:
    """The messages that *frames* lead to, as the client reads them."""
    effects = after(*frames, stream=stream)
    return [json.loads(effect.text) for effect in effects if isinstance(effect, Say)]


def metadata(number: int, duration: int, characters: int) -> dict[str, Any]:
    """What is reported of a turn."""
    return {
        "speech_id": f"dg_sp_{number}",
        "audio_duration_ms": duration,
        "input_character_count": characters,
        "billable_character_count": characters,
        "controls_applied": {
            "pronunciations_applied": 0,
            "breaks_applied": 0,
            "pronunciation_warnings": 0,
        },
    }


def end_of(*frames: str, stream: TurnStream | None = None) -> tuple[dict[str, Any], HangUp]:
    """The error and the end that *frames* lead to."""
    *_, error, end = after(*frames, stream=stream)
    assert isinstance(error, Say)
    assert isinstance(end, HangUp)
    return error.message, end


# -- turns -----------------------------------------------------------------------------------------


@pytest.mark.rule("stream-v2-connected")
def test_the_first_message_names_the_request_and_its_model() -> None:
    assert a_stream().greeting(REQUEST_ID).message == {
        "type": "Connected",
        "request_id": REQUEST_ID,
        "model_name": "flux-haley-en",
        "model_version": STAND_IN_VERSION,
        "model_uuids": [VOICE.model_uuid],
    }


@pytest.mark.rule("stream-v2-turns", "stream-buffer")
def test_a_turn_starts_with_its_first_text_and_ends_with_its_metadata() -> None:
    stream = a_stream()
    assert after(speak(""), speak("Hello, "), stream=stream) == [
        Say({"type": "SpeechStarted", "speech_id": "dg_sp_1"})
    ]
    assert after(speak("world."), FLUSH, stream=stream) == [
        Say({"type": "Flushed", "speech_id": "dg_sp_1"}),
        Play("Hello, world.", 1.0),
        Say({"type": "SpeechMetadata", **metadata(1, 1000, 13)}),
    ]
    assert after(speak("Again"), stream=stream) == [
        Say({"type": "SpeechStarted", "speech_id": "dg_sp_2"})
    ]


@pytest.mark.rule("stream-v2-turns")
def test_a_flush_without_a_turn_is_warned_about() -> None:
    (warning,) = said(FLUSH)
    assert (warning["type"], warning["code"]) == ("Warning", "NO_ACTIVE_SPEECH")
    assert warning["description"]


@pytest.mark.rule("stream-v2-silence")
def test_a_turn_that_cannot_be_spoken_has_no_length() -> None:
    _, flushed, warning, end = said(speak(" ... "), FLUSH)
    assert (flushed["type"], warning["code"]) == ("Flushed", "NO_SYNTHESIZABLE_TEXT")
    assert end == {"type": "SpeechMetadata", **metadata(1, 0, 5)}


@pytest.mark.rule("stream-v2-close")
def test_a_close_completes_the_turn_and_sums_up() -> None:
    effects = after(speak("One"), FLUSH, speak("Three"), CLOSE)
    assert effects[-4:] == [
        Play("Three", 1.0),
        Say({"type": "SpeechMetadata", **metadata(2, 500, 5)}),
        Say(
            {
                "type": "SessionMetadata",
                "total_audio_duration_ms": 800,
                "total_input_character_count": 8,
                "total_billable_character_count": 8,
            }
        ),
        HangUp(1000),
    ]


def test_a_close_without_a_turn_sums_up_only() -> None:
    effects = after(CLOSE)
    assert [type(effect) for effect in effects] == [Say, HangUp]


# -- speed -----------------------------------------------------------------------------------------


@pytest.mark.rule("stream-v2-configure")
def test_a_new_speed_is_that_of_the_turns_that_begin_after_it() -> None:
    stream = a_stream(speed=0.5)
    assert Play("One", 0.5) in after(speak("One"), configure(1.25), FLUSH, stream=stream)
    assert Play("Two", 1.25) in after(speak("Two"), FLUSH, stream=stream)


@pytest.mark.rule("stream-v2-configure")
@pytest.mark.parametrize(
    ("opened", "frame", "applied"),
    [
        (None, configure(0.55), {"speed": 0.55}),
        (None, configure(1), {"speed": 1}),
        (1.5, '{"type":"Configure"}', {"speed": 1.5}),
        (None, configure(None), {}),
    ],
)
def test_what_is_applied_is_echoed(
    opened: float | None, frame: str, applied: dict[str, Any]
) -> None:
    assert said(frame, stream=a_stream(opened)) == [
        {"type": "ConfigureSuccess", "applied": applied}
    ]


@pytest.mark.rule("stream-v2-configure")
@pytest.mark.parametrize(
    ("speed", "code"),
    [
        (0.45, "SPEED_OUT_OF_RANGE"),
        (10**400, "SPEED_OUT_OF_RANGE"),
        (1.02, "SPEED_INCREMENT_INVALID"),
    ],
)
def test_a_speed_that_is_refused_changes_nothing(speed: float, code: str) -> None:
    stream = a_stream()
    (failure,) = said(configure(speed), stream=stream)
    assert failure.pop("description")
    assert failure == {"type": "ConfigureFailure", "code": code, "field": "speed", "value": speed}
    assert Play("Hi", 1.0) in after(speak("Hi"), FLUSH, stream=stream)


def test_a_speed_beyond_all_numbers_is_not_echoed() -> None:
    (failure,) = said('{"type":"Configure","speed":1e999}')
    assert failure["code"] == "SPEED_OUT_OF_RANGE"
    assert "value" not in failure


# -- interruptions ---------------------------------------------------------------------------------


@pytest.mark.rule("stream-v2-interrupt")
def test_an_interrupt_tells_what_was_heard() -> None:
    stream = a_stream()
    after(speak("abcde"), FLUSH, speak("fghij"), FLUSH, stream=stream)
    assert said(interrupt(750), stream=stream) == [
        {
            "type": "SpeechInterrupted",
            "audio_played_ms": 750,
            "text_spoken": "fg",
            "text_remaining": "hij",
            "metadata": metadata(2, 500, 5),
        }
    ]
    assert said(CLOSE, stream=stream)[0]["total_audio_duration_ms"] == 750


@pytest.mark.rule("stream-v2-interrupt")
def test_without_an_offset_all_was_played_and_nothing_is_split() -> None:
    stream = a_stream()
    after(speak("abcde"), FLUSH, stream=stream)
    assert said(INTERRUPT, stream=stream) == [
        {"type": "SpeechInterrupted", "audio_played_ms": 500, "metadata": metadata(1, 500, 5)}
    ]


@pytest.mark.rule("stream-v2-interrupt")
def test_text_that_was_not_flushed_is_dropped_unheard() -> None:
    stream = a_stream()
    after(speak("abcde"), FLUSH, speak("never"), stream=stream)
    (interrupted,) = said(interrupt(500), stream=stream)
    assert (interrupted["text_spoken"], interrupted["text_remaining"]) == ("", "never")
    assert interrupted["metadata"] == metadata(2, 0, 5)
    assert said(FLUSH, stream=stream)[0]["code"] == "NO_ACTIVE_SPEECH"
    assert said(CLOSE, stream=stream)[0]["total_input_character_count"] == 10


def test_an_offset_beyond_the_audio_is_echoed_and_counts_as_all_of_it() -> None:
    stream = a_stream()
    after(speak("abcde"), FLUSH, stream=stream)
    (interrupted,) = said(interrupt(10**400), stream=stream)
    assert (interrupted["audio_played_ms"], interrupted["text_spoken"]) == (10**400, "abcde")
    assert said(CLOSE, stream=stream)[0]["total_audio_duration_ms"] == 500


@pytest.mark.rule("stream-v2-interrupt")
@pytest.mark.parametrize("again", [interrupt(200), interrupt(0), INTERRUPT])
def test_an_interrupt_must_advance(again: str) -> None:
    stream = a_stream()
    after(speak("abcde"), FLUSH, interrupt(200), stream=stream)
    (warning,) = said(again, stream=stream)
    assert warning["code"] == "INVALID_INTERRUPT_OFFSET"


@pytest.mark.parametrize("frames", [(), (speak("Hello"),), (speak("..."), FLUSH)])
def test_without_audio_there_is_nothing_to_interrupt(frames: tuple[str, ...]) -> None:
    *_, warning = said(*frames, INTERRUPT)
    assert warning["code"] == "NO_AUDIO_GENERATED"


# -- ends ------------------------------------------------------------------------------------------


@pytest.mark.rule("stream-v2-error")
@pytest.mark.parametrize(
    ("frame", "code", "reason"),
    [
        (b"", 1003, "MESSAGE-0000"),
        ('{"type":"Clear"}', 1008, "DATA-0000"),
        ('{"type":"Speak"}', 1008, "DATA-0000"),
        (configure("fast"), 1008, "DATA-0000"),
        (configure(True), 1008, "DATA-0000"),
        (interrupt(-1), 1008, "DATA-0000"),
        (interrupt(True), 1008, "DATA-0000"),
        (interrupt(1.5), 1008, "DATA-0000"),
        ('{"type":"Interrupt","playback_offset":7}', 1008, "DATA-0000"),
        (" " * (2 * 1024 * 1024 + 1), 1009, "BIG-0000"),
    ],
)
def test_what_ends_the_session_is_told_first(frame: str | bytes, code: int, reason: str) -> None:
    error, end = after(frame)
    assert error == Say({"type": "Error", "code": reason, "description": DESCRIPTIONS[reason]})
    assert isinstance(end, HangUp)
    assert (end.code, end.reason) == (code, reason)


@pytest.mark.rule("stream-v2-pauses")
def test_a_pause_ends_the_session_even_if_it_comes_in_parts() -> None:
    *_, error, end = after(speak("One {pau"), speak("se:500ms} two"))
    assert isinstance(error, Say)
    assert error.message["code"] == "DATA-0002"
    assert isinstance(end, HangUp)
    assert (end.code, end.reason) == (1008, "DATA-0002")


@pytest.mark.rule("stream-unspoken-limit")
def test_only_so_much_text_may_wait_for_a_flush() -> None:
    stream = a_stream()
    assert after(speak("a" * 20_000), speak(""), stream=stream)[1:] == []
    *_, end = after(speak("a"), stream=stream)
    assert isinstance(end, HangUp)
    assert end.reason == "BIG-0000"


@pytest.mark.rule("stream-v2-idle")
def test_a_minute_in_which_nothing_is_said_ends_the_session() -> None:
    stream = a_stream()
    assert stream.limit == (IDLE, SILENT)
    stream.receive(FLUSH, 30 * SECOND)
    assert stream.limit == (90 * SECOND, SILENT)
    error, end = stream.end(SILENT)
    assert isinstance(error, Say)
    assert error.message["code"] == "NET-0004"
    assert end == SILENT
    assert SILENT.code == 1011


@pytest.mark.rule("stream-v2-ping")
def test_a_sign_of_life_is_as_good_as_a_message() -> None:
    stream = a_stream()
    stream.sign_of_life(59 * SECOND)
    assert stream.limit == (119 * SECOND, SILENT)
    stream.sign_of_life(3590 * SECOND)
    assert stream.limit == (3600 * SECOND, TIME_IS_UP)


@pytest.mark.rule("stream-v2-unreadable")
@pytest.mark.parametrize("frame", ["", "{", "[]", "Hi", '"Flush"', '{"type":NaN}', "[" * 100_000])
def test_what_is_no_json_object_ends_the_session_by_a_code_of_its_own(frame: str) -> None:
    error, end = after(frame)
    description = DESCRIPTIONS["MESSAGE-0000"]
    assert error == Say({"type": "Error", "code": "MESSAGE-0000", "description": description})
    assert end == NOT_JSON


def test_the_hour_comes_for_those_who_talk_as_well() -> None:
    stream = a_stream()
    stream.receive(FLUSH, 3590 * SECOND)
    assert stream.limit == (3600 * SECOND, TIME_IS_UP)


def test_an_end_without_a_code_of_the_service_is_not_told() -> None:
    gone = HangUp(1006)
    assert a_stream().end(gone) == [gone]
    assert NO_COMMAND.reason in DESCRIPTIONS


# -- combinations ----------------------------------------------------------------------------------


@pytest.mark.rule("stream-v2-combinations")
@pytest.mark.parametrize("cut", [0, 1, 2, 10, len(BASIL) - 1])
def test_a_pronunciation_ends_a_session_with_another_speed_as_soon_as_it_is_there(cut: int) -> None:
    frames = (speak("Take " + BASIL[:cut]), speak(BASIL[cut:]))
    for stream, before in ((a_stream(1.5), ()), (a_stream(), (configure(0.5),))):
        error, end = end_of(*before, *frames, stream=stream)
        assert (error["code"], end) == ("DATA-0002", NO_COMBINATION)
        assert error["description"] == "Pronunciation cannot be combined with speed."
        assert (end.code, end.reason) == (1008, "DATA-0002")


@pytest.mark.rule("stream-v2-combinations")
def test_a_pronunciation_that_hides_behind_a_brace_ends_it_with_the_flush() -> None:
    marker = control("a}b", "c")
    stream = a_stream(1.5)
    assert len(after(speak(marker[:15]), speak(marker[15:]), stream=stream)) == 1
    assert end_of(FLUSH, stream=stream)[1] == NO_COMBINATION
    stream = a_stream(1.5)
    after(speak(marker[:15]), speak(marker[15:]), stream=stream)
    assert after(CLOSE, stream=stream)[-1] == NO_COMBINATION


@pytest.mark.rule("stream-v2-combinations")
@pytest.mark.parametrize("speed", [None, 1.0])
def test_a_speed_of_one_is_none(speed: float | None) -> None:
    *_, ended = said(configure(1.0), speak(TEXT), configure(1), FLUSH, stream=a_stream(speed))
    assert ended["controls_applied"]["pronunciations_applied"] == 1


@pytest.mark.rule("stream-v2-combinations")
def test_a_speed_is_refused_while_a_turn_with_a_pronunciation_waits() -> None:
    stream = a_stream()
    *_, failure = said(speak(TEXT), configure(1.2), stream=stream)
    assert failure.pop("description")
    assert failure == {
        "type": "ConfigureFailure",
        "code": "CONTROL_COMBINATION_INVALID",
        "field": "speed",
        "value": 1.2,
    }
    *_, after_the_flush = said(FLUSH, configure(1.2), stream=stream)
    assert after_the_flush == {"type": "ConfigureSuccess", "applied": {"speed": 1.2}}


@pytest.mark.rule("stream-v2-combinations")
@pytest.mark.parametrize("first", [speak("Hello"), FLUSH])
def test_a_turn_without_one_stands_in_no_speeds_way(first: str) -> None:
    stream = a_stream()
    after(speak(TEXT), FLUSH, stream=stream)
    assert said(first, configure(1.2), stream=stream)[-1]["type"] == "ConfigureSuccess"


@pytest.mark.rule("stream-v2-configure")
@pytest.mark.parametrize(
    ("speed", "code", "description"),
    [
        (1.55, "SPEED_OUT_OF_RANGE", "'speed' must be between 0.5 and 1.5"),
        (1.07, "SPEED_INCREMENT_INVALID", "'speed' must be provided in increments of 0.05"),
    ],
)
def test_a_refused_speed_is_told_in_the_words_of_the_service(
    speed: float, code: str, description: str
) -> None:
    (failure,) = said(configure(speed))
    assert (failure["code"], failure["description"]) == (code, description)


# -- what a frame costs ----------------------------------------------------------------------------


def test_a_text_costs_the_same_however_long_its_turn_is(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []

    class Piece(str):
        """A text that notes to how many characters it is appended."""

        __slots__ = ()

        def __radd__(self, before: str) -> str:
            lengths.append(len(before))
            return before + str(self)

    monkeypatch.setattr(turn_stream, "spoken_in", lambda message: Piece(message["text"]))
    stream = a_stream()
    after(*[speak("Hello ")] * 1000, stream=stream)
    assert len(lengths) == 1000
    assert max(lengths) < 10
    assert after(FLUSH, stream=stream)[1] == Play("Hello " * 1000)


@pytest.mark.parametrize("cut", range(1, 7))
def test_a_pause_is_seen_however_it_is_cut(cut: int) -> None:
    pause = "{pause:"
    heard = said(speak("Hello"), speak(pause[:cut]), speak(""), speak(pause[cut:] + "1}"))
    assert heard[-1]["code"] == "DATA-0002"
    in_turns = said(speak(pause[:cut]), FLUSH, speak(pause[cut:] + "1}"))
    assert "DATA-0002" not in [each.get("code") for each in in_turns]


def test_an_interrupt_that_is_refused_leaves_the_turn_as_it_was() -> None:
    stream = a_stream()
    after(speak("Hello "), INTERRUPT, speak("world"), stream=stream)
    assert after(FLUSH, stream=stream)[1] == Play("Hello world")
