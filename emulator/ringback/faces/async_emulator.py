"""The emulator as a coroutine holds it: its verbs are awaited."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ringback.clock.loops import EngineLoop
from ringback.clock.turns import drained
from ringback.errors import WrongFace
from ringback.faces.clocks import AwaitableClock
from ringback.faces.endings import raise_first, shut_down_here
from ringback.faces.shared import SharedFace
from ringback.faces.verbs import AwaitableVerbs
from ringback.faces.waiting import Wait
from ringback.service.moving import Walk
from ringback.service.service import Service
from ringback.service.views import Attempt

if TYPE_CHECKING:
    from pathlib import Path

    from ringback.scenario.report import Report


class AsyncEmulator(AwaitableVerbs, SharedFace[AwaitableClock]):
    """`Emulator` for tests that are coroutines: every verb is awaited.

    Callbacks to an application of this process run on the loop of the first await, so the
    application may share the test's loop.
    """

    async def __aenter__(self) -> Self:
        """Begin at zero, under a key of its own, on the running loop, which must be asyncio's."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            raise WrongFace(
                "AsyncEmulator runs on asyncio, and this is another loop, such as trio's. Take"
                " Emulator, and call its verbs in a thread:"
                " await anyio.to_thread.run_sync(ringback.advance, 30)."
            ) from None
        return self.open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End: what is pending is dropped, and every later verb raises `ClockClosed`."""
        errors: list[BaseException] = []
        if self._begun is not None and self._live and not self._is_elsewhere:
            started, guard = self._begun.arranging.started, self.settings.seconds_of("guard")
            errors = await shut_down_here(started, guard)
            started.clear()
        try:
            self.close()
            await drained()
        finally:
            raise_first(errors)

    def open(self) -> Self:
        """Begin at zero, under a key of its own; `close` ends it. `async with` does both.

        A clock that moves by itself begins to when the emulator is first used on a running loop.
        """
        self._begin(AwaitableClock, EngineLoop(own_thread=False))
        self._let_flow()
        return self

    @property
    def _live_service(self) -> Service:
        self._let_flow()
        return super()._live_service

    def _let_flow(self) -> None:
        service = self._begun
        if service is None or not service.clock.moves_itself or service.pace.flows:
            return
        with suppress(RuntimeError):  # there is no running loop yet
            asyncio.get_running_loop()
            service.loop.ensure()
            service.pace.flow()

    async def _move(self, verb: str, walk: Walk) -> list[Attempt]:
        return await self.clock._move(verb, walk)

    async def wait_until(self, predicate: Callable[[], object], timeout: float = 5) -> None:
        """Wait until *predicate* is true, for *timeout* real seconds at most; no time is moved.

        That is for what the application does by itself, in a thread or a process of its own: a
        request arrives (`lambda: ringback.requests`), a delivery has settled on a clock that moves
        itself (`lambda: delivery.settled`), so many attempts were made. It is asked whenever
        something happens, and every 20 ms. Raises `NeverTrue`, with the timeline.
        """
        await Wait(self._live_service, predicate, timeout).go_by()

    async def play(self, path: "str | Path", case: str = "") -> "Report":
        """Play the scenario file at *path* on this emulator, and return its report.

        *case* is the id of the one combination that is meant, where the file has a matrix.

        Raises `AssertionError` with what was expected and got, and `ScenarioError` for a file that
        says what it may not say. A scenario without `receiver`, or with `connect` alone, goes where
        its origin is connected.
        """
        with ExitStack() as stack:
            performance = self._perform(path, case, stack)
            for walk in performance.walks():
                await self._move("play", walk)
            return performance.passed_report()
