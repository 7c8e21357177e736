"""Something that happens once, unless it is cancelled before: in virtual time, or in real time."""

from collections.abc import Callable


class Timer:
    """What stands in an `Agenda`, or is set as an alarm. *callback* is None once it is over."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], object]) -> None:
        """Wait for `fire`."""
        self.callback: Callable[[], object] | None = callback

    @property
    def over(self) -> bool:
        """Whether it has fired or was cancelled."""
        return self.callback is None

    def cancel(self) -> None:
        """Never begin to fire; harmless, from any thread, when it has."""
        self.callback = None

    def fire(self) -> None:
        """Call back, once."""
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()
