"""Faults: what happens to an attempt between the dispatcher and the receiver."""

from ringback.core.base.dataclass import dataclass
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Outcome
from ringback.core.request.endpoint import Endpoint
from ringback.sending.sender import Limits, Sender


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
