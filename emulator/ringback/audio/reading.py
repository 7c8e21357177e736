"""What a sound says, once its symbols are known."""

from ringback.audio.checksum import crc8
from ringback.audio.symbols import BLOCK, LEAST, SILENCE, SYNC, spell
from ringback.core.base.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a sound.

    *symbols* are in the order in which they sound. *fingerprint* is None where less than one block
    was there to be read. *complete* says that the sound is there from its first symbol to its last.
    """

    symbols: bytes
    fingerprint: int | None
    complete: bool

    @property
    def sounding(self) -> bytes:
        """The symbols without the silence at their end."""
        return self.symbols.rstrip(bytes([SILENCE]))

    @property
    def tells(self) -> bool:
        """Whether it is enough to tell one request from all others."""
        return self.fingerprint is not None or len(self.sounding) >= LEAST


def understand(symbols: bytes) -> Reading | None:
    """Read *symbols* of which none is in doubt, or None where they spell nothing of ours."""
    sounding = symbols.rstrip(bytes([SILENCE]))
    if not sounding or sounding[0] != SYNC:
        return None
    if len(sounding) < BLOCK:
        return Reading(symbols, None, complete=len(symbols) == len(sounding) + 1)
    block = read_block(symbols[1:BLOCK])
    if block is None:
        return None
    known, _ = block
    return Reading(symbols, known, complete=symbols == spell(known, len(symbols)))


def read_block(nibbles: bytes) -> tuple[int, int] | None:
    """The fingerprint and the length modulo 256 that a block says after its `SYNC`.

    None where its check fails, or where there are other symbols than nibbles.
    """
    if max(nibbles) >= SYNC:
        return None
    *payload, check = bytes.fromhex("".join(f"{nibble:x}" for nibble in nibbles))
    if crc8(bytes(payload)) != check:
        return None
    return int.from_bytes(payload[:-1]), payload[-1]
