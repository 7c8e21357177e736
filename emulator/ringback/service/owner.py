"""Whose a service is, seen from below: an emulator, which may begin again with another service."""

from typing import Protocol


class Owner(Protocol):
    """An emulator, whose services follow each other."""

    def reset(self) -> None:
        """Begin again at zero, under the same key, with nothing connected and nothing pending."""
        ...

    def leftovers(self) -> dict[str, list[str]]:
        """What a strict test would not leave behind, in sentences, by kind, since its start."""
        ...
