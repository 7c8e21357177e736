"""Follows the redirects of an attempt along the routes, for a dispatcher that is set to do so."""

from dataclasses import replace
from functools import partial

from ringback.core.base.duration import SECOND
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered, Outcome, TimedOut
from ringback.core.delivery.redirect import MAX_HOPS, Hop, next_hop
from ringback.core.request.endpoint import CallbackRules, Endpoint
from ringback.errors import MachineError
from ringback.sending.routes import Routes
from ringback.sending.sender import Limits
from ringback.sending.together import Pair, bring_together


class Trail:
    """A `Sender` for one attempt, through as many receivers as redirect it.

    *takes* is the virtual time, in nanoseconds, that scripted receivers have taken so far; what is
    beyond *limit* is followed no further. An attempt that comes twice, as a *pair*, does so at the
    first, and nobody follows where its second copy is sent.
    """

    def __init__(
        self,
        routes: Routes,
        limit: int,
        pair: Pair | None = None,
        rules: CallbackRules | None = None,
    ) -> None:
        """Follow to wherever *rules* let a callback go; *limit* is in nanoseconds."""
        self.takes = 0
        self._routes = routes
        self._limit = limit
        self._pair = pair
        self._rules = rules or CallbackRules()

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Send *message*, and say what became of it at the last receiver."""
        bring = partial(self._bring, message, endpoint)
        pair, scripted = self._pair, self._routes.find(endpoint).respond is not None
        if pair is not None and pair.together and not scripted:
            outcome = await bring_together(bring, limits, pair)
            if isinstance(self._next(message, endpoint, outcome), Hop):
                pair.first = None
            return await self._followed(message, endpoint, outcome, limits)
        outcome = await bring(limits)
        if pair is not None:
            if not isinstance(self._next(message, endpoint, outcome), Hop):
                pair.first = outcome
            taken = self.takes
            copy = await bring(limits)
            late = self.takes - taken > self._limit
            pair.second = TimedOut(self._limit / SECOND) if late else copy
            self.takes = taken
        return await self._followed(message, endpoint, outcome, limits)

    async def _followed(
        self, message: CallbackMessage, endpoint: Endpoint, outcome: Outcome, limits: Limits
    ) -> Outcome:
        """What becomes of *message*, which had this *outcome*, at the last receiver."""
        hops = 0
        stopped = ""
        while hops < MAX_HOPS and self.takes <= self._limit:
            hop = self._next(message, endpoint, outcome)
            if not isinstance(hop, Hop):
                stopped = hop or ""
                break
            message, endpoint = hop.message, hop.endpoint
            outcome = await self._bring(message, endpoint, limits)
            hops += 1
        if (hops or stopped) and isinstance(outcome, Answered):
            led = f"redirected to {endpoint}" if hops else ""
            note = "; ".join(filter(None, (outcome.note, led, stopped)))
            outcome = replace(outcome, note=note)
        return outcome

    def _next(
        self, message: CallbackMessage, endpoint: Endpoint, outcome: Outcome
    ) -> Hop | str | None:
        return next_hop(message, endpoint, outcome, self._rules)

    async def _bring(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        route = self._routes.find(endpoint)
        route.reached = max(route.reached, 1)
        if route.respond is not None:
            answer = route.respond(message)
            # A scripted reply that never comes takes longer than any limit.
            self.takes += self._limit + 1 if answer.takes is None else answer.takes
            return answer.outcome
        if route.sender is None:
            raise MachineError(f"the route of {endpoint} leads nowhere")
        return await route.sender.send(message, endpoint, limits)
