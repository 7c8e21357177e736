"""How an attempt begins, and which way it goes: answered at once, or by a call to a receiver."""

from collections.abc import Callable
from functools import partial

from ringback.clock.agenda import Due
from ringback.clock.listener import Launch
from ringback.clock.virtual import VirtualClock
from ringback.core.delivery.delivery import Delivery, State
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Aborted
from ringback.core.delivery.shape import Shape
from ringback.engine.calls import Call, Calls
from ringback.engine.choosing import Choosing
from ringback.engine.copies import Copies
from ringback.engine.ledger import Ledger, number_of
from ringback.errors import MachineError
from ringback.sending.faults import Twice
from ringback.sending.redirects import Trail
from ringback.sending.routes import Route, Routes
from ringback.sending.together import Pair


class Attempts:
    """Begins attempts. Called under the clock's lock, and nothing here waits."""

    def __init__(
        self,
        clock: VirtualClock,
        ledger: Ledger,
        calls: Calls,
        copies: Copies,
        routes: Routes,
        compose: Callable[[Delivery], CallbackMessage],
        *,
        follow: "Callable[[Pair | None], Trail] | None",
    ) -> None:
        """*compose* makes what the attempts of a delivery carry: the first asks, all share it.

        *follow* makes the trail of an attempt, a pair perhaps; None: no redirect is followed.
        """
        self._clock = clock
        self._agenda = clock.agenda
        self._ledger = ledger
        self._calls = calls
        self._copies = copies
        self._routes = routes
        self._compose = compose
        self._follow = follow
        self.choosing: Choosing | None = None
        self.ordered: dict[tuple[int, int], Shape] = {}
        """What somebody has ordered for one attempt: by the position of its delivery, and its
        number. It counts before all else."""

    def begin(self, due: Due, delivery: Delivery) -> Launch | None:
        """Begin what is *due*. What is returned has to be launched on a loop.

        Without a slot it waits for one, unless it is answered at once and needs none.
        """
        agenda, ledger = self._agenda, self._ledger
        if agenda.taken >= agenda.slots and not self._is_answered_at_once(delivery):
            agenda.put_off(due)
            return None
        route = self._routes.find(delivery.job.endpoint)
        number = number_of(delivery)
        shape = None
        if delivery.job.plan or route.plan or self.choosing or self.ordered:
            shape = self._take(delivery, route, number)
        if shape is not None and self._copies.stands_back(due, delivery, shape):
            return None
        if number > route.reached:
            route.reached = number
        message = self._message(delivery)
        if shape is not None:
            message = shape.sent(message)
            if shape.comes_again:
                self._copies.expect()
            if shape.breaks and route.sender is not None:
                return self._call(due, Call(delivery, message, shape, route.sender))
            if shape.instead is not None:
                ledger.answered(ledger.start(due, delivery), message, shape, shape.instead)
                return None
        pair = Pair(shape.together) if shape is not None and shape.doubles else None
        respond = route.respond
        if respond is not None and self._follow is None:
            started = ledger.start(due, delivery)
            answer = respond(message)
            copy = None if pair is None else ledger.heard(respond(message))[0]
            ledger.answered(started, message, shape, answer, copy)
            return None
        sender = route.sender
        if self._follow is not None:
            sender = self._follow(pair)
        elif sender is None:
            raise MachineError(f"the route of {delivery.job.endpoint} leads nowhere")
        elif pair is not None:
            sender = Twice(sender, pair)
        return self._call(due, Call(delivery, message, shape, sender, pair))

    def _call(self, due: Due, call: Call) -> Launch:
        self._clock.compare()
        self._calls.add(call)
        call.delivery = self._ledger.start(due, call.delivery)
        return partial(self._calls.launch, call)

    def fail(self, position: int, reason: str) -> None:
        """Give up on an attempt that could not be made; it is recorded if it had begun."""
        ledger = self._ledger
        if not ledger.dispatcher.is_open(position):
            return
        delivery = ledger.dispatcher.deliveries[position]
        ledger.cancel(position, f"aborted: {reason}")
        if delivery.state is State.IN_FLIGHT:
            shape = self.shape(delivery)
            message, ended_at = self._message(delivery), self._clock.now_ns
            ledger.end(delivery, message, shape, Aborted(reason), ended_at)

    def shape(self, delivery: Delivery) -> Shape | None:
        """What befalls the attempt of *delivery* that is next, or in flight."""
        return self._shape(delivery, self._routes.find(delivery.job.endpoint))

    def _is_answered_at_once(self, delivery: Delivery) -> bool:
        route = self._routes.find(delivery.job.endpoint)
        shape = self._shape(delivery, route)
        if shape is not None and shape.instead is not None:
            return not shape.breaks or route.sender is None
        return route.respond is not None and self._follow is None

    def _shape(self, delivery: Delivery, route: Route) -> Shape | None:
        number = number_of(delivery)
        if self.ordered and (ordered := self.ordered.get((delivery.position, number))) is not None:
            return ordered
        plan = delivery.job.plan or route.plan
        shape = None if plan is None else plan.at(number)
        if shape is None and self.choosing is not None:
            return self.choosing.shape(delivery)
        return shape

    def _take(self, delivery: Delivery, route: Route, number: int) -> Shape | None:
        """The same for an attempt that is made now, as its *number*-th."""
        plan = delivery.job.plan or route.plan
        if plan is not None:
            plan.reached = max(plan.reached, number)
        elif self.choosing is None and not self.ordered:
            return None
        return self._shape(delivery, route)

    def _message(self, delivery: Delivery) -> CallbackMessage:
        """What an attempt carries: the attempts of a delivery share what is made for the first."""
        return self._ledger.message_of(delivery) or self._compose(delivery)
