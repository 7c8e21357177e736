"""A turn, and what the turns of a session come to."""

import pytest

from ringback.core.request.script import Script
from ringback.core.stream.turns import Totals, Turn

TURN = Turn("dg_sp_1", 1.0, 1000, "0123456789++", Script("0123456789", 2, doubtful=1), 500)


@pytest.mark.rule("stream-v2-pronunciations")
def test_a_turn_reports_what_was_said_what_is_billed_and_what_was_obeyed() -> None:
    assert TURN.metadata == {
        "speech_id": "dg_sp_1",
        "audio_duration_ms": 500,
        "input_character_count": 12,
        "billable_character_count": 10,
        "controls_applied": {
            "pronunciations_applied": 2,
            "breaks_applied": 0,
            "pronunciation_warnings": 1,
        },
    }


@pytest.mark.rule("stream-v2-interrupt")
@pytest.mark.parametrize(
    ("offset", "heard"),
    [
        (0, ""),
        (1000, ""),
        (1249, "0123"),
        (1250, "01234"),
        (1500, "0123456789"),
        (9999, "0123456789"),
    ],
)
def test_a_turn_is_divided_in_what_is_heard_of_it(offset: int, heard: str) -> None:
    assert TURN.divided_at(offset) == (heard, "0123456789".removeprefix(heard))


def test_nothing_was_heard_of_a_turn_without_audio() -> None:
    assert Turn("dg_sp_1", 1.0, 0, "ab", Script("ab")).divided_at(99) == ("", "ab")


@pytest.mark.rule("stream-v2-close")
def test_turns_are_summed_up() -> None:
    silent = Turn("dg_sp_2", 1.0, 1500, "...", Script("..."))
    assert not Totals().with_turn(silent).generated
    totals = Totals().with_turn(TURN).with_turn(silent)
    assert totals == Totals(audio=500, characters=15, billable=13, generated=True)
    assert totals.metadata == {
        "total_audio_duration_ms": 500,
        "total_input_character_count": 15,
        "total_billable_character_count": 13,
    }
