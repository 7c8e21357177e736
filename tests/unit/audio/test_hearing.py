"""A sound is recognised by ear after what happens to sounds on their way."""

import random
import struct
from collections.abc import Callable, Iterable
from operator import add

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.audio import g711, pcm
from ringback.audio.fingerprint import fingerprint
from ringback.audio.hearing import read_pcm
from ringback.audio.pace import symbols_in
from ringback.audio.reading import Reading
from ringback.audio.symbols import BLOCK, SILENCE, SYNC, spell
from ringback.core.request.encodings import Encoding
from tests.unit.audio.matching import matches

VOICE = "aura-2-thalia-en"
LONG = "Hello, how can I help you today? It is a fine day."
SHORT = "Hello"
RATE = 8000


def spelled(text: str) -> bytes:
    return spell(fingerprint(text, VOICE, 1.0), symbols_in(text, 1.0))


def played(symbols: bytes, rate: int = RATE) -> bytes:
    return b"".join(pcm.pieces(symbols, rate))


def sound(text: str, rate: int = RATE) -> bytes:
    return played(spelled(text), rate)


def heard(samples: bytes, rate: int = RATE) -> Reading:
    (reading,) = read_pcm(samples, rate)
    return reading


def values_of(samples: bytes) -> list[int]:
    return [value for (value,) in struct.iter_unpack("<h", samples)]


def samples_of(values: Iterable[float]) -> bytes:
    clipped = [max(-32768, min(32767, round(value))) for value in values]
    return struct.pack(f"<{len(clipped)}h", *clipped)


def softened(samples: bytes, times: int = 8) -> bytes:
    return samples_of(value / times for value in values_of(samples))


def clipped(samples: bytes) -> bytes:
    return samples_of(value * 8 for value in values_of(samples))


def noise(count: int, height: float, seed: int = 1) -> list[float]:
    source = random.Random(seed)
    return [source.gauss(0, height) for _ in range(count)]


def with_noise_as_loud_as_itself(samples: bytes) -> bytes:
    added = noise(len(samples) // 2, pcm.AMPLITUDE / 2**0.5)
    return samples_of(map(add, values_of(samples), added))


def with_silence_around(samples: bytes) -> bytes:
    return bytes(2 * 3333) + samples + bytes(4000)


def through_a_telephone(samples: bytes) -> bytes:
    compressed = bytes(map(g711.to_alaw, values_of(samples)))
    return g711.linear(compressed, Encoding.ALAW)


@settings(max_examples=15)
@given(st.text(min_size=25, max_size=60).filter(lambda text: symbols_in(text, 1.0) > 0))
def test_the_fingerprint_of_any_text_is_heard(text: str) -> None:
    reading = heard(sound(text))
    assert reading.fingerprint == fingerprint(text, VOICE, 1.0)
    assert reading.complete


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100, 48000])
def test_a_sound_is_heard_at_every_rate(rate: int) -> None:
    reading = heard(sound(LONG, rate), rate)
    assert matches(reading, LONG, VOICE, 1.0)
    assert reading.complete


@pytest.mark.parametrize(
    "change",
    [softened, clipped, with_noise_as_loud_as_itself, with_silence_around, through_a_telephone],
)
def test_a_sound_is_heard_whole_after(change: Callable[[bytes], bytes]) -> None:
    reading = heard(change(sound(LONG)))
    assert reading.fingerprint == fingerprint(LONG, VOICE, 1.0)
    assert reading.complete


@pytest.mark.parametrize("lead", range(0, 640, 80))
def test_a_sound_is_heard_whole_whenever_it_begins(lead: int) -> None:
    assert heard(bytes(2 * lead) + sound(LONG)).complete


@pytest.mark.parametrize("lead", [0, 80, 160])
def test_a_soft_symbol_is_heard_beside_a_loud_one(lead: int) -> None:
    symbols = pcm.pieces(spelled(LONG)[:BLOCK], RATE)
    uneven = [softened(samples, 6) if at % 2 else samples for at, samples in enumerate(symbols)]
    assert matches(heard(bytes(2 * lead) + b"".join(uneven)), LONG, VOICE, 1.0)


def test_an_echo_of_the_last_tone_is_silence() -> None:
    symbols = spelled(LONG)
    assert heard(played(symbols[:-1]) + softened(played(symbols[-2:-1]))).complete


def test_a_last_silence_filled_with_what_would_follow_is_no_part_of_the_sound() -> None:
    symbols = spelled(LONG)
    spilt = symbols[(len(symbols) - 1) % BLOCK :][:1]
    reading = heard(played(symbols[:-1]) + softened(played(spilt), 2))
    assert (reading.symbols, reading.complete) == (symbols, True)


@pytest.mark.parametrize("lost", [0.05, 0.1, 0.37, 0.9])
def test_a_sound_that_lost_its_beginning_is_known_and_incomplete(lost: float) -> None:
    reading = heard(sound(LONG)[2 * round(lost * RATE) :])
    assert reading.fingerprint == fingerprint(LONG, VOICE, 1.0)
    assert not reading.complete


def test_a_sound_that_lost_its_end_is_known_and_incomplete() -> None:
    reading = heard(sound(LONG)[: 2 * 2 * RATE])
    assert matches(reading, LONG, VOICE, 1.0)
    assert not reading.complete


def test_a_short_sound_matches_its_text_only() -> None:
    reading = heard(sound(SHORT))
    assert reading.fingerprint is None
    assert reading.complete
    assert matches(reading, SHORT, VOICE, 1.0)
    assert not matches(reading, "Howdy", VOICE, 1.0)


def test_a_short_sound_without_its_end_is_incomplete() -> None:
    reading = heard(sound(SHORT)[: -2 * 640])
    assert not reading.complete
    assert matches(reading, SHORT, VOICE, 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_noise_says_nothing(seed: int) -> None:
    assert read_pcm(samples_of(noise(3 * RATE, 3000, seed)), RATE) == []


def test_silence_says_nothing() -> None:
    assert read_pcm(b"", RATE) == []
    assert read_pcm(bytes(2 * RATE), RATE) == []


def test_a_sound_that_begins_within_a_block_is_incomplete() -> None:
    block, length = spelled(LONG)[:BLOCK], len(spelled(LONG))
    rotated = (block * 3)[1:length] + bytes([SILENCE])
    assert len(rotated) == length
    assert not heard(played(rotated)).complete


def test_a_block_that_opens_with_another_tone_says_nothing() -> None:
    hidden = values_of(softened(played(bytes([SYNC]))))
    opening = samples_of(map(add, values_of(played(bytes([5]))), hidden))
    assert read_pcm((opening + played(spelled(LONG)[1:BLOCK])) * 2, RATE) == []


def test_a_block_that_its_repetitions_contradict_is_a_sound_of_its_own() -> None:
    block = spelled(LONG)[:BLOCK]
    others = played(bytes([(symbol + 3) % SYNC for symbol in block] * 2))
    reading = heard(played(block) + softened(others))
    assert reading.fingerprint == fingerprint(LONG, VOICE, 1.0)
    assert not reading.complete


@pytest.mark.parametrize(
    "symbols",
    [
        pytest.param(bytes([5] * 40), id="no block begins"),
        pytest.param(bytes([SYNC] + [1] * 16) * 2, id="the check fails"),
        pytest.param(bytes([SYNC, *range(16), 4, 3, 1] * 4), id="blocks of another length"),
        pytest.param(bytes([4, 7, 1]), id="too short to tell"),
    ],
)
def test_tones_that_spell_nothing_say_nothing(symbols: bytes) -> None:
    assert read_pcm(played(symbols), RATE) == []


def test_a_rate_too_low_for_our_tones_says_nothing() -> None:
    assert read_pcm(bytes(4000), 5799) == []
    assert read_pcm(bytes(4000), 0) == []
