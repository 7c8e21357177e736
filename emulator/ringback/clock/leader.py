"""A time that a freezer goes along with, so that the application is told the same."""

from datetime import datetime, timedelta
from threading import RLock

from ringback.clock.advice import disagreed, led_astray
from ringback.clock.leading import Freezer
from ringback.clock.listener import Listener
from ringback.clock.presence import Presence
from ringback.errors import ClockError, SettingsError

AN_ATTEMPT = timedelta(seconds=10)
"""How far two clocks may be apart at a callback before it is worth a word."""


class Leader(Presence):
    """A time, whatever is in flight in it, and perhaps a freezer beside it."""

    def __init__(
        self,
        epoch: datetime,
        rate: int,
        lock: RLock,
        listener: Listener,
        *,
        keeps_epoch: bool = False,
    ) -> None:
        """Lead nothing."""
        super().__init__(epoch, rate, lock, listener, keeps_epoch=keeps_epoch)
        self._led: Freezer | None = None
        self.disagreement = ""
        """What is to be said of an attempt at which the application was told another time."""

    def go(self, moment: int) -> None:
        """Stand at *moment*; called under the lock. A freezer that is led goes along."""
        self.moment = moment
        if self._led is not None:
            self._go_along(self._led)

    def lead(self, freezer: Freezer) -> None:
        """Have *freezer* go along from here on, and no other.

        Raises `SettingsError` where time flows: it is never at one moment.
        """
        with self.lock:
            if self.rate:
                raise SettingsError(
                    "clock.lead() and follow() need a clock that stands between two steps:"
                    " Settings(clock='paused') or 'auto'. This one flows."
                )
            self.observe()
            self._led = freezer
            freezer.shift(self.now - freezer.now())
            self.wall.follow(freezer.now())

    def anchor(self) -> None:
        """Take what the freezer tells as the present moment: somebody has put it back."""
        with self.lock:
            if self._led is not None:
                self.set_wall(self._led.now())
                self.wall.follow(self._led.now())

    def check_led(self, verb: str) -> None:
        """Raise `ClockError` if the freezer that is led has been moved by somebody else."""
        freezer = self._led
        if freezer is not None and not freezer.ticks and freezer.now() > self.now:
            raise ClockError(led_astray(verb, self.now, freezer.now()))

    def compare(self) -> None:
        """Take note if the application is told another time at this moment.

        That costs next to nothing until a freezer has been seen.
        """
        if self.wall.seen is None or self._led is not None or self.disagreement:
            return
        told, _ = self.wall.passed()
        if told is not None and abs(told - self.now) > AN_ATTEMPT:
            self.disagreement = disagreed(self.moment, self.now, told)

    def _go_along(self, freezer: Freezer) -> None:
        span = self.at(self.moment) - freezer.now()
        # One whose time passes by itself may be ahead by what has passed.
        if span > timedelta():
            freezer.shift(span)
            self.wall.follow(freezer.now())
