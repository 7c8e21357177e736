"""Controls in the text of a Flux session, frame by frame."""

import pytest

from ringback.core.stream.flux import NO_PAUSE
from ringback.core.stream.stream import Play
from tests.unit.core.request.test_controls import control
from tests.unit.core.stream.test_flux import (
    CLOSE,
    FLUSH,
    after,
    end_of,
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
