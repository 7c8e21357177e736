"""Walks that move no time: they wait in real time for what others do, or for quiet."""

import asyncio
from collections.abc import Callable
from functools import partial

from ringback.clock.guard import set_alarm
from ringback.clock.real import monotonic_ns
from ringback.clock.steps import Steps
from ringback.clock.turns import call_on, drained
from ringback.clock.verbs import Made
from ringback.clock.virtual import VirtualClock
from ringback.core.base.duration import SECOND

GLANCE = 0.005
"""Real seconds between two looks at whether something is so."""


def until(clock: VirtualClock, predicate: Callable[[], bool], within: float) -> Steps[Made]:
    """Wait until *predicate* is true, for *within* real seconds at most; it tells what came of it.

    Nobody is kept from moving the clock meanwhile.
    """
    limit = monotonic_ns() + int(within * SECOND)
    while not predicate() and monotonic_ns() < limit:
        yield _a_moment
    return []


def quiet(clock: VirtualClock) -> Steps[Made]:
    """Wait until what has been sent is heard and answered; nothing that is due begins."""
    clock.tell_of_walk()
    while clock.tokens:
        yield partial(_until_quiet, clock)
    return []


async def _until_quiet(clock: VirtualClock) -> None:
    await _called_back(clock.when_quiet)


async def _a_moment() -> None:
    await _called_back(lambda ring: set_alarm(GLANCE, ring))


async def _called_back(subscribe: Callable[[Callable[[], None]], object]) -> None:
    """Wait on the running loop until what was subscribed to calls back, from any thread."""
    loop = asyncio.get_running_loop()
    happened = asyncio.Event()
    subscribe(partial(call_on, loop, happened.set))
    await happened.wait()
    await drained()
