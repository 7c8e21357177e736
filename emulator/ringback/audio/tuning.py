"""How strong each tone is in each moment of a sound."""

import math
import struct
import sys
from collections.abc import Sequence
from functools import lru_cache
from operator import mul

from ringback.audio.symbols import SYMBOL, TONES
from ringback.core.base.duration import SECOND

WINDOWS = 4
"""Windows per symbol: 20 ms are long enough to part the tones, even some 20 Hz out of tune."""

_ENOUGH = 8000
"""Samples per second that are enough for our tones; faster ones are averaged."""

Strengths = Sequence[float]
"""How strong each tone is, in the order of their symbols."""


def strengths_in(samples: bytes, rate: int) -> list[Strengths]:
    """The strengths in each 20 ms of *samples* (16 bits, little-endian) at *rate* hertz."""
    if sys.modules.get("numpy") is not None:
        # It is 10 to 20 times as fast, and takes longer to import than a sentence to be heard.
        return _strengths_by_numpy(samples, rate)
    count = len(samples) // 2
    wave: Sequence[int] = struct.unpack_from(f"<{count}h", samples)
    merged = max(rate // _ENOUGH, 1)
    if merged > 1:
        parts = (wave[at::merged] for at in range(merged))
        wave = [sum(neighbours) for neighbours in zip(*parts, strict=False)]
    starts, span = _windows(len(wave), rate / merged)
    tones = _oscillators(rate / merged, span)
    windows = (wave[start : start + span] for start in starts)
    # A tone is as strong whatever its phase: it is compared with two waves, a quarter turn apart.
    return [
        [
            sum(map(mul, window, sine)) ** 2 + sum(map(mul, window, cosine)) ** 2
            for sine, cosine in tones
        ]
        for window in windows
    ]


def _strengths_by_numpy(samples: bytes, rate: int) -> list[Strengths]:
    import numpy

    wave = numpy.frombuffer(samples, "<i2", len(samples) // 2).astype(float)
    merged = max(rate // _ENOUGH, 1)
    wave = wave[: len(wave) // merged * merged].reshape(-1, merged).sum(axis=1)
    starts, span = _windows(len(wave), rate / merged)
    windows = wave[numpy.array(starts, int)[:, None] + numpy.arange(span)]
    sines, cosines = (
        numpy.array(waves).T for waves in zip(*_oscillators(rate / merged, span), strict=True)
    )
    strengths: list[Strengths] = ((windows @ sines) ** 2 + (windows @ cosines) ** 2).tolist()
    return strengths


def _windows(count: int, rate: float) -> tuple[list[int], int]:
    """Where each window of *count* samples at *rate* hertz begins, and how long all of them are."""
    step = SYMBOL / WINDOWS / SECOND * rate
    return [int(number * step) for number in range(int(count / step))], int(step)


@lru_cache(maxsize=8)
def _oscillators(rate: float, span: int) -> list[tuple[list[float], list[float]]]:
    """*span* samples of a sine and of a cosine at *rate* hertz, for each tone."""
    turns = [2 * math.pi * tone / rate for tone in TONES]
    return [
        ([math.sin(turn * at) for at in range(span)], [math.cos(turn * at) for at in range(span)])
        for turn in turns
    ]
