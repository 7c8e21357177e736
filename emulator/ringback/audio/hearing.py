"""Reading sounds by ear: from samples that went through codecs, lines and loudspeakers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from ringback.audio.reading import Reading, read_block, understand
from ringback.audio.symbols import BLOCK, LEAST, SILENCE, SYNC, TONES
from ringback.audio.tuning import WINDOWS, Strengths, strengths_in

_PURE = 0.3
"""The share of the strongest tone below which a sound is not ours.

Ours keep more in noise as loud as themselves; noise alone and most speech have less.
"""

_QUIET = 0.02
"""The part of the usual strength below which a symbol is silent."""

_ECHO = 0.4
"""The part of a tone's strength below which the same tone beside it is its echo.

Lossy codecs spill a sound over its ends, for as long as a frame of theirs.
"""

_AGREEING = 0.6
"""The part of the symbols that must be, by themselves, what all repetitions together say."""

_SPILT = 2
"""Symbols by which a sound may be longer than it says: an echo before it, and one after it."""

_GAP = 3
"""Silent windows between two sounds: the silent symbol has as many wherever it begins."""

_NEAR = 2 * WINDOWS
"""Windows on each side with which the loudness of one is compared."""

_SILENT = bytes([SILENCE])


def read_pcm(samples: bytes, rate: int) -> list[Reading]:
    """Read, in order, the sounds in *samples* (16 bits, little-endian, mono) at *rate* hertz.

    Silence around and between, noise, another rate and codecs do no harm, as long as time is not
    stretched. A sound of less than one block has no check, so its reading has no fingerprint.
    What stands on both sides of a hole is read as two sounds, if the hole is longer than a symbol.
    """
    if rate < 2 * max(TONES):  # a lower rate cannot carry the highest tone (Nyquist)
        return []
    windows = strengths_in(samples, rate)
    readings = [reading for stretch in _stretches(windows) for reading in _sounds(stretch)]
    if any(reading.complete for reading in readings):
        return readings
    # Where noise or a codec has torn one sound to pieces, all of it together may still be read.
    whole = _sound(windows)
    if whole is None or (readings and not whole.complete):
        return readings
    return [whole]


def _stretches(windows: Sequence[Strengths]) -> Iterator[Sequence[Strengths]]:
    """What stands between gaps, with as much of the gaps as lets a symbol begin in them."""
    loud = [sum(strengths) for strengths in windows]
    at = 0
    before = 0
    for silent, group in groupby(range(len(windows)), lambda at: _is_silent(windows, loud, at)):
        size = len(list(group))
        if silent and size >= _GAP:
            if before < at:
                yield windows[max(before - WINDOWS, 0) : at + min(size, WINDOWS)]
            before = at + size
        at += size
    if before < at:
        yield windows[max(before - WINDOWS, 0) :]


def _is_silent(windows: Sequence[Strengths], loud: Sequence[float], at: int) -> bool:
    """Whether there is no tone in a window, or one much softer than on both sides of it."""
    if max(windows[at]) <= _PURE * loud[at]:
        return True
    usual = min(max(loud[max(at - _NEAR, 0) : at + 1]), max(loud[at : at + _NEAR + 1]))
    return loud[at] < _QUIET * usual


def _sounds(stretch: Sequence[Strengths]) -> list[Reading]:
    """The sounds in a stretch without gaps: one as a rule, more where they follow closely."""
    sound = _sound(stretch)
    return list(_scan(stretch)) if sound is None else [sound]


def _sound(windows: Sequence[Strengths]) -> Reading | None:
    """The one sound in *windows*, which may have silence around it."""
    heard = _symbols(windows)
    if _purity(heard) < _PURE:
        return None
    usual = _usual(heard)
    decided = bytes(_decide(strengths, usual) for strengths in heard)
    start = len(decided) - len(decided.lstrip(_SILENT))
    end = len(decided.rstrip(_SILENT))
    start += _is_echo(heard, decided, start, start + 1)
    end -= _is_echo(heard, decided, end - 1, end - 2)
    if end - start < BLOCK:
        silent = decided[end : end + 1] and _SILENT
        return understand(decided[start:end] + silent)
    return _fold(heard[start:end], decided[start:end])


def _fold(heard: Sequence[Strengths], symbols: bytes) -> Reading | None:
    """Lay the blocks of a sound over each other, and read what is strongest in all of them."""
    places = [_total(heard[at::BLOCK]) for at in range(BLOCK)]
    start = max(range(BLOCK), key=lambda at: _shares(places[at])[SYNC])
    folded = bytes(map(_strongest, places))
    block = folded[start:] + folded[:start]
    matching = [symbol == folded[at % BLOCK] for at, symbol in enumerate(symbols)]
    if block[0] != SYNC or sum(matching) < _AGREEING * len(matching):
        return None
    # As many wrong symbols on end as make a sound by themselves are another sound.
    if any(not match and len(list(run)) >= LEAST for match, run in groupby(matching)):
        return None
    first = matching.index(True)
    count = len(matching) - matching[::-1].index(True) - first
    reading = _reading(block, (first - start) % BLOCK, count)
    softest = min(map(sum, heard[first : first + count]))
    if reading is None or softest >= _QUIET * _usual(heard):
        return reading
    return replace(reading, complete=False)


def _scan(windows: Sequence[Strengths]) -> Iterator[Reading]:
    """Look for a whole block at each moment, and for shorter sounds in what is left over."""
    middles = [_total(pair) for pair in pairwise(windows[1:])]
    usual = _usual(middles)
    tones = bytes(_decide(strengths, usual) for strengths in middles)
    left = at = 0
    while (at := tones.find(SYNC, at)) >= 0:
        near = [each for each in range(at, at + WINDOWS) if _is_block(tones[each:])]
        if not near:
            at += 1
            continue
        # A symbol has several windows in which the check is right; the middle one is clearest.
        at = near[len(near) // 2]
        block = tones[at : at + BLOCK * WINDOWS : WINDOWS]
        before = _matching(tones[at % WINDOWS : at : WINDOWS][::-1], block[::-1])
        before = min(before, (at - left) // WINDOWS)
        count = before + _matching(tones[at::WINDOWS], block)
        begins = at - before * WINDOWS
        if (sound := _sound(windows[left:begins])) is not None:
            yield sound
        if (sound := _reading(block, -before % BLOCK, count)) is not None:
            yield sound
        left = at = begins + count * WINDOWS
    if left and (sound := _sound(windows[left:])) is not None:
        yield sound


def _is_block(tones: bytes) -> bool:
    """Whether a block begins here, with a check that is right."""
    block = tones[: BLOCK * WINDOWS : WINDOWS]
    return len(block) == BLOCK and block[0] == SYNC and read_block(block[1:]) is not None


def _matching(symbols: bytes, block: bytes) -> int:
    """How many *symbols* repeat *block*; one may be wrong if the next two are right."""
    right = [symbol == block[at % BLOCK] for at, symbol in enumerate(symbols)]
    at = 0
    while at < len(right) and (right[at] or right[at + 1 : at + 3] == [True, True]):
        at += 1
    return at


def _reading(block: bytes, phase: int, count: int) -> Reading | None:
    """What a sound says of which *count* symbols are there, the first at *phase* in the block."""
    read = read_block(block[1:])
    if read is None:
        return None
    fingerprint, length = read
    # With the silent symbol, which is not counted; the length is known modulo 256.
    spilt = (count + 1 - length) % 256
    # What stands before the first SYNC has spilt over the beginning, the rest over the end.
    complete = -phase % BLOCK <= spilt <= _SPILT
    if complete:
        phase, count = 0, count - spilt
    symbols = (block * (count // BLOCK + 2))[phase : phase + count]
    return Reading(symbols + _SILENT, fingerprint, complete)


def _symbols(windows: Sequence[Strengths]) -> list[Strengths]:
    """The strengths in the middle of each symbol, where its neighbours do not reach."""
    shifts = [windows[shift:] for shift in range(WINDOWS)]
    aligned = max(shifts, key=lambda shifted: _purity(_parts(shifted, 0, WINDOWS)))
    return _parts(aligned, 1, WINDOWS - 1)


def _parts(windows: Sequence[Strengths], start: int, end: int) -> list[Strengths]:
    """The strengths in each symbol, from its window *start* up to its window *end*."""
    symbols = range(0, len(windows) - end + 1, WINDOWS)
    return [_total(windows[at + start : at + end]) for at in symbols]


def _usual(heard: Sequence[Strengths]) -> float:
    """How loud a sound is: half of its strength is in louder symbols. So silence counts nothing."""
    loud = sorted(map(sum, heard))
    half = sum(loud) / 2
    for each in loud:
        half -= each
        if half <= 0:
            return each
    return 0


def _decide(strengths: Strengths, usual: float) -> int:
    """The symbol that these strengths are, taken by themselves."""
    if sum(strengths) < _QUIET * usual or max(_shares(strengths)) < _PURE:
        return SILENCE
    return _strongest(strengths)


def _is_echo(heard: Sequence[Strengths], decided: bytes, at: int, beside: int) -> bool:
    """Whether the symbol *at* an end of a sound is the same tone as the one *beside* it, softer."""
    if not 0 <= beside < len(decided) or decided[at] != decided[beside]:
        return False
    return sum(heard[at]) < _ECHO * sum(heard[beside])


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
