"""Alarms in real time."""

import asyncio
import logging
import threading
from collections.abc import Callable

import pytest
from freezegun import freeze_time

from ringback.clock import guard
from ringback.clock.guard import AlarmThread, PatientAlarm, set_alarm
from ringback.clock.real import monotonic_ns
from ringback.clock.timer import Timer
from ringback.core.base.duration import SECOND

SOON = 0.001
NEVER = 3600.0


class Bell:
    """Is rung, and remembers when and in which thread."""

    def __init__(self) -> None:
        self.moments: list[int] = []
        self.threads: list[str] = []
        self._happened = threading.Event()

    def __call__(self) -> None:
        self.moments.append(monotonic_ns())
        self.threads.append(threading.current_thread().name)
        self._happened.set()

    def wait(self) -> None:
        assert self._happened.wait(60), "it did not ring"


@pytest.fixture
def bell() -> Bell:
    return Bell()


def too_early() -> None:
    pytest.fail("that was too early")


def test_an_alarm_rings_in_a_thread_of_its_own(bell: Bell) -> None:
    set_alarm(SOON, bell)
    bell.wait()
    assert bell.threads == ["ringback alarms"]


def test_an_alarm_does_not_ring_too_early(bell: Bell) -> None:
    set_at = monotonic_ns()
    AlarmThread().set(0.01, bell)
    bell.wait()
    assert bell.moments[0] - set_at >= 0.01 * SECOND


def test_alarms_ring_in_the_order_of_their_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are set while the thread has its hands full, and real time passes when we say so."""
    busy, go_on = Bell(), threading.Event()
    early, late = Bell(), Bell()
    now = [monotonic_ns()]
    monkeypatch.setattr(guard, "monotonic_ns", lambda: now[0])

    def keep_busy() -> None:
        busy()
        go_on.wait(10)

    thread = AlarmThread()
    thread.set(0, keep_busy)
    busy.wait()
    thread.set(2, late)
    thread.set(1, early)
    now[0] += 3 * SECOND
    go_on.set()
    late.wait()
    assert early.moments < late.moments


def test_an_alarm_that_is_earlier_than_all_others_wakes_the_thread(bell: Bell) -> None:
    thread = AlarmThread()
    thread.set(NEVER, too_early)
    thread.set(SOON, bell)
    bell.wait()


def test_an_alarm_that_is_later_than_another_waits_its_turn(bell: Bell) -> None:
    thread = AlarmThread()
    thread.set(SOON, bell)
    thread.set(NEVER, too_early)
    bell.wait()


def test_a_cancelled_alarm_does_not_ring(bell: Bell) -> None:
    thread = AlarmThread()
    pending = thread.set(SOON, too_early)
    pending.cancel()
    assert pending.over
    pending.fire()
    thread.set(2 * SOON, bell)
    bell.wait()


def test_an_alarm_rings_once(bell: Bell) -> None:
    pending = AlarmThread().set(NEVER, bell)
    pending.fire()
    pending.fire()
    pending.cancel()
    assert len(bell.moments) == 1


def test_an_alarm_rings_in_frozen_time(bell: Bell) -> None:
    with freeze_time("2031-05-17"):
        AlarmThread().set(SOON, bell)
        bell.wait()


def test_an_alarm_that_fails_keeps_no_other_from_ringing(
    bell: Bell, caplog: pytest.LogCaptureFixture
) -> None:
    thread = AlarmThread()

    def fail() -> None:
        raise ZeroDivisionError

    thread.set(SOON, fail)
    thread.set(2 * SOON, bell)
    bell.wait()
    assert caplog.record_tuples == [("ringback.clock", logging.ERROR, "an alarm failed")]


def test_cancelled_alarms_do_not_pile_up() -> None:
    """A guard of ten seconds over each of a hundred thousand attempts is cancelled each time."""
    thread = AlarmThread()
    for _ in range(1000):
        thread.set(NEVER, too_early).cancel()
    assert len(thread._heap) == 1


def test_centuries_are_not_too_long_to_wait(bell: Bell) -> None:
    """A lock refuses to wait for that long, and the thread would be gone."""
    thread = AlarmThread()
    thread.set(1e12, too_early)
    first = thread._thread
    thread.set(SOON, bell)
    bell.wait()
    assert first is not None
    assert bell.threads == [first.name]
    assert thread._thread is first
    assert first.is_alive()


def test_the_thread_starts_anew_where_it_has_not_survived(bell: Bell) -> None:
    """As after a fork: the child has the heap, and not the thread."""
    thread = AlarmThread()
    thread._thread = threading.Thread()
    thread.set(SOON, bell)
    bell.wait()


def test_what_is_soon_over_on_a_loop_sets_no_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringback.clock.guard.set_alarm", _nobody)
    monkeypatch.setattr("ringback.clock.guard.PATIENCE", NEVER)

    async def test() -> None:
        alarm = PatientAlarm(asyncio.get_running_loop(), 2 * NEVER, _too_late)
        await asyncio.sleep(0)
        alarm.cancel()

    asyncio.run(test())


def test_what_takes_longer_is_rung_for_after_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    async def test() -> None:
        set_one = asyncio.Event()

        def noted(seconds: float, ring: Callable[[], None]) -> Timer:
            asked.append(seconds)
            set_one.set()
            return Timer(ring)

        monkeypatch.setattr("ringback.clock.guard.set_alarm", noted)
        monkeypatch.setattr("ringback.clock.guard.PATIENCE", 0.01)
        alarm = PatientAlarm(asyncio.get_running_loop(), 10, _too_late)
        await set_one.wait()
        alarm.cancel()

    asyncio.run(test())
    assert asked == [9.99]


@pytest.mark.parametrize(("seconds", "is_frozen"), [(0.1, False), (10, True)])
def test_a_short_guard_and_one_in_frozen_time_are_set_at_once(
    monkeypatch: pytest.MonkeyPatch, seconds: float, *, is_frozen: bool
) -> None:
    asked: list[float] = []

    def noted(seconds: float, ring: Callable[[], None]) -> Timer:
        asked.append(seconds)
        return Timer(ring)

    monkeypatch.setattr("ringback.clock.guard.set_alarm", noted)
    monkeypatch.setattr("ringback.clock.guard.frozen", lambda: is_frozen)

    async def test() -> None:
        PatientAlarm(asyncio.get_running_loop(), seconds, _too_late).cancel()

    asyncio.run(test())
    assert asked == [seconds]


def _nobody(seconds: float, ring: Callable[[], None]) -> Timer:
    raise AssertionError("an alarm was set")


def _too_late() -> None:
    raise AssertionError("it rang")
