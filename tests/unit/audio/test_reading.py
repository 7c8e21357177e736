"""Symbols are understood when they spell something of ours, and matched as far as they go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.fingerprint import fingerprint
from ringback.audio.pace import symbols_in
from ringback.audio.reading import Reading, read_block, understand
from ringback.audio.symbols import BLOCK, SILENCE, SYNC, spell
from tests.unit.audio.matching import matches

VOICE = "aura-2-thalia-en"
LONG = "Hello, how can I help you today? It is a fine day."


def spelled(text: str, speed: float = 1.0) -> bytes:
    return spell(fingerprint(text, VOICE, speed), symbols_in(text, speed))


def reading(symbols: bytes) -> Reading:
    understood = understand(symbols)
    assert understood is not None
    return understood


speakable = st.text(min_size=1).filter(lambda text: symbols_in(text, 1.0) > 0)


@given(speakable)
def test_any_text_is_complete_and_matches(text: str) -> None:
    read = reading(spelled(text))
    assert read.complete
    assert matches(read, text, VOICE, 1.0)
    assert read.fingerprint in (fingerprint(text, VOICE, 1.0), None)


@given(speakable, st.data())
def test_a_beginning_matches_and_is_incomplete(text: str, data: st.DataObject) -> None:
    symbols = spelled(text)
    read = reading(symbols[: data.draw(st.integers(1, len(symbols) - 1))])
    assert matches(read, text, VOICE, 1.0)
    assert not read.complete


def test_a_sound_as_long_as_a_block_has_no_whole_block() -> None:
    text = "x" * 21
    assert symbols_in(text, 1.0) == BLOCK
    assert reading(spelled(text)) == Reading(spelled(text), None, complete=True)


def test_one_block_is_enough_for_a_fingerprint() -> None:
    symbols = spelled(LONG)
    assert reading(symbols[:BLOCK]).fingerprint == fingerprint(LONG, VOICE, 1.0)
    assert reading(symbols[: BLOCK - 1]).fingerprint is None


@pytest.mark.parametrize("size", [BLOCK, BLOCK - 1, 6])
def test_another_text_voice_or_speed_does_not_match(size: int) -> None:
    read = reading(spelled(LONG)[:size])
    assert not matches(read, LONG + ".", VOICE, 1.0)
    assert not matches(read, LONG, "aura-2-apollo-en", 1.0)
    assert not matches(read, LONG, VOICE, 1.1)


def test_a_complete_sound_does_not_match_one_that_ends_alike() -> None:
    end = spelled(LONG)[-2:]
    assert end == bytes([SYNC, SILENCE])
    assert reading(end).complete
    assert not matches(reading(end), LONG, VOICE, 1.0)


def test_a_sound_put_together_from_two_is_not_complete() -> None:
    first, second = spelled(LONG), spelled(LONG[::-1])
    mixed = reading(first[:BLOCK] + second[BLOCK:])
    assert mixed.fingerprint == fingerprint(LONG, VOICE, 1.0)
    assert not mixed.complete


@pytest.mark.parametrize(
    "symbols",
    [
        b"",
        bytes([SILENCE]),
        bytes([3, SYNC]),
        bytes([SYNC] * BLOCK),
        bytes([SYNC] + [1] * 15 + [SYNC]),
        bytes([SYNC] + [SILENCE] * 15 + [1]),
        bytes([SYNC] + [1] * 16),  # a check that fails
    ],
)
def test_symbols_that_spell_nothing_are_not_understood(symbols: bytes) -> None:
    assert understand(symbols) is None


def test_a_block_says_fingerprint_and_length() -> None:
    assert read_block(spell(0x0123_4567_89AB, 300)[1:BLOCK]) == (0x0123_4567_89AB, 300 % 256)
