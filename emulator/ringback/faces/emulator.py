"""The emulator as a plain function holds it: its verbs block."""

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ringback.clock.loops import EngineLoop
from ringback.faces.clocks import BlockingClock
from ringback.faces.endings import shut_down
from ringback.faces.shared import SharedFace
from ringback.faces.verbs import BlockingVerbs
from ringback.faces.waiting import Wait
from ringback.service.moving import Walk
from ringback.service.views import Attempt

if TYPE_CHECKING:
    from pathlib import Path

    from ringback.scenario.report import Report


class Emulator(BlockingVerbs, SharedFace[BlockingClock]):
    """A local `/v1/speak` and its callback dispatcher, for tests that are plain functions.

    >>> from ringback import Emulator
    >>> with Emulator() as ringback:
    ...     receiver = ringback.receiver("https://app.example", replies=[503, 204])
    ...     delivery = ringback.submit("Hello", callback="https://app.example/done")
    ...     _ = ringback.run_until_idle()
    ...     delivery.timeline
    ['+0s POST 503', '+30s POST 204']

    In `paused` mode nothing is delivered, not even what is due now, until a verb moves the clock.
    Every verb returns the attempts that ended in it; their errors are those of `BlockingVerbs`.
    """

    def __enter__(self) -> Self:
        """Begin at zero, under a key of its own."""
        return self.open()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End: what is pending is dropped, and every later verb raises `ClockClosed`."""
        self.close()

    def open(self) -> Self:
        """Begin at zero, under a key of its own; `close` ends it. `with` does both."""
        service = self._begin(BlockingClock, self._new_loop())
        if service.clock.moves_itself:
            service.pace.flow()
        return self

    def _new_loop(self) -> EngineLoop:
        return EngineLoop(own_thread=True)

    def _shut_down_apps(self) -> list[BaseException]:
        service = self._service
        return shut_down(
            service.arranging.started, service.loop, self._settings.seconds_of("guard")
        )

    def _move(self, verb: str, walk: Walk) -> list[Attempt]:
        return self.clock._move(verb, walk)

    def wait_until(self, predicate: Callable[[], object], timeout: float = 5) -> None:
        """Wait until *predicate* is true, for *timeout* real seconds at most; no time is moved.

        That is for what the application does by itself, in a thread or a process of its own: a
        request arrives (`lambda: ringback.requests`), a delivery has settled on a clock that moves
        itself (`lambda: delivery.settled`), so many attempts were made. It is asked whenever
        something happens, and every 20 ms. Raises `NeverTrue`, with the timeline.
        """
        Wait(self._live_service, predicate, timeout).block()

    def play(self, path: "str | Path", case: str = "") -> "Report":
        """Play the scenario file at *path* on this emulator, and return its report.

        *case* is the id of the one combination that is meant, where the file has a matrix.

        Raises `AssertionError` with what was expected and got, and `ScenarioError` for a file that
        says what it may not say. A scenario without `receiver`, or with `connect` alone, goes where
        its origin is connected.
        """
        with ExitStack() as stack:
            performance = self._perform(path, case, stack)
            for walk in performance.walks():
                self._move("play", walk)
            return performance.passed_report()
