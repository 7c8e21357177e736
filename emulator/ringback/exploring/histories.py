"""The tree of histories: which is tried next, and which are shares of somebody else.

A history is what was chosen each time that there was something to choose, in order. 0 disturbs
nothing: no fault, the attempt that was armed first. What is not written is 0, so the empty history
is the one without any disturbance, and no history ends with a 0.

Whoever tries a history finds out what there was to choose on its way; its continuations differ from
it in exactly one choice, behind its last one. So each history has one parent, with one disturbance
less, and to try them in the order in which they become known is to try the shortest first.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

Choices: TypeAlias = tuple[int, ...]


class Branch(NamedTuple):
    """A history to try: its *choices*, and the *trace* of what its parent met up to the last one.

    Whoever comes there by the same choices must meet the same.
    """

    choices: Choices
    trace: int


class Met(NamedTuple):
    """What there was to choose, once: among how many, and a *trace* of all that came before."""

    options: int
    trace: int


class Histories:
    """All histories, the shortest first; or one of several shares of them."""

    def __init__(self, share: int = 0, shares: int = 1) -> None:
        """Begin with the empty one. Of *shares* that are tried side by side this is number *share*.

        Up to one disturbance all shares try the same histories, for the continuations are found
        there; each counts those of its own.
        """
        self._waiting = deque([Branch((), 0)])
        self._share, self._shares = share, shares
        self._dealt = 0

    def __iter__(self) -> Iterator[Branch]:
        """Take one after the other; what `grow` finds on the way comes in its turn."""
        while self._waiting:
            yield self._waiting.popleft()

    def is_own(self, branch: Branch) -> bool:
        """Whether *branch* counts in this share."""
        return disturbances(branch.choices) > 1 or self._share == 0

    def grow(self, branch: Branch, met: Sequence[Met]) -> None:
        """Add the continuations of *branch*, on whose way there was *met* to choose."""
        made = len(branch.choices)
        deals = disturbances(branch.choices) == 1
        for place in range(made, len(met)):
            nothing_yet = branch.choices + (0,) * (place - made)
            for option in range(1, met[place].options):
                if deals:
                    self._dealt += 1
                    if self._dealt % self._shares != self._share:
                        continue
                self._waiting.append(Branch((*nothing_yet, option), met[place].trace))


def disturbances(choices: Choices) -> int:
    """How many of *choices* disturb something."""
    return len(choices) - choices.count(0)


def simpler(choices: Choices) -> Iterator[Choices]:
    """The histories with one disturbance less than *choices*, the latest left out first."""
    for place in range(len(choices) - 1, -1, -1):
        if choices[place]:
            left = [*choices[:place], 0, *choices[place + 1 :]]
            while left and not left[-1]:
                left.pop()
            yield tuple(left)
