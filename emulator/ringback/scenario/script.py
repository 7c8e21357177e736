"""A receiver's script, split into what a real one can answer and what only faults can play."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ringback.core.delivery.fault import FaultLike, read_fault
from ringback.core.delivery.reply import Reply, ReplyLike
from ringback.core.delivery.shape import shape_of

LATE_AND_LOST = "an answer that is both late and lost cannot come from a real receiver"
SILENT_AND_ALTERED = (
    "a receiver that gives no answer cannot be a real one that is sent something else"
)
LATE_COPY = "a real receiver cannot tell a copy that comes late from the next attempt"
EITHER_FIRST = (
    "of two copies at once a real receiver may answer either first: have it answer both alike"
)
SLOW_DUPLICATE = "a duplicate that is not answered at once cannot be played to a real receiver"


@dataclass(frozen=True, slots=True)
class Script:
    """*answers* are for the receiver, in order of arrival; *faults* are one for each attempt.

    No attempt from *end* on can be played so, for the *reason* given; 0: all of them can.
    """

    answers: tuple[Reply, ...]
    faults: tuple[FaultLike, ...]
    end: int = 0
    reason: str = ""

    def arrivals(self, number: int) -> int:
        """How many times attempt *number*, counted from 1, gets to the receiver."""
        return arrivals(self.faults[number - 1] if number <= len(self.faults) else None)


class _Indivisible(Exception):
    """An attempt that only a scripted receiver in process can take."""


def arrivals(fault: FaultLike) -> int:
    """How many times an attempt under *fault* gets to its receiver, while it lasts."""
    shape = shape_of(read_fault(fault))
    return 1 if shape is None else shape.arrives


def divide(replies: Sequence[ReplyLike], faults: Sequence[FaultLike], attempts: int) -> Script:
    """Divide a script between a real receiver and the dispatcher, for so many *attempts* at most.

    Words and late answers become faults: a real receiver could show them in real time alone. It
    ends before an answer both late and lost, before a duplicate of which either is no answer given
    at once, and before a copy that comes late; whether it comes to that only the play can tell.
    """
    entries = _repeating(replies)
    answers: list[Reply] = []
    played: list[FaultLike] = []
    for number in range(attempts):
        fault = faults[number] if number < len(faults) else None
        try:
            given, fault = _attempt(entries, fault)
        except _Indivisible as error:
            return Script(tuple(answers), tuple(played), number + 1, str(error))
        answers += given
        played.append(fault)
    return Script(tuple(answers), tuple(played))


def _attempt(entries: Iterator[Reply | str], fault: FaultLike) -> tuple[Sequence[Reply], FaultLike]:
    """What the receiver answers in one attempt, and the fault under which it is made."""
    shape = shape_of(read_fault(fault))
    times = arrivals(fault)
    if not times:
        return (), fault
    if shape is not None and shape.comes_again:
        raise _Indivisible(LATE_COPY)
    reply = next(entries)
    if times > 1 and shape is not None:
        replies = (reply, next(entries))
        if shape.together and replies[0] != replies[1]:
            raise _Indivisible(EITHER_FIRST)
        return tuple(map(_at_once, replies)), fault
    if isinstance(reply, str):
        if shape is not None and shape.alters:
            raise _Indivisible(SILENT_AND_ALTERED)
        return (), reply
    if not reply.after:
        return (reply,), fault
    if fault is None:
        return (), reply
    raise _Indivisible(LATE_AND_LOST)


def _at_once(reply: Reply | str) -> Reply:
    if isinstance(reply, str) or reply.after:
        raise _Indivisible(SLOW_DUPLICATE)
    return reply


def _repeating(replies: Sequence[ReplyLike]) -> Iterator[Reply | str]:
    """The entries in order, the last one without end."""
    for entry in replies:
        yield Reply(entry) if isinstance(entry, int) else entry
    while True:
        yield Reply(replies[-1]) if isinstance(replies[-1], int) else replies[-1]
