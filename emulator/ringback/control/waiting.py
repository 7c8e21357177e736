"""Waits, in real seconds, until something has happened that the caller cannot see."""

from collections.abc import Callable

from ringback.clock.real import monotonic_ns
from ringback.control.asked import Wait
from ringback.control.listening import Listening
from ringback.control.models import Waited
from ringback.control.operations import Call
from ringback.control.problems import Problem
from ringback.core.base.duration import SECOND
from ringback.core.facts import AttemptFinished
from ringback.service.service import Service


async def wait(call: Call) -> Waited | None:
    """Answer when it is so, or say why it is not."""
    said, service = call.said(Wait), call.service
    holds = _CONDITIONS[said.for_](service, said)
    with Listening(service, call.receive) as listening:
        ends = monotonic_ns() + round(said.timeout * SECOND)
        while not listening.gone:
            listening.look()
            with service.lock:
                if holds():
                    break
                if said.for_ == "idle" and not service.engine.dispatcher.pending:
                    service.clock.when_quiet(listening.ring)
                closed = service.clock.closed
            if closed:
                raise Problem(409, "the emulator began again, or has ended, while this waited")
            left = (ends - monotonic_ns()) / SECOND
            if left <= 0 or not await listening.rung(left):
                raise _too_late(service, said)
    if listening.gone:
        return None
    return Waited(clock=call.shapes.clock(), next=service.journal.end)


def _too_late(service: Service, said: Wait) -> Problem:
    of = f" of request {said.request_id}" if said.request_id else ""
    what = _WORDS[said.for_].format(count=said.count, of=of)
    if said.for_ == "delivery" and (of or said.count == 1):
        what = f"the end of {'the' if of else 'a'} delivery{of}"
    clock = service.clock
    advice = ""
    if not clock.moves_itself and service.engine.dispatcher.pending:
        advice = " The clock is paused, and deliveries are pending: POST clock/idle delivers them."
    return Problem(
        408,
        f"{what} did not come within {said.timeout:g} s.{advice}",
        timeline=service.timeline,
    )


def _idle(service: Service, _said: Wait) -> Callable[[], bool]:
    return lambda: not service.engine.dispatcher.pending and not service.clock.tokens


def _request(service: Service, said: Wait) -> Callable[[], bool]:
    return lambda: len(service.requests) + service.dropped["requests"] >= said.count


def _delivery(service: Service, said: Wait) -> Callable[[], bool]:
    if said.request_id is not None:
        return lambda: _is_settled(service, str(said.request_id))
    dispatcher = service.engine.dispatcher
    return lambda: (
        len(dispatcher.deliveries) + dispatcher.forgotten - dispatcher.pending >= said.count
    )


def _attempts(service: Service, said: Wait) -> Callable[[], bool]:
    """Whether so many have ended. Each fact is looked at once."""
    journal, looked_at, found = service.journal, 0, 0

    def holds() -> bool:
        nonlocal looked_at, found
        for fact in journal.since(looked_at):
            if isinstance(fact, AttemptFinished):
                found += said.request_id in (None, fact.job.request_id)
        looked_at = journal.end
        return found >= said.count

    return holds


def _fact(service: Service, said: Wait) -> Callable[[], bool]:
    return lambda: service.journal.end >= said.since + said.count


def _is_settled(service: Service, request_id: str) -> bool:
    try:
        return service.deliveries.for_request(request_id).settled
    except LookupError:
        return False


_CONDITIONS: dict[str, Callable[[Service, Wait], Callable[[], bool]]] = {
    "idle": _idle,
    "request": _request,
    "delivery": _delivery,
    "attempts": _attempts,
    "fact": _fact,
}
_WORDS = {
    "idle": "the end of all deliveries{of}",
    "request": "request {count}{of}",
    "delivery": "the end of {count} deliveries{of}",
    "attempts": "attempt {count}{of}",
    "fact": "fact {count}{of}",
}
