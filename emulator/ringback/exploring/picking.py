"""How the choices of one history come about: they are given, or by chance."""

from collections.abc import Sequence

from ringback.core.base.ids import IdSource
from ringback.exploring.histories import Choices


def followed(choices: Choices, place: int, options: int) -> int:
    """The choice that is given for *place*; beyond the last one, what disturbs nothing."""
    choice = choices[place] if place < len(choices) else 0
    return choice if choice < options else 0


def by_chance(chance: IdSource, _: int, options: int) -> int:
    """A choice that mostly disturbs: short histories are few, and would come up again and again."""
    drawn = chance.number("choice", options * options)
    return 0 if not drawn or options < 2 else 1 + drawn % (options - 1)


def without_end(choices: Sequence[int]) -> Choices:
    """*choices* as a history is written: it does not end with what disturbs nothing."""
    end = len(choices)
    while end and not choices[end - 1]:
        end -= 1
    return tuple(choices[:end])
