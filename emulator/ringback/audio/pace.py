"""How long a text takes to say, counted in symbols of 80 ms."""

from ringback.audio.symbols import SYMBOL
from ringback.core.base.duration import SECOND

# Fitted to six published answers of 27 to 1232 characters; the errors are within 11 % (observed).
_LEAD = SECOND * 200 // 1000
_CHARACTER = SECOND * 525 // 10_000


def symbols_in(text: str, speed: float) -> int:
    """The number of symbols that *text* fills at *speed*, rounded up.

    A text without a letter or a digit cannot be spoken, and fills none: such a text is answered
    with empty audio (documented, change log of 2024-07-25; the test for it is assumed).
    """
    if not any(character.isalnum() for character in text):
        return 0
    natural = _LEAD + _CHARACTER * len(text)
    if speed == 1:
        return -(-natural // SYMBOL)
    from fractions import Fraction

    # Through its decimal form, so that 0.7 means seven tenths and not the nearest binary fraction.
    return -(-natural // (SYMBOL * Fraction(str(speed))))
