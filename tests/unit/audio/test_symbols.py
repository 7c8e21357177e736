"""A sound spells its fingerprint and its length, block after block, and ends in silence."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.checksum import crc8
from ringback.audio.symbols import BLOCK, SILENCE, SYMBOL, SYNC, TONES, spell
from ringback.core.base.duration import SECOND

fingerprints = st.integers(0, 2**48 - 1)


def test_a_block_is_sync_fingerprint_length_check() -> None:
    block = spell(0x0123_4567_89AB, 0x12)[:BLOCK]
    check = crc8(bytes.fromhex("0123456789ab12"))
    assert list(block) == [SYNC, *range(12), 1, 2, check >> 4, check & 15]


@given(fingerprints, st.integers(1, 700))
def test_a_sound_has_the_length_that_was_asked(fingerprint: int, length: int) -> None:
    assert len(spell(fingerprint, length)) == length


@given(fingerprints, st.integers(1, 700))
def test_only_the_last_symbol_is_silent(fingerprint: int, length: int) -> None:
    assert spell(fingerprint, length).index(SILENCE) == length - 1


@given(fingerprints, st.integers(BLOCK + 2, 700))
def test_blocks_repeat_until_the_end(fingerprint: int, length: int) -> None:
    sounding = spell(fingerprint, length)[:-1]
    assert sounding[BLOCK:] == sounding[:-BLOCK]


def test_the_length_is_spelled_modulo_256() -> None:
    assert spell(7, 256 + 40)[13:15] == spell(7, 40)[13:15]


def test_no_symbols_are_no_sound() -> None:
    assert spell(7, 0) == b""


def test_tones_are_apart_and_within_what_a_telephone_carries() -> None:
    assert len(TONES) == SYNC + 1
    assert {high - low for low, high in pairwise(TONES)} == {150}
    assert TONES[0] > 300
    assert TONES[-1] < 3400


def test_each_symbol_holds_whole_periods_of_each_tone() -> None:
    assert all(tone * SYMBOL % SECOND == 0 for tone in TONES)
