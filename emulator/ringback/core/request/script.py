"""What is heard of a text: its words, and the silences between them."""

from ringback.core.base.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Silence:
    """So many *milliseconds* without a sound, *after_characters* so many of what is spoken."""

    after_characters: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Script:
    """What is spoken of a text, and which of its controls were applied.

    *warnings* are the codes of what is doubtful in pronunciations, and *doubtful* is how many there
    are of these: they count as applied.
    """

    spoken: str
    pronunciations: int = 0
    silences: tuple[Silence, ...] = ()
    warnings: tuple[str, ...] = ()
    doubtful: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether nothing in it was obeyed."""
        return not (self.pronunciations or self.silences)
