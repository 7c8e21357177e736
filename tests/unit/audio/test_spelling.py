"""What a text sounds as, where silences divide it."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.fingerprint import fingerprint
from ringback.audio.pace import symbols_in
from ringback.audio.spelling import divided, lengths_in, symbols_of
from ringback.audio.symbols import LEAST, SILENCE, SYMBOL, spell
from ringback.core.base.duration import SECOND
from ringback.core.request.script import Silence
from tests.assets.audio_cells import VOICE

TEXT = "Your number is 4 7 2. Is there anything else?"
PAUSES = (Silence(21, 1000),)
MILLISECONDS = st.integers(5, 30).map(lambda tenths: tenths * 100)


def silent_stretches(symbols: bytes) -> list[int]:
    """How many milliseconds each silence in *symbols* lasts."""
    runs = [(symbol, len(list(run))) for symbol, run in groupby(symbols)]
    return [count * SYMBOL * 1000 // SECOND for symbol, count in runs if symbol == SILENCE]


def test_without_silences_a_text_is_one_sound() -> None:
    whole = spell(fingerprint(TEXT, VOICE, 1.0), symbols_in(TEXT, 1.0))
    assert symbols_of(TEXT, VOICE, 1.0) == symbols_of(TEXT, VOICE, 1.0, ()) == whole
    assert lengths_in(TEXT, 1.0) == (len(whole),)


@pytest.mark.rule("flux-pauses")
def test_a_silence_divides_a_text_into_sounds_that_name_the_same_request() -> None:
    said = fingerprint(TEXT, VOICE, 1.0, PAUSES)
    first, second = lengths_in(TEXT, 1.0, PAUSES)
    silence = bytes([SILENCE])
    spelt = spell(said, first) + silence * 11 + spell(said, second)  # a second is 12.5 symbols
    assert symbols_of(TEXT, VOICE, 1.0, PAUSES) == spelt


@pytest.mark.rule("flux-pauses")
@given(MILLISECONDS, st.floats(0.5, 1.15).map(lambda speed: round(speed, 2)))
def test_a_silence_lasts_as_long_as_was_asked_for_at_any_speed(lasts: int, speed: float) -> None:
    symbols = symbols_of(TEXT, VOICE, speed, (Silence(21, lasts),))
    between, at_the_end = silent_stretches(symbols)
    assert abs(between - lasts) <= 40
    assert at_the_end == 80


@pytest.mark.rule("flux-pauses")
def test_silences_may_begin_and_end_a_text() -> None:
    silences = (Silence(0, 500), Silence(len(TEXT), 3000))
    symbols = symbols_of(TEXT, VOICE, 1.0, silences)
    assert symbols.startswith(bytes([SILENCE]) * 6)
    assert silent_stretches(symbols) == [480, 3040]
    assert lengths_in(TEXT, 1.0, silences) == (symbols_in(TEXT, 1.0),)


def test_a_part_that_cannot_be_spoken_makes_no_sound() -> None:
    silences = (Silence(3, 500), Silence(6, 500))
    assert divided("One...two", silences) == ["One", "...", "two"]
    assert len(lengths_in("One...two", 1.0, silences)) == 2
    assert symbols_of("...", VOICE, 1.0, (Silence(1, 500),)) == b""


def test_silences_tell_requests_apart() -> None:
    others = [(), PAUSES, (Silence(21, 1100),), (Silence(20, 1000),), PAUSES * 2]
    assert len({fingerprint(TEXT, VOICE, 1.0, each) for each in others}) == len(others)


def test_each_part_is_long_enough_to_be_known() -> None:
    assert symbols_in("No", 1.15) < LEAST + 1
    assert lengths_in("No, no", 1.15, (Silence(3, 500),)) == (LEAST + 1, LEAST + 1)
