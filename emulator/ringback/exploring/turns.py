"""One history while it happens: it follows its choices, and notes what there was to choose."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from ringback.core.delivery.delivery import Delivery
from ringback.core.delivery.shape import Shape
from ringback.exploring.histories import Met

Pick: TypeAlias = Callable[[int, int], int]
"""Takes the place of a choice in a history and the number of its options, and chooses."""


class Turns:
    """The choices of one history, as the engine asks for them.

    All that is ready at one moment is shaped first, in order of acceptance. Then comes what reaches
    no receiver: nobody can tell in which order, so there is one. What reaches a receiver comes in
    an order that is chosen.
    """

    def __init__(
        self,
        pick: Pick,
        faults: Sequence[Shape],
        depth: int,
        *,
        interleavings: bool,
        reduced: bool = True,
    ) -> None:
        """Shape the first *depth* attempts of each delivery by one of *faults*, or by none."""
        self.met: list[Met] = []
        self.choices: list[int] = []
        self._pick = pick
        self._faults = faults
        self._depth = depth
        self._interleavings = interleavings
        self._reduced = reduced
        self._shaped: dict[tuple[int, int], Shape | None] = {}
        self._trace = 0
        self._swapped = False

    @property
    def words(self) -> str:
        """What was chosen, in words: the faults of each delivery, and orders."""
        faults: dict[int, list[str]] = {}
        for (position, _), fault in sorted(self._shaped.items()):
            faults.setdefault(position, []).append("no fault" if fault is None else fault.name)
        told = []
        for position, words in faults.items():
            while words and words[-1] == "no fault":
                words.pop()
            if words:
                whose = f" (delivery {position + 1})" if len(faults) > 1 else ""
                told.append(", then ".join(words) + whose)
        if self._swapped:
            told.append("another order")
        return "; ".join(told) or "no fault at all"

    def shape(self, delivery: Delivery) -> Shape | None:
        """What shapes the attempt of *delivery* that is next, or in flight."""
        number = len(delivery.attempts) + 1
        if number > self._depth or not self._faults:
            return None
        place = (delivery.position, number)
        if place not in self._shaped:
            self._note(delivery)
            choice = self._choose(len(self._faults) + 1)
            self._shaped[place] = self._faults[choice - 1] if choice else None
        return self._shaped[place]

    def first(self, ready: Sequence[Delivery]) -> int:
        """Which of those *ready* begins first."""
        if not self._interleavings:
            return 0
        reaching = []
        in_order = sorted(range(len(ready)), key=lambda each: ready[each].position)
        for each in in_order:
            fault = self.shape(ready[each])
            if not self._reduced or fault is None or fault.instead is None:
                reaching.append(each)
        for each in in_order:
            if each not in reaching:
                return each
        if len(reaching) < 2:
            return reaching[0]
        self._note(*(ready[each] for each in reaching))
        choice = self._choose(len(reaching))
        self._swapped = self._swapped or choice > 0
        return reaching[choice]

    def _choose(self, options: int) -> int:
        choice = self._pick(len(self.choices), options)
        self.met.append(Met(options, self._trace))
        self.choices.append(choice)
        return choice

    def _note(self, *deliveries: Delivery) -> None:
        """Add what was met up to here to the trace: a clean application makes the same of it."""
        self._trace = hash((self._trace, *map(_sketch, deliveries)))


def _sketch(delivery: Delivery) -> tuple[object, ...]:
    if not delivery.attempts:
        return delivery.position, delivery.due_at
    last = delivery.attempts[-1]
    return delivery.position, last.number, last.finished_at, str(last.outcome)
