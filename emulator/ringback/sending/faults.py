"""Faults: what happens to an attempt between the dispatcher and the receiver."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ringback.core.outcome import Answered, AnswerLost, Outcome
from ringback.core.reply import (
    ANSWER_LOST,
    Answer,
    FaultLike,
    Mishap,
    Reply,
    answer_of,
    read_fault,
)
from ringback.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. *instead* is what the dispatcher hears without the receiver being reached.

    None stands for a lost answer: the receiver does its work, and nobody hears of it.
    """

    word: str
    instead: Answer | None

    def after(self, outcome: Outcome) -> Outcome:
        """What the dispatcher makes of the receiver's *outcome* under this fault."""
        return AnswerLost(outcome) if isinstance(outcome, Answered) else outcome


def read_faults(entries: Iterable[FaultLike]) -> Sequence[Fault | None]:
    """Read `faults=[…]`: entry i shapes attempt i + 1 of each delivery. Raises `SettingsError`."""
    if isinstance(entries, str | int | Reply):
        raise SettingsError(f"faults must be a list: write faults=[{entries!r}]")
    return tuple(_fault(entry) for entry in entries)


def _fault(entry: FaultLike) -> Fault | None:
    read = read_fault(entry)
    if read is None:
        return None
    if isinstance(read, Mishap):
        return Fault(read.value, answer_of(read))
    if isinstance(read, Reply):
        return Fault(str(read.status), answer_of(read))
    return Fault(ANSWER_LOST, None)
