"""The clock: how it stands, how it passes, and the verbs that move it."""

from datetime import datetime

from ringback.clock import verbs as walks
from ringback.control.asked import Advance, Mode
from ringback.control.models import ClockState, Moved
from ringback.control.operations import Call
from ringback.control.problems import Problem
from ringback.core.base.duration import nanoseconds
from ringback.service.moving import Walk


def show(call: Call) -> ClockState:
    """How it stands."""
    return call.shapes.clock()


def change(call: Call) -> ClockState:
    """Go on in another mode."""
    call.service.pace.change(call.said(Mode).mode)
    return call.shapes.clock()


def settle(call: Call) -> Moved:
    """Run what is due now."""
    return _move(call, walks.settle)


def advance(call: Call) -> Moved:
    """Move by a span, or to a moment."""
    said = call.said(Advance)
    if said.seconds is not None and said.to is None:
        span = nanoseconds(said.seconds)
        return _move(call, lambda clock: walks.advance(clock, span))
    if said.to is None or said.seconds is not None:
        raise Problem(
            422, 'say by how much, {"seconds": 30}, or to when, {"to": "2026-01-01T00:00:30Z"}'
        )
    target = _aware(said.to)
    return _move(call, lambda clock: walks.advance_to(clock, target))


def advance_to_next(call: Call) -> Moved:
    """Move to the next due moment, and run all of it."""
    return _move(call, walks.advance_to_next)


def step(call: Call) -> Moved:
    """Move until one attempt has ended."""
    return _move(call, walks.step)


def run_until_idle(call: Call) -> Moved:
    """Move until nothing is armed any more."""
    return _move(call, walks.run_until_idle)


def _move(call: Call, walk: Walk) -> Moved:
    service = call.service
    made = service.pace.move(walk)
    shapes = call.shapes
    return Moved(clock=shapes.clock(), attempts=shapes.attempts(made))


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise Problem(422, f"to: {moment.isoformat()} has no time zone; write …Z for UTC")
    return moment
