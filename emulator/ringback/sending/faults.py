"""Faults: what happens to an attempt between the dispatcher and the receiver."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered, AnswerLost, Outcome
from ringback.core.delivery.reply import (
    ANSWER_LOST,
    DUPLICATE,
    Answer,
    FaultLike,
    NoReply,
    Reply,
    answer_of,
    read_fault,
)
from ringback.core.request.endpoint import Endpoint
from ringback.errors import SettingsError
from ringback.sending.sender import Limits, Sender


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. *instead* is what the dispatcher hears without the receiver being reached.

    Without it the receiver does its work: twice where the attempt comes as a duplicate, and for
    nothing where its answer is lost.
    """

    word: str
    instead: Answer | None = None

    @property
    def doubles(self) -> bool:
        """Whether the attempt arrives twice."""
        return self.word == DUPLICATE

    def after(self, outcome: Outcome) -> Outcome:
        """What the dispatcher makes of the receiver's *outcome* under this fault."""
        if self.word == ANSWER_LOST and isinstance(outcome, Answered):
            return AnswerLost(outcome)
        return outcome


@dataclass(slots=True, eq=False)
class Pair:
    """What is known of an attempt that arrives twice: what its *first* copy led to, its *second*.

    *first* is known while the second is under way, so it stands whatever becomes of that.
    """

    first: Outcome | None = None
    second: Outcome | None = None


class Twice:
    """A `Sender` that sends everything twice, one after the other, and tells of the first.

    It takes as long as both: whoever sends keeps the limits for the two together.
    """

    def __init__(self, sender: Sender, pair: Pair) -> None:
        """Send by *sender*, and let *pair* hear of both."""
        self._sender = sender
        self._pair = pair

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Send *message* and the same again, and say what became of the first."""
        first = self._pair.first = await self._sender.send(message, endpoint, limits)
        self._pair.second = await self._sender.send(message, endpoint, limits)
        return first


def read_faults(entries: Iterable[FaultLike]) -> Sequence[Fault | None]:
    """Read `faults=[…]`: entry i shapes attempt i + 1 of each delivery. Raises `SettingsError`."""
    if isinstance(entries, str | int | Reply):
        raise SettingsError(f"faults must be a list: write faults=[{entries!r}]")
    return tuple(_fault(entry) for entry in entries)


def _fault(entry: FaultLike) -> Fault | None:
    read = read_fault(entry)
    if read is None:
        return None
    if isinstance(read, NoReply):
        return Fault(read.value, answer_of(read))
    if isinstance(read, Reply):
        return Fault(str(read.status), answer_of(read))
    return Fault(read)
