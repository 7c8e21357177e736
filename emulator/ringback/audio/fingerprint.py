"""What was asked, in 48 bits: the number that the stand-in sound spells."""

from collections.abc import Sequence
from hashlib import sha256

from ringback.core.request.script import Silence

BITS = 48
"""The size of a fingerprint: two of a million texts collide with a chance of 0.2 %."""


def fingerprint(text: str, model: str, speed: float, silences: Sequence[Silence] = ()) -> int:
    """Digest *text*, the voice *model*, *speed* and the *silences* in the text into 48 bits.

    Nothing random enters, so equal requests sound equal, on every machine. Encoding, container
    and rates are left out: they change the carrier and not what it says.
    """
    # A JSON body can carry half of a surrogate pair, which plain UTF-8 refuses.
    asked = f"{model}\0{float(speed)}\0{text}".encode(errors="surrogatepass")
    for each in silences:
        asked += b"\0%d:%d" % (each.after_characters, each.milliseconds)
    return int.from_bytes(sha256(asked).digest()[: BITS // 8])
