"""What a sound says, once its symbols are known."""

from dataclasses import dataclass

from ringback.audio.checksum import crc8
from ringback.audio.fingerprint import fingerprint
from ringback.audio.pace import symbols_in
from ringback.audio.symbols import BLOCK, SILENCE, SYNC, spell

_QUIET = bytes([SILENCE])


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a sound.

    *symbols* are in the order in which they sound. *fingerprint* is None where less than one block
    was there to be read. *complete* says that the sound is there from its first symbol to its last.
    """

    symbols: bytes
    fingerprint: int | None
    complete: bool

    def matches(self, text: str, model: str, speed: float) -> bool:
        """Whether this is the sound of that request, as far as it goes."""
        asked = fingerprint(text, model, speed)
        if self.fingerprint is not None:
            return self.fingerprint == asked
        return self.symbols.rstrip(_QUIET) in spell(asked, symbols_in(text, speed))


def understand(symbols: bytes) -> Reading | None:
    """Read *symbols* of which none is in doubt, or None where they spell nothing of ours."""
    if not symbols or symbols[0] != SYNC:
        return None
    if len(symbols) < BLOCK:
        return Reading(symbols, None, complete=symbols[-1] == SILENCE)
    payload = understand_block(symbols[1:BLOCK])
    if payload is None:
        return None
    known, _ = payload
    return Reading(symbols, known, complete=symbols == spell(known, len(symbols)))


def understand_block(nibbles: bytes) -> tuple[int, int] | None:
    """The fingerprint and the length modulo 256 in a block, or None where its check fails."""
    if max(nibbles) >= SYNC:
        return None
    *payload, check = bytes.fromhex("".join(f"{nibble:x}" for nibble in nibbles))
    if crc8(bytes(payload)) != check:
        return None
    return int.from_bytes(payload[:-1]), payload[-1]
