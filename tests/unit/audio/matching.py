"""Whether a sound that was read is that of a request, as the repertoire of many requests has it."""

from ringback.audio.fingerprint import fingerprint
from ringback.audio.pace import symbols_in
from ringback.audio.reading import Reading
from ringback.audio.symbols import spell


def matches(reading: Reading, text: str, model: str, speed: float) -> bool:
    """Whether *reading* is the sound of that request, as far as it goes."""
    asked = fingerprint(text, model, speed)
    if reading.fingerprint is not None:
        return reading.fingerprint == asked
    expected = spell(asked, symbols_in(text, speed))
    return reading.symbols == expected if reading.complete else reading.symbols in expected
