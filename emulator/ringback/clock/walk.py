"""One walk through time: what it goes through, and when it is going in circles."""

from collections.abc import Sequence
from typing import Any, Protocol

from ringback.core.base.duration import words
from ringback.core.journal import Journal
from ringback.errors import Runaway
from ringback.views import Attempt

MAX_GENERATIONS = 100
"""How often work at one instant may cause work at the same instant before it is a loop."""

MAX_STEPS = 1_000_000
"""How many steps a walk may take, beyond a hundred for each thing that was ever armed before it."""


class Agenda(Protocol):
    """What a clock walks through: the engine, seen from below."""

    @property
    def next_due(self) -> tuple[int, int] | None:
        """Moment and sequence number of what comes next."""
        ...

    def upcoming(self, limit: int | None) -> tuple[int, int] | None:
        """The same, with what happens in the background on the way to *limit*."""
        ...

    def mark_sequence(self) -> int:
        """A number above every sequence number so far and below every later one."""
        ...

    @property
    def retries_at_once(self) -> int:
        """How many retries of one delivery may follow each other at one instant."""
        ...

    def begin_next(self) -> Any | None:
        """Begin what comes next; what is returned must be passed to `exchange`."""
        ...

    async def exchange(self, call: Any) -> None:
        """Carry a call out, on the engine's loop."""
        ...

    def attempts_since(self, mark: int) -> Sequence[Attempt]:
        """The attempts that ended since the journal had the length *mark*."""
        ...

    def abort(self, reason: str) -> None:
        """End every attempt in flight as aborted."""
        ...


class Walk:
    """One walk under way. It can tell ten thousand attempts of one instant from an endless loop.

    What was armed before an instant began is its first generation; what a generation's work arms
    at the same instant is the next. Only generations are counted, and all steps, up to a million.
    Retries without a delay end by themselves, so they come on top.
    """

    def __init__(self, agenda: Agenda, journal: Journal) -> None:
        """Begin before any instant."""
        self.agenda = agenda
        self.steps = 0
        self._journal = journal
        self._mark = self._looked_at = len(journal)
        self._instant = -1
        self._generation = 0
        self._boundary = agenda.mark_sequence()
        self._most = MAX_GENERATIONS + agenda.retries_at_once
        self._patience = MAX_STEPS + 100 * self._boundary

    @property
    def made(self) -> list[Attempt]:
        """The attempts that have ended in this walk."""
        return list(self.agenda.attempts_since(self._mark))

    @property
    def made_any(self) -> bool:
        """Whether `made` has something. While it has not, no fact is looked at twice."""
        length = len(self._journal)
        if self.agenda.attempts_since(self._looked_at):
            return True
        self._looked_at = length
        return False

    def count(self, due: tuple[int, int]) -> None:
        """Take note of one step, to what is *due*. Raises `Runaway`."""
        moment, sequence = due
        if moment > self._instant:
            self._instant, self._generation = moment, 0
            self._boundary = self.agenda.mark_sequence()
        elif sequence > self._boundary:
            self._generation += 1
            self._boundary = self.agenda.mark_sequence()
        self.steps += 1
        if self._generation > self._most or self.steps > self._patience:
            raise Runaway(
                f"at {words(moment)} callbacks keep causing callbacks"
                f" ({self._generation} generations at this instant, {self.steps} steps in this"
                " walk). Does a receiver call /v1/speak with its own URL as the callback? Set"
                " Settings.processing_time if that is meant, and move with advance()."
            )
