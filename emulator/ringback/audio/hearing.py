"""Reading a sound by ear: from samples that went through codecs, lines and loudspeakers."""

from collections.abc import Sequence

from ringback.audio.reading import Reading, read_block, understand
from ringback.audio.symbols import BLOCK, SILENCE, SYNC, TONES
from ringback.audio.tuning import WINDOWS, Strengths, strengths_in

_PURE = 0.3
"""The share of the strongest tone below which a sound is not ours.

Ours keep more in noise as loud as themselves; noise alone and most speech have less.
"""

_QUIET = 0.02
"""The part of the usual strength below which a symbol is silent."""

_AGREEING = 0.6
"""The part of the symbols that must be, by themselves, what all repetitions together say."""

_SILENT = bytes([SILENCE])


def read_pcm(samples: bytes, rate: int) -> Reading | None:
    """Read *samples* (16 bits, little-endian, mono) at *rate* hertz, or None where not ours.

    Silence around, noise, another rate and codecs do no harm, as long as time is not stretched.
    A sound of less than one block has no check, so its reading has no fingerprint.
    """
    if rate < 2 * max(TONES):
        return None
    heard = _symbols(strengths_in(samples, rate))
    if _purity(heard) < _PURE:
        return None
    usual = sorted(map(sum, heard))[len(heard) // 2]
    decided = bytes(_decide(strengths, usual) for strengths in heard)
    start = len(decided) - len(decided.lstrip(_SILENT))
    end = len(decided.rstrip(_SILENT))
    symbols = decided[start : end + 1]
    return understand(symbols) if end - start < BLOCK else _fold(heard[start:end], symbols)


def _fold(heard: Sequence[Strengths], symbols: bytes) -> Reading | None:
    """Lay the blocks of a sound over each other, and read what is strongest in all of them."""
    places = [_total(heard[at::BLOCK]) for at in range(BLOCK)]
    start = max(range(BLOCK), key=lambda at: _shares(places[at])[SYNC])
    folded = [_strongest(place) for place in places]
    agreeing = sum(symbol == folded[at % BLOCK] for at, symbol in enumerate(symbols[: len(heard)]))
    if folded[start] != SYNC or agreeing < _AGREEING * len(heard):
        return None
    block = read_block(bytes(folded[start + 1 :] + folded[:start]))
    if block is None:
        return None
    fingerprint, length = block
    whole = start == 0 and (len(heard) + 1) % 256 == length
    return Reading(symbols, fingerprint, complete=whole)


def _symbols(windows: Sequence[Strengths]) -> list[Strengths]:
    """The strengths in the middle of each symbol, where its neighbours do not reach."""
    shifts = [windows[shift:] for shift in range(WINDOWS)]
    aligned = max(shifts, key=lambda shifted: _purity(_parts(shifted, 0, WINDOWS)))
    return _parts(aligned, 1, WINDOWS - 1)


def _parts(windows: Sequence[Strengths], start: int, end: int) -> list[Strengths]:
    """The strengths in each symbol, from its window *start* up to its window *end*."""
    symbols = range(0, len(windows) - end + 1, WINDOWS)
    return [_total(windows[at + start : at + end]) for at in symbols]


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
