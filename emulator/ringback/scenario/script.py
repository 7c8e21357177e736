"""A receiver's script, split into what a real one can answer and what only faults can play."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ringback.core.reply import ANSWER_LOST, DUPLICATE, REACHING, FaultLike, Reply, ReplyLike
from ringback.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Script:
    """*answers* are for the receiver, in order of arrival; *faults* are one for each attempt."""

    answers: tuple[Reply, ...]
    faults: tuple[FaultLike, ...]

    def arrivals(self, number: int) -> int:
        """How many times attempt *number*, counted from 1, gets to the receiver."""
        fault = self.faults[number - 1] if number <= len(self.faults) else None
        if fault == DUPLICATE:
            return 2
        return 1 if fault in (None, ANSWER_LOST) else 0


def divide(replies: Sequence[ReplyLike], faults: Sequence[FaultLike], attempts: int) -> Script:
    """Divide a script between a real receiver and the dispatcher, for so many *attempts* at most.

    Words and late answers become faults: a real receiver could show them in real time alone.
    Raises `SettingsError` for what cannot be divided: an answer both late and lost, or a duplicate
    of which either is no answer given at once.
    """
    entries = _repeating(replies)
    answers: list[Reply] = []
    played: list[FaultLike] = []
    for number in range(attempts):
        fault = faults[number] if number < len(faults) else None
        if fault is not None and fault not in REACHING:
            played.append(fault)
            continue
        reply = next(entries)
        if fault == DUPLICATE:
            answers += map(_at_once, (reply, next(entries)))
            played.append(fault)
            continue
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


def _at_once(reply: Reply | str) -> Reply:
    if isinstance(reply, str) or reply.after:
        raise SettingsError(
            "a duplicate that is not answered at once cannot be played to a real receiver; play"
            " the scenario in process"
        )
    return reply


def _repeating(replies: Sequence[ReplyLike]) -> Iterator[Reply | str]:
    """The entries in order, the last one without end."""
    for entry in replies:
        yield Reply(entry) if isinstance(entry, int) else entry
    while True:
        yield Reply(replies[-1]) if isinstance(replies[-1], int) else replies[-1]
