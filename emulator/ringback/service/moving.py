"""Time is moved, by whoever can wait in its own thread; and whether it flows by itself."""

import concurrent.futures
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeAlias

from ringback.clock.advice import stuck
from ringback.clock.flow import Flow
from ringback.clock.steps import Effect, Steps, run
from ringback.clock.verbs import Made
from ringback.clock.virtual import VirtualClock
from ringback.engine.engine import Engine
from ringback.errors import ClockError, Stuck
from ringback.service.views import Attempt
from ringback.settings.settings import Settings

Walk: TypeAlias = Callable[[VirtualClock], Steps[Made]]
"""A walk that a clock can be asked for."""


def carried_out(engine: Engine, guard: float, effect: Effect) -> Any:
    """Carry *effect* out on the engine's loop, and wait for it in this thread.

    It may not take longer than *guard* real seconds. Raises what it raises, `Stuck`, `ClockClosed`.
    """
    future = engine.ensure_loop().submit(_awaited(effect))
    forget = engine.clock.when_closed(future.cancel)
    try:
        return future.result(guard)
    except concurrent.futures.CancelledError:
        raise interrupted(engine.clock, guard) from None
    except concurrent.futures.TimeoutError:
        if future.done():  # it came at the last moment, or is an error of the effect itself
            return future.result()
        raise interrupted(engine.clock, guard) from None
    finally:
        forget()


def shown(engine: Engine, made: Made) -> list[Attempt]:
    """The attempts that a walk made, as a test looks at them."""
    latest = engine.dispatcher.latest
    # Something may have been noted about it since.
    return [Attempt(fact.job, latest(fact.position, fact.attempt), fact.position) for fact in made]


def interrupted(clock: VirtualClock, guard: float) -> ClockError:
    """What to raise when an effect has not come to its end within *guard* real seconds."""
    if clock.closed:
        return clock.ended("the clock was being moved")
    return Stuck(stuck(guard, clock.busy))


class Pace:
    """The mode of a service's clock, which may be another later."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        """Begin in the mode of *settings*."""
        self._settings = settings
        self._engine = engine
        self._flow: Future[None] | None = None

    @property
    def mode(self) -> str:
        """`paused`, `auto`, `real` or `xN`."""
        return self._settings.clock

    @property
    def guard(self) -> float:
        """Real seconds that a verb waits for anything: where limits are real, for those as well."""
        guard = self._settings.seconds_of("guard")
        if self._engine.clock.rate:
            guard += self._settings.seconds_of("attempt_timeout")
        return min(guard, threading.TIMEOUT_MAX)

    @property
    def flows(self) -> bool:
        """Whether something lets time pass whenever the mode does."""
        return self._flow is not None

    def move(self, walk: Walk) -> list[Attempt]:
        """Carry *walk* out in this thread, and say which attempts it made."""
        engine = self._engine
        engine.loop.check_known()  # an attempt that has begun would find no loop
        steps = walk(engine.clock)
        made = run(steps, lambda effect: carried_out(engine, self.guard, effect))
        return shown(engine, made)

    def change(self, mode: str) -> None:
        """Go on in *mode* from here. Raises `SettingsError`.

        Attempts that are under way keep the limits with which they began.
        """
        settings = self._settings.changed(clock=mode)
        if settings.rate or settings.clock == "auto":
            self.flow()
        self._settings = settings
        self._engine.pace(settings)

    def flow(self) -> None:
        """Have a task on the engine's loop let time pass, whenever the mode does."""
        if self._flow is None:
            flow = Flow(self._engine.clock, self._engine.loop, self._settings.seconds_of("guard"))
            self._flow = self._engine.loop.submit(flow.run())

    def stop(self) -> None:
        """Let it pass no more."""
        if self._flow is not None:
            self._engine.loop.call_soon(self._flow.cancel)
            self._flow = None


async def _awaited(effect: Effect) -> Any:
    return await effect()
