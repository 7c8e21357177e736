"""Ids drawn from a seed, so that two runs with one seed are byte-identical."""

import hashlib
from typing import Literal

UuidVersion = Literal[4, 7]

_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


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
        drawn = self._draw("request")
        if self._version == 4:
            return uuid_of(drawn, 4)
        # 48 bits of Unix time in milliseconds, then what is drawn (RFC 9562, 5.7).
        return uuid_of(f"{unix_ns // 1_000_000 & 0xFFFF_FFFF_FFFF:012x}{drawn[:20]}", 7)

    def identifier(self, kind: str) -> str:
        """The next UUID v4 of *kind*, such as `key` or `project`."""
        return uuid_of(self._draw(kind), 4)

    def speech_id(self) -> str:
        """The next id of a turn of a stream: `dg_sp_` and 12 hexadecimal digits (documented)."""
        return f"dg_sp_{self._draw('speech')[:12]}"

    def number(self, kind: str, below: int) -> int:
        """The next number of *kind*, from 0 to *below* - 1, each as likely as the others."""
        return int(self._draw(kind), 16) % below

    def _draw(self, kind: str) -> str:
        """32 hexadecimal digits."""
        counter = self._counters.get(kind, 0)
        self._counters[kind] = counter + 1
        # No seed, kind or count holds a NUL, so no two draws hash the same text.
        return hashlib.sha256(f"{self._seed}\x00{kind}\x00{counter}".encode()).hexdigest()[:32]


def anonymous_id() -> str:
    """The request id of answers that belong to no emulator, and so to no seed."""
    return uuid_of(hashlib.sha256(b"anonymous").hexdigest()[:32], 4)


def uuid_of(digits: str, version: int) -> str:
    """A UUID of *version* and of the variant of RFC 9562, in which the other *digits* are kept.

    `uuid.UUID` would do, at several times the cost, and each request has an id.
    """
    variant = _VARIANTS[digits[16]]
    return (
        f"{digits[:8]}-{digits[8:12]}-{version}{digits[13:16]}-{variant}{digits[17:20]}-"
        f"{digits[20:]}"
    )
