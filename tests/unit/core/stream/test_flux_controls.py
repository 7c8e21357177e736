"""Controls in the text of a Flux session, frame by frame."""

from typing import Any

import pytest

from ringback.core.stream.flux import NO_COMBINATION, NO_PAUSE, TurnStream
from ringback.core.stream.stream import HangUp, Play, Say
from tests.unit.core.request.test_controls import control
from tests.unit.core.stream.test_flux import (
    CLOSE,
    FLUSH,
    a_stream,
    after,
    configure,
    interrupt,
    said,
    speak,
)

BASIL = control("basil", "bæzəl")
TEXT = f"Take {BASIL} twice."
HEARD = "Take basil twice."


def applied(pronunciations: int, warnings: int = 0) -> dict[str, int]:
    """What is reported of a turn's controls."""
    return {
        "pronunciations_applied": pronunciations,
        "breaks_applied": 0,
        "pronunciation_warnings": warnings,
    }


def end_of(*frames: str, stream: TurnStream | None = None) -> tuple[dict[str, Any], HangUp]:
    """The error and the end that *frames* lead to."""
    *_, error, end = after(*frames, stream=stream)
    assert isinstance(error, Say)
    assert isinstance(end, HangUp)
    return error.message, end


@pytest.mark.rule("stream-v2-pronunciations")
def test_a_turn_speaks_its_words_and_reports_what_it_obeyed() -> None:
    assert after(speak(TEXT), FLUSH)[2] == Play(HEARD)
    messages = said(speak(TEXT), FLUSH)
    assert [each["type"] for each in messages] == ["SpeechStarted", "Flushed", "SpeechMetadata"]
    assert messages[-1]["input_character_count"] == len(TEXT)
    assert messages[-1]["billable_character_count"] == len(HEARD)
    assert messages[-1]["controls_applied"] == applied(1)
    assert messages[-1]["audio_duration_ms"] == 1400  # of letters


@pytest.mark.rule("stream-v2-pronunciations", "stream-v2-close")
def test_a_session_sums_up_what_is_billable() -> None:
    *_, totals = said(speak(TEXT), FLUSH, speak("Hello"), CLOSE)
    assert totals["total_input_character_count"] == len(TEXT) + 5
    assert totals["total_billable_character_count"] == len(HEARD) + 5


@pytest.mark.rule("stream-v2-pronunciations")
@pytest.mark.parametrize("cut", range(1, len(BASIL)))
def test_a_pronunciation_may_come_in_pieces(cut: int) -> None:
    *_, play, _ = after(speak("Take " + BASIL[:cut]), speak(BASIL[cut:] + " twice."), FLUSH)
    assert play == Play(HEARD)


@pytest.mark.rule("stream-v2-pronunciations")
def test_what_is_doubtful_is_warned_of_before_the_audio_and_counted() -> None:
    text = control("a", "5") + control("b", "c" * 16) + control("d", "e")
    *_, first, second, ended = said(speak(text), FLUSH)
    assert [first["type"], second["type"]] == ["Warning", "Warning"]
    assert {first["code"], second["code"]} == {"PRONUNCIATION_TOO_LONG", "PRONUNCIATION_WARNINGS"}
    assert first["description"]
    assert ended["controls_applied"] == applied(2, 2)


@pytest.mark.rule("stream-v2-pronunciations", "stream-v2-interrupt")
def test_an_interrupt_divides_what_is_heard() -> None:
    *_, interrupted = said(speak(TEXT), FLUSH, interrupt(700))
    assert interrupted["text_spoken"] + interrupted["text_remaining"] == HEARD
    assert interrupted["metadata"]["controls_applied"] == applied(1)


@pytest.mark.rule("stream-v2-pronunciations", "stream-v2-interrupt")
def test_a_turn_that_is_dropped_is_reported_with_its_controls() -> None:
    *_, interrupted = said(speak("Hello"), FLUSH, speak(TEXT), interrupt(100))
    assert interrupted["metadata"]["billable_character_count"] == len(HEARD)
    assert interrupted["metadata"]["controls_applied"] == applied(1)


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
    assert ended["controls_applied"] == applied(1)


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


# -- pauses ----------------------------------------------------------------------------------------


@pytest.mark.rule("stream-v2-pauses")
@pytest.mark.parametrize("pause", [r"\{pause:500ms\}", "{pause:{duration_ms:500}}", "{pause:1s}"])
def test_a_pause_in_any_form_ends_the_session(pause: str) -> None:
    error, end = end_of(speak(f"One {pause} two"))
    assert (error["code"], end) == ("DATA-0002", NO_PAUSE)
    assert error["description"] == "Inline pause controls are not supported while streaming."


@pytest.mark.rule("stream-v2-pauses")
def test_a_pause_behind_half_a_pronunciation_ends_it_too() -> None:
    assert end_of(speak(r'\{"word": '), speak("{pa"), speak("use:1s"))[1] == NO_PAUSE
