"""What time it is: one number that only grows, and the wall clock that is made of it.

A moment is a whole number of nanoseconds since the emulator's start. Time stands, and somebody
moves it; or it flows, at *rate* times the pace of real time. One that flows does not pass what is
due and has not begun: a machine that is late with it makes an `xN` clock late, and a `real` one
only for as long as `LATENESS`.
"""

import threading
from contextlib import AbstractContextManager
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache

from ringback.clock.freezers import Wall
from ringback.clock.real import genuine, monotonic_ns, unix_ns
from ringback.core.base.duration import SECOND, words

_LAST = unix_ns(datetime(9999, 12, 31, tzinfo=UTC))
"""Unix time, in nanoseconds, up to which a clock can say what time it is."""

LATENESS = SECOND
"""How late, in nanoseconds, a machine may be on a real clock as if it were not.

A thread that had to wait for its turn is that late at most. Beyond it the process was stopped, and
what happens then has happened then.
"""


class Reading:
    """The time of one emulator. All of it is guarded by *lock*, which the engine shares."""

    def __init__(
        self, epoch: datetime, rate: int, lock: threading.RLock, *, keeps_epoch: bool = False
    ) -> None:
        """Stand at zero; *rate* is 0 for a paused clock, else virtual seconds in a real one.

        A time freezer's moment takes the place of *epoch*, unless this *keeps_epoch*.
        """
        self.lock = lock
        self.rate = rate
        self.moment = 0
        """Where time stands; while it flows, where it stood at the last look. Set under the lock.
        """
        self.wall = Wall()
        self._keeps_epoch = keeps_epoch
        self._epoch, self._epoch_ns = _beginning((not keeps_epoch and self.wall.seen) or epoch)
        self._flow_from: int | None = None
        self._slow = False
        self._still = 0

    @property
    def now_ns(self) -> int:
        """Nanoseconds since the start."""
        with self.lock:
            if self._flow_from is not None and not self._still:
                self._pass(self._flow_from)
            return self.moment

    @property
    def now(self) -> datetime:
        """The emulator's wall clock: epoch + elapsed, aware, in UTC."""
        return self.at(self.now_ns)

    def at(self, moment: int) -> datetime:
        """The wall clock at *moment*, to the microsecond below."""
        return self._epoch + timedelta(microseconds=moment // 1000)

    def unix_ns(self, moment: int) -> int:
        """Unix time of *moment*, in nanoseconds."""
        return self._epoch_ns + moment

    def moment_of(self, wall: datetime) -> int:
        """The moment at which the wall clock shows *wall* (aware)."""
        return unix_ns(wall) - self._epoch_ns

    def reachable(self, moment: int) -> int:
        """*moment*, which has to be within what a `datetime` can say. Raises `ValueError`."""
        if self._epoch_ns + moment > _LAST:
            raise ValueError(
                f"the clock cannot go to {words(moment)}: that is beyond the year 9999. Give"
                " seconds, not nanoseconds."
            )
        return moment

    def set_wall(self, moment: datetime) -> None:
        """Call the present *moment* (aware). Nothing fires or un-fires, and nothing elapses."""
        with self.lock:
            self._epoch = genuine(moment) - timedelta(microseconds=self.now_ns // 1000)
            self._epoch_ns = unix_ns(self._epoch)

    def observe(self) -> None:
        """Notice a time freezer that has become active: its moment is what time it is here.

        `sync` counts from here. A clock that keeps its epoch is told so by `sync` alone.
        """
        if self.wall.observe() and not self._keeps_epoch and self.wall.seen is not None:
            self.set_wall(self.wall.seen)

    # -- one moment ------------------------------------------------------------------------------

    def still(self) -> AbstractContextManager[None]:
        """Have it be one moment until the end of the block, which holds the lock.

        Each request passes through this, so no object is made for it: it is the clock itself.
        """
        return self

    def __enter__(self) -> None:
        self.lock.acquire()
        if self._flow_from is not None and not self._still:
            self._pass(self._flow_from)
        self._still += 1

    def __exit__(self, *_: object) -> None:
        self._still -= 1
        self.lock.release()

    # -- flowing ---------------------------------------------------------------------------------

    @property
    def flowing(self) -> bool:
        """Whether time passes by itself at this moment."""
        return self._flow_from is not None

    def stop_flowing(self) -> None:
        """Stand still here."""
        with self.lock:
            self.moment, self._flow_from = self.now_ns, None

    def real_seconds_until(self, moment: int) -> float:
        """How long a flowing clock takes to *moment*; zero or less when it is past."""
        with self.lock:
            rate = 1 if self._slow else self.rate
            return (moment - self.now_ns) / (rate * SECOND)

    def _let_flow(self, *, busy: bool) -> None:
        """Let time pass by itself from here; called under the lock."""
        self.moment = self.now_ns
        if self._flow_from is None:
            self._flow_from = monotonic_ns()
        self._slow = busy and self.rate > 1

    def _pace(self, *, busy: bool) -> bool:
        """Flow as fast as suits who is *busy*, and say whether that is another pace.

        A busy xN clock runs at real speed, or 50 ms of Python would be 5 s of silence.
        """
        if self._flow_from is None or self.rate <= 1 or busy == self._slow:
            return False
        self.moment, self._flow_from = self.now_ns, monotonic_ns()
        self._slow = busy
        return True

    def _pass(self, since: int) -> None:
        """Let the time pass that has gone by *since* the last look."""
        self._flow_from = monotonic_ns()
        now = self.moment + (self._flow_from - since) * (1 if self._slow else self.rate)
        horizon = self._horizon()
        if horizon is not None and now > (until := max(self.moment, horizon)):
            late = now - until
            if self.rate > 1:
                now = until
            elif late <= LATENESS:
                now, self._flow_from = until, self._flow_from - late
        self.moment = now

    def _horizon(self) -> int | None:
        """Up to which moment time passes by itself before something has begun; None: for ever."""
        return None


def a_year_after(moment: datetime) -> datetime:
    """A year after *moment*; the last moment of all where there is none."""
    if moment.year == MAXYEAR:
        return moment.max.replace(tzinfo=UTC)
    day = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    return moment.replace(year=moment.year + 1, day=day)


@lru_cache(maxsize=8)
def _beginning(epoch: datetime) -> tuple[datetime, int]:
    """The *epoch*, in UTC, and as Unix time in nanoseconds. Tests begin at the same one."""
    moment = genuine(epoch)
    return moment, unix_ns(moment)
