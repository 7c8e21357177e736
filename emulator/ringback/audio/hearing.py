"""Reading a sound by ear: from samples that went through codecs, lines and loudspeakers."""

from collections.abc import Sequence

from ringback.audio.reading import Reading, understand, understand_block
from ringback.audio.symbols import BLOCK, SILENCE, SYNC, TONES
from ringback.audio.tuning import WINDOWS, Strengths, strengths_in

_PURE = 0.3
"""The share of the strongest tone below which a sound is not ours.

Ours keep more in noise as loud as themselves; noise alone and most speech have less.
"""

_QUIET = 0.1
"""The part of the usual strength below which a symbol is silent."""

_HUSH = bytes([SILENCE])


def read_pcm(samples: bytes, rate: int) -> Reading | None:
    """Read *samples* (16 bits, little-endian, mono) at *rate* hertz, or None where not ours.

    Silence around, noise, another rate and codecs do no harm, as long as time is not stretched.
    A sound of less than one block has no check, so its reading has no fingerprint.
    """
    if rate < 2 * max(TONES):
        return None
    windows = strengths_in(samples, rate)
    shifts = [windows[shift:] for shift in range(WINDOWS)]
    aligned = max(shifts, key=lambda shifted: _purity(_symbols(shifted, 0, WINDOWS)))
    # The outer windows of a symbol may hold something of its neighbours.
    heard = _symbols(aligned, 1, WINDOWS - 1)
    if _purity(heard) < _PURE:
        return None
    usual = sorted(map(sum, heard))[len(heard) // 2]
    decided = bytes(_decide(strengths, usual) for strengths in heard)
    start = len(decided) - len(decided.lstrip(_HUSH))
    sounding = decided.strip(_HUSH)
    end = start + len(sounding)
    symbols = decided[start : end + 1]
    if len(sounding) < BLOCK:
        return understand(symbols)
    return _fold(heard[start:end], symbols)


def _fold(heard: Sequence[Strengths], symbols: bytes) -> Reading | None:
    """Lay the blocks of a sound over each other, and read what is strongest in all of them."""
    places = [_total(heard[at::BLOCK]) for at in range(BLOCK)]
    start = max(range(BLOCK), key=lambda at: _shares(places[at])[SYNC])
    nibbles = [_strongest(places[(start + at) % BLOCK][:SYNC]) for at in range(1, BLOCK)]
    understood = understand_block(bytes(nibbles))
    if understood is None:
        return None
    fingerprint, length = understood
    whole = start == 0 and (len(heard) + 1) % 256 == length
    return Reading(symbols, fingerprint, complete=whole)


def _symbols(windows: Sequence[Strengths], start: int, end: int) -> list[Strengths]:
    """The strengths in each symbol, from its window *start* up to its window *end*."""
    return [
        _total(windows[at + start : at + end])
        for at in range(0, len(windows) - end + 1, WINDOWS)
    ]


def _decide(strengths: Strengths, usual: float) -> int:
    """The symbol that these strengths are, taken by themselves."""
    if sum(strengths) < _QUIET * usual or max(_shares(strengths)) < _PURE:
        return SILENCE
    return _strongest(strengths)


def _purity(heard: Sequence[Strengths]) -> float:
    """The share that the strongest tone of each symbol has in all that is heard."""
    return sum(map(max, heard)) / (sum(map(sum, heard)) or 1)


def _total(heard: Sequence[Strengths]) -> Strengths:
    return [sum(tone) for tone in zip(*heard, strict=True)]


def _shares(strengths: Strengths) -> Strengths:
    whole = sum(strengths) or 1
    return [strength / whole for strength in strengths]


def _strongest(strengths: Strengths) -> int:
    return max(range(len(strengths)), key=strengths.__getitem__)
