"""A hold of the clock, which holds from the beginning of its `with` block to its end."""

from contextlib import AbstractContextManager
from types import TracebackType

from ringback.clock.virtual import VirtualClock
from ringback.errors import ClockError


class Hold(AbstractContextManager[None]):
    """Keeps time from moving inside `with`. Dropped without, it has the next verb say so."""

    def __init__(self, clock: VirtualClock, reason: str) -> None:
        """Hold nothing yet."""
        self._clock = clock
        self._reason = reason
        self._hold = clock.hold(reason)
        self._entered = False

    def __enter__(self) -> None:
        """Hold the clock."""
        self._entered = True
        self._hold.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let it go."""
        self._hold.__exit__(kind, error, traceback)

    def __del__(self) -> None:
        """Tell a test that it has held nothing."""
        if not self._entered:
            self._clock.unheard.append(
                ClockError(
                    f"hold({self._reason!r}) without `with` holds nothing: write `with"
                    f" ringback.hold({self._reason!r}):`"
                )
            )
