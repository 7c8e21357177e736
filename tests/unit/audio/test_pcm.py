"""Samples are whole tones that join without a click, the same on every machine."""

import math
import struct

import pytest

from ringback.audio.pcm import AMPLITUDE, CYCLES, cycles, pieces, sounds
from ringback.audio.symbols import SILENCE, SYNC, TONES

RATES = [8000, 16000, 22050, 24000, 32000, 44100, 48000]


@pytest.mark.parametrize("rate", RATES)
def test_each_symbol_lasts_80_ms(rate: int) -> None:
    assert {len(sound) for sound in sounds(rate)} == {2 * rate * 80 // 1000}


@pytest.mark.parametrize("rate", RATES)
def test_each_tone_has_its_frequency_and_its_height(rate: int) -> None:
    for tone, cycle in zip(TONES, cycles(rate), strict=False):
        wave = [AMPLITUDE * math.sin(2 * math.pi * tone * at / rate) for at in range(len(cycle))]
        assert cycle == pytest.approx(wave, abs=0.51)


@pytest.mark.parametrize("rate", RATES)
def test_no_sample_is_so_near_a_tie_that_another_machine_could_round_it_otherwise(
    rate: int,
) -> None:
    span = rate // 50
    exact = (AMPLITUDE * math.sin(2 * math.pi * step / span) for step in range(span))
    assert min(abs(value % 1 - 0.5) for value in exact) > 1e-4


def test_samples_are_little_endian_and_repeat_within_the_symbol() -> None:
    cycle = struct.pack("<160h", *cycles(8000)[SYNC])
    assert sounds(8000)[SYNC] == cycle * CYCLES


def test_silence_is_zeros() -> None:
    assert not any(sounds(24000)[SILENCE])


def test_symbols_become_their_sounds_in_order() -> None:
    first, second, silent = pieces(bytes([SYNC, 3, SILENCE]), 8000)
    assert (first, second, silent) == tuple(sounds(8000)[at] for at in (SYNC, 3, SILENCE))


def test_no_symbols_are_no_samples() -> None:
    assert pieces(b"", 24000) == []


def test_all_sounds_of_a_rate_differ() -> None:
    assert len(set(sounds(8000))) == len(TONES) + 1
