"""When a walk through time is going in circles."""

from ringback.clock.agenda import Agenda, Due
from ringback.core.base.duration import words
from ringback.errors import Runaway

MAX_GENERATIONS = 100
"""How often work at one instant may cause work at the same instant before it is a loop."""

MAX_BY_ITSELF = 1000
"""The same for a clock that moves by itself, since it was idle: what many clients ask at the same
time counts there, too."""

MAX_STEPS = 1_000_000
"""How many steps a walk may take, beyond a hundred for each thing that was ever armed before it."""


class Generations:
    """The steps of one walk. They tell ten thousand attempts of one instant from an endless loop.

    What was armed before an instant began is its first generation; what a generation's work arms
    at the same instant is the next. Only generations are counted, and all steps, up to a million.
    Retries without a delay end by themselves, so they come on top.
    """

    __slots__ = ("_agenda", "_boundary", "_generation", "_instant", "_most", "_patience", "steps")

    def __init__(self, agenda: Agenda, most: int = MAX_GENERATIONS) -> None:
        """Begin before any instant; at *most* so many generations may follow each other at one."""
        self.steps = 0
        self._agenda = agenda
        self._instant = -1
        self._generation = 0
        self._boundary = agenda.mark()
        self._most = most + agenda.retries_at_once
        self._patience = MAX_STEPS + 100 * self._boundary

    def count(self, due: Due) -> None:
        """Take note of one step, to what is *due*. Raises `Runaway`."""
        moment, sequence, _ = due
        if moment > self._instant:
            self._instant, self._generation = moment, 0
            self._boundary = self._agenda.mark()
        elif sequence > self._boundary:
            self._generation += 1
            self._boundary = self._agenda.mark()
        self.steps += 1
        if self._generation > self._most or self.steps > self._patience:
            raise Runaway(
                f"at {words(moment)} callbacks keep causing callbacks"
                f" ({self._generation} generations at this instant, {self.steps} steps in this"
                " walk). Does a receiver call /v1/speak with its own URL as the callback? Set"
                " Settings.processing_time if that is meant, and move with advance()."
            )
