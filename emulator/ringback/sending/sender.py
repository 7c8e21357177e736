"""What every way of sending looks like to the engine."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import field
from typing import Protocol, TypeAlias

from ringback.core.base.dataclass import dataclass
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Outcome
from ringback.core.request.endpoint import Endpoint

_log = logging.getLogger("ringback.receiver")


class Meeting(Protocol):
    """Where two copies wait for each other."""

    async def wait(self) -> None:
        """Wait for the other one, on the loop."""

    def wait_here(self) -> None:
        """Wait for the other one, in a thread."""


Work: TypeAlias = "asyncio.Future[BaseException | None]"
"""What a receiver of this process goes on doing once its answer is complete.

Its result is what it raised; to cancel it is to have it stopped.
"""


Crashed: TypeAlias = "Callable[[Endpoint, BaseException], object]"
"""Is told what the application at an endpoint raised, in whatever thread it did."""


def unwatched(work: Work) -> None:
    """Leave *work* to itself."""


def logged(endpoint: Endpoint, error: BaseException) -> None:
    """Log an *error*."""
    _log.error("%s: the receiver failed", endpoint, exc_info=error)


@dataclass(frozen=True, slots=True)
class Line:
    """What a fault does to a connection.

    It breaks once *cut* bytes of the body are sent; None: it does not. The body is on its way for
    *drag* real seconds, if it travels over a socket. Its receiver hears nothing before another one
    is at the *meeting*.
    """

    cut: int | None = None
    drag: float = 0
    meeting: "Meeting | None" = None


SOUND = Line()


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an attempt may take, in real seconds; None where the clock stands still.

    *watch* is told what a receiver goes on doing, before its answer is handed over, and *crashed*
    what an application of this process raises. *line* is what the attempt travels on.
    """

    connect: float | None = None
    total: float | None = None
    watch: Callable[[Work], object] = field(default=unwatched, compare=False, repr=False)
    crashed: Crashed = field(default=logged, compare=False, repr=False)
    line: Line = SOUND


UNLIMITED = Limits()


class Pending(Protocol):
    """An alarm that has been set."""

    def cancel(self) -> None:
        """Make sure that it never rings; harmless when it has."""
        ...


Alarm = Callable[[float, Callable[[], None]], Pending]
"""Sets an alarm: after so many real seconds the callback is called, in a thread of the alarm's own.

Loop timers are no substitute: time freezers stop them, or ring all of them at once.
"""


class Sender(Protocol):
    """Brings one message to one receiver.

    Nothing that a receiver does is raised: it becomes an `Outcome`. Only cancellation is passed on,
    at once, and `KeyboardInterrupt`, which is meant for whoever runs all this.
    """

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Send *message* to *endpoint* and say what became of it."""
        ...
