"""Waiting in real time for what an application does by itself: no time is moved."""

import asyncio
import threading
from collections.abc import Callable

from ringback.clock.guard import set_alarm
from ringback.clock.real import monotonic_ns
from ringback.clock.turns import call_on, drained, loop_is_running
from ringback.core.base.duration import SECOND
from ringback.core.base.predicate import is_true
from ringback.errors import NeverTrue, WrongFace
from ringback.service.service import Service

GLANCE = 0.02
"""Real seconds after which a predicate is asked again although nothing has happened here: it may
look at something else."""


class Wait:
    """One wait, for *timeout* real seconds at most."""

    def __init__(self, service: Service, predicate: Callable[[], object], timeout: float) -> None:
        """Begin to wait. Raises `TypeError` for what is no function, `ValueError` for no time."""
        if not callable(predicate):
            raise TypeError(
                f"wait_until() takes a function that says when to stop, not {predicate!r}: write"
                " wait_until(lambda: ringback.requests)"
            )
        if not timeout >= 0:
            raise ValueError(f"wait_until(timeout={timeout!r}): real seconds, 0 or more")
        self._service = service
        self._predicate = predicate
        self._timeout = timeout
        self._ends = monotonic_ns() + round(timeout * SECOND)

    def is_over(self) -> bool:
        """Whether it is so. Raises `NeverTrue` once the time is up, with the timeline."""
        if is_true(self._predicate(), "wait_until()", "lambda: ringback.requests"):
            return True
        if monotonic_ns() < self._ends:
            return False
        raise NeverTrue(
            f"wait_until(): not true within {self._timeout:g} real seconds."
            f"{self._advice()}\n{self._service.timeline}"
        )

    def block(self) -> None:
        """Wait in this thread."""
        if loop_is_running():
            raise WrongFace(
                "wait_until() blocks, and was called inside a running event loop, which would then"
                " do nothing. Use AsyncEmulator (fixture async_ringback) and await wait_until(…)."
            )
        bell = threading.Event()
        forget = self._service.journal.listen(bell.set)
        try:
            while not self.is_over():
                bell.wait(GLANCE)
                bell.clear()
        finally:
            forget()

    async def go_by(self) -> None:
        """Wait on the running loop."""
        loop, bell = asyncio.get_running_loop(), asyncio.Event()

        def ring() -> None:
            call_on(loop, bell.set)

        forget = self._service.journal.listen(ring)
        try:
            while True:
                await drained()
                if self.is_over():
                    return
                alarm = set_alarm(GLANCE, ring)  # no timer of the loop: time may be frozen
                await bell.wait()
                alarm.cancel()
                bell.clear()
        finally:
            forget()

    def _advice(self) -> str:
        clock = self._service.clock
        if clock.moves_itself or not self._service.engine.dispatcher.pending:
            return ""
        return " The clock stands, and deliveries are pending: advance(…) brings them."
