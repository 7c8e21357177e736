"""What the tables of misbehaving applications are made of."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Misbehaving:
    """An application, and a pattern of what is *said* of an attempt that reaches it.

    It *hangs* before its answer is complete, or *goes on* without end after that.
    """

    app: Any
    said: str
    hangs: bool = False
    goes_on: bool = False


class Unspeakable(Exception):
    """An error that cannot be put into words."""

    def __str__(self) -> str:
        raise ValueError("no words")
