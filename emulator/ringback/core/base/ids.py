"""Ids drawn from a seed, so that two runs with one seed are byte-identical."""

import hashlib
import uuid
from typing import Literal

UuidVersion = Literal[4, 7]


class IdSource:
    """Draws UUIDs by hashing (*seed*, kind, counter): one kind's draws never shift another's.

    Request ids are UUID v7, as the service has issued since 2026 (observed), or v4 as before.
    """

    def __init__(self, seed: int = 0, version: UuidVersion = 7) -> None:
        """Draw from *seed*; *version* is that of the request ids."""
        self._seed = seed
        self._version = version
        self._counters: dict[str, int] = {}

    def request_id(self, unix_ns: int) -> str:
        """The next request id. *unix_ns*, the emulator's wall clock, dates a v7 id."""
        digest = self._draw("request")
        if self._version == 4:
            return str(uuid.UUID(bytes=digest, version=4))
        # 48 bits of Unix time in milliseconds, then the version, then the variant (RFC 9562, 5.7).
        bits = (unix_ns // 1_000_000 & 0xFFFF_FFFF_FFFF) << 80
        bits |= int.from_bytes(digest[:10], "big")
        bits = bits & ~(0xF << 76) | 0x7 << 76
        bits = bits & ~(0x3 << 62) | 0x2 << 62
        return str(uuid.UUID(int=bits))

    def identifier(self, kind: str) -> str:
        """The next UUID v4 of *kind*, such as `key` or `project`."""
        return str(uuid.UUID(bytes=self._draw(kind), version=4))

    def speech_id(self) -> str:
        """The next id of a turn of a stream: `dg_sp_` and 12 hexadecimal digits (documented)."""
        return f"dg_sp_{self._draw('speech').hex()[:12]}"

    def _draw(self, kind: str) -> bytes:
        counter = self._counters.get(kind, 0)
        self._counters[kind] = counter + 1
        # No seed, kind or count holds a NUL, so no two draws hash the same text.
        return hashlib.sha256(f"{self._seed}\x00{kind}\x00{counter}".encode()).digest()[:16]


def anonymous_id() -> str:
    """The request id of answers that belong to no emulator, and so to no seed."""
    return str(uuid.UUID(bytes=hashlib.sha256(b"anonymous").digest()[:16], version=4))
