"""An emulator that begins again and again in one thread, at the least cost."""

import asyncio
import contextlib
from typing import Any, Self

from ringback.clock.guard import set_alarm
from ringback.clock.loops import CallersLoop
from ringback.clock.real import SteadyLoop
from ringback.clock.steps import Effect
from ringback.clock.turns import call_on, drained
from ringback.engine.choosing import Choosing
from ringback.errors import NotRecorded
from ringback.faces.clocks import BlockingClock
from ringback.faces.emulator import Emulator
from ringback.service.moving import interrupted
from ringback.settings.settings import Settings


class Stage(Emulator):
    """An emulator whose applications run in the test's own thread, on a loop that outlives them.

    A history would otherwise pay for a thread, and for handing each attempt over to it.
    """

    def __init__(self, settings: Settings) -> None:
        """Prepare; each `begin_again` begins at zero."""
        super().__init__(settings)
        self._own_loop = SteadyLoop()

    def open(self) -> Self:
        """Begin at zero."""
        self._begin(_OwnLoopClock, CallersLoop(self._own_loop))
        return self

    def close(self) -> None:
        """End, and close the loop."""
        super().close()
        self._clear()
        self._own_loop.close()

    def begin_again(self, choosing: Choosing) -> None:
        """Begin at zero, under the same key, with nothing that was; *choosing* shapes attempts."""
        self._end_service()
        self._clear()
        self.open()
        self._service.engine.choose(choosing)

    def due(self) -> list[int]:
        """When the first attempts are due, in nanoseconds since the start."""
        moments = [each.due_at for each in self._service.engine.dispatcher.deliveries]
        return [moment for moment in moments if moment is not None]

    def happened(self) -> list[str]:
        """What a strict test would not leave behind, apart from what was arranged and not used.

        A history may end before that.
        """
        return [line for told in self._service.happened().values() for line in told]

    def as_scenario(self) -> str:
        """What happened, as a scenario file; empty for what no file can say."""
        from ringback.recording.scenarios import scenario

        service = self._service
        scripted = all(route.respond is not None for _, route in service.arranging.routes.arranged)
        try:
            return scenario(service, to_application=not scripted)
        except NotRecorded:
            return ""

    def _clear(self) -> None:
        """End what the applications of the last history have left running."""
        if tasks := asyncio.all_tasks(self._own_loop):
            for task in tasks:
                task.cancel()
            with contextlib.suppress(RuntimeError):  # one of them has stopped the loop
                self._own_loop.run_until_complete(drained())


class _OwnLoopClock(BlockingClock):
    """A clock whose effects are carried out where it is asked for them."""

    def _perform(self, effect: Effect) -> Any:
        loop = self._engine.ensure_loop().ensure()
        work = loop.create_task(_awaited(effect))

        def interrupt() -> None:
            call_on(loop, work.cancel)

        alarm = set_alarm(self._guard, interrupt)
        forget = self._virtual.when_closed(interrupt)
        try:
            return loop.run_until_complete(work)
        except asyncio.CancelledError:
            raise interrupted(self._virtual, self._guard) from None
        finally:
            forget()
            alarm.cancel()


async def _awaited(effect: Effect) -> Any:
    return await effect()
