"""The strengths of the tones are found at any rate, whatever their phase, with numpy or without."""

import math
import random
import struct
import sys

import numpy
import pytest

from ringback.audio.symbols import TONES
from ringback.audio.tuning import Strengths, strengths_in

RATES = [5800, 8000, 11025, 16000, 22050, 24000, 44100, 48000, 96000]


@pytest.fixture(params=[True, False], ids=["with numpy", "without numpy"], autouse=True)
def numpy_is_there(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the application has imported numpy."""
    there: bool = request.param
    if there:
        monkeypatch.setitem(sys.modules, "numpy", numpy)
    else:
        monkeypatch.delitem(sys.modules, "numpy")
    return there


def tone(frequency: float, rate: int, phase: float = 0, millis: int = 100) -> bytes:
    turn = 2 * math.pi * frequency / rate
    count = rate * millis // 1000
    wave = (round(8192 * math.sin(turn * at + phase)) for at in range(count))
    return struct.pack(f"<{count}h", *wave)


def share(strengths: Strengths, symbol: int) -> float:
    return strengths[symbol] / sum(strengths)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("symbol", [0, 7, 15])
def test_a_tone_is_strongest_at_any_rate(symbol: int, rate: int) -> None:
    windows = strengths_in(tone(TONES[symbol], rate), rate)
    assert min(share(strengths, symbol) for strengths in windows) > 0.9


@pytest.mark.parametrize("shift", [-20, 20])
def test_a_tone_is_strongest_when_20_hertz_out_of_tune(shift: int) -> None:
    for strengths in strengths_in(tone(TONES[9] + shift, 8000), 8000):
        assert share(strengths, 9) > 0.9


def test_a_tone_is_as_strong_in_every_phase() -> None:
    found = [strengths_in(tone(1100, 8000, phase), 8000)[0][4] for phase in (0, 1, 2, 3)]
    assert max(found) < 1.001 * min(found)


@pytest.mark.parametrize(("millis", "windows"), [(0, 0), (19, 0), (20, 1), (59, 2), (100, 5)])
@pytest.mark.parametrize("rate", [8000, 24000])
def test_each_whole_20_ms_are_a_window(millis: int, windows: int, rate: int) -> None:
    assert len(strengths_in(tone(500, rate, millis=millis), rate)) == windows


def test_windows_keep_their_time_where_20_ms_are_not_whole_samples() -> None:
    samples = bytes(2 * 2 * 11025) + tone(500, 11025)
    windows = [sum(strengths) for strengths in strengths_in(samples, 11025)]
    assert windows[99] == 0
    assert windows[100] > 0.95 * windows[101]


def test_half_a_sample_is_passed_over() -> None:
    samples = tone(500, 8000)
    assert strengths_in(samples + b"\1", 8000) == strengths_in(samples, 8000)


def test_silence_has_no_strength() -> None:
    assert strengths_in(bytes(640), 8000) == [[0.0] * len(TONES)] * 2


@pytest.mark.parametrize("rate", RATES)
def test_both_ways_find_the_same(
    rate: int, numpy_is_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = random.Random(rate)
    samples = struct.pack("<5000h", *(source.randrange(-0x8000, 0x8000) for _ in range(5000)))
    one_way = strengths_in(samples, rate)
    with monkeypatch.context() as patch:
        if numpy_is_there:
            patch.delitem(sys.modules, "numpy")
        else:
            patch.setitem(sys.modules, "numpy", numpy)
        other_way = strengths_in(samples, rate)
    assert len(one_way) == len(other_way) > 0
    for one, other in zip(one_way, other_way, strict=True):
        assert one == pytest.approx(other, rel=1e-6, abs=1e-3)
