"""Samples keep their length and their shape at another rate."""

import math
import struct

import pytest

from ringback.audio.resampling import resampled

RATES = [8000, 16000, 24000, 32000, 44100, 48000]


def wave(rate: int, pitch: int = 400, count: int | None = None) -> bytes:
    count = rate // 10 if count is None else count
    values = [round(8000 * math.sin(2 * math.pi * pitch * at / rate)) for at in range(count)]
    return struct.pack(f"<{count}h", *values)


@pytest.mark.parametrize("to", RATES)
def test_a_tone_is_the_same_tone_at_another_rate(to: int) -> None:
    made = struct.unpack(f"<{to // 10}h", resampled(wave(16000), 16000, to))
    wanted = struct.unpack(f"<{to // 10}h", wave(to))
    pairs = [*zip(made, wanted, strict=True)][10:-10]
    assert max(abs(one - two) for one, two in pairs) < 120


def test_the_same_rate_is_no_change() -> None:
    samples = wave(16000)
    assert resampled(samples, 16000, 16000) is samples


def test_what_a_lower_rate_cannot_carry_is_gone() -> None:
    made = resampled(wave(16000, pitch=7600), 16000, 8000)
    assert max(map(abs, struct.unpack(f"<{len(made) // 2}h", made)[10:-10])) < 120


@pytest.mark.parametrize("to", RATES)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 161])
def test_few_samples_are_enough(to: int, count: int) -> None:
    assert len(resampled(wave(16000, count=count), 16000, to)) == count * to // 16000 * 2


def test_half_a_sample_at_the_end_is_dropped() -> None:
    assert resampled(b"\1\0\2", 16000, 32000) == resampled(b"\1\0", 16000, 32000)
