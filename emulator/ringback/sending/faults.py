"""Faults: what happens to an attempt between the dispatcher and the receiver."""

from functools import partial

from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Outcome
from ringback.core.request.endpoint import Endpoint
from ringback.sending.sender import Limits, Sender
from ringback.sending.together import Pair, bring_together


class Twice:
    """A `Sender` that sends everything twice, as its *pair* says, and tells of the first.

    It takes as long as both: whoever sends keeps the limits for the two together.
    """

    def __init__(self, sender: Sender, pair: Pair) -> None:
        """Send by *sender*, and let *pair* hear of both."""
        self._sender = sender
        self._pair = pair

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Send *message* and the same again, and say what became of the first."""
        if self._pair.together:
            return await bring_together(
                partial(self._sender.send, message, endpoint), limits, self._pair
            )
        first = self._pair.first = await self._sender.send(message, endpoint, limits)
        self._pair.second = await self._sender.send(message, endpoint, limits)
        return first
