"""What a text sounds as: the symbols of its sounds, and of the silences between them.

A silence divides a text, and each part that can be spoken is a sound of its own: it tells which
request it belongs to, and whether it is whole.
"""

from collections.abc import Sequence
from itertools import pairwise

from ringback.audio.fingerprint import fingerprint
from ringback.audio.pace import symbols_in
from ringback.audio.symbols import LEAST, SILENCE, SYMBOL, spell
from ringback.core.base.duration import SECOND
from ringback.core.request.script import Silence

_MILLISECOND = SECOND // 1000
_SILENT = bytes([SILENCE])


def symbols_of(text: str, model: str, speed: float, silences: Sequence[Silence] = ()) -> bytes:
    """The symbols of *text*, spoken by *model* at *speed*. What cannot be spoken has none at all.

    A silence is as long as it was asked for, to half a symbol; the one at the end of a sound is
    part of it.
    """
    if not silences:
        return spell(fingerprint(text, model, speed), symbols_in(text, speed))
    if not symbols_in(text, speed):
        return b""
    said = fingerprint(text, model, speed, silences)
    symbols = bytearray()
    for number, part in enumerate(divided(text, silences)):
        if number:
            lasts = round(silences[number - 1].milliseconds * _MILLISECOND / SYMBOL)
            symbols += _SILENT * (lasts - symbols.endswith(_SILENT))
        symbols += spell(said, _length_of(part, speed))
    return bytes(symbols)


def lengths_in(text: str, speed: float, silences: Sequence[Silence] = ()) -> tuple[int, ...]:
    """How many symbols each sound of *text* has, with the silent one at its end."""
    if not silences:
        whole = symbols_in(text, speed)
        return (whole,) if whole else ()
    lengths = (_length_of(part, speed) for part in divided(text, silences))
    return tuple(length for length in lengths if length)


def _length_of(part: str, speed: float) -> int:
    """How many symbols a part of a text has: as many as it takes to be known by it, or none."""
    length = symbols_in(part, speed)
    return max(length, LEAST + 1) if length else 0


def divided(text: str, silences: Sequence[Silence]) -> list[str]:
    """The parts of *text* before, between and after *silences*."""
    bounds = [0, *(silence.after_characters for silence in silences), len(text)]
    return [text[start:end] for start, end in pairwise(bounds)]
