"""A receiver's script, split into what a real one can answer and what only faults can play."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ringback.core.reply import ANSWER_LOST, FaultLike, Reply, ReplyLike
from ringback.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Script:
    """*answers* are for the receiver, in order of arrival; *faults* are one for each attempt."""

    answers: tuple[Reply, ...]
    faults: tuple[FaultLike, ...]

    def reaches(self, number: int) -> bool:
        """Whether attempt *number*, counted from 1, gets to the receiver."""
        return number > len(self.faults) or self.faults[number - 1] in (None, ANSWER_LOST)


def divide(replies: Sequence[ReplyLike], faults: Sequence[FaultLike], attempts: int) -> Script:
    """Divide a script between a real receiver and the dispatcher, for so many *attempts* at most.

    Words and late answers become faults: a real receiver could show them in real time alone.
    Raises `SettingsError` for the one pair that cannot be divided.
    """
    entries = _repeating(replies)
    answers: list[Reply] = []
    played: list[FaultLike] = []
    for number in range(attempts):
        fault = faults[number] if number < len(faults) else None
        if fault not in (None, ANSWER_LOST):
            played.append(fault)
            continue
        reply = next(entries)
        if isinstance(reply, str):
            played.append(reply)
        elif not reply.after:
            answers.append(reply)
            played.append(fault)
        elif fault is None:
            played.append(reply)
        else:
            raise SettingsError(
                "an answer that is both late and lost cannot come from a real receiver; play the"
                " scenario in process"
            )
    return Script(tuple(answers), tuple(played))


def _repeating(replies: Sequence[ReplyLike]) -> Iterator[Reply | str]:
    """The entries in order, the last one without end."""
    for entry in replies:
        yield Reply(entry) if isinstance(entry, int) else entry
    while True:
        yield Reply(replies[-1]) if isinstance(replies[-1], int) else replies[-1]
