"""Real time under every freezer, and the threads that loops run in."""

import asyncio
import datetime
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pytest
import time_machine
from freezegun import freeze_time
from freezegun.api import FakeDatetime

from ringback.clock import real
from ringback.clock.real import LoopThread, SteadyLoop

FROZEN = "2031-05-17 12:00:00"
FREEZERS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "freezegun": lambda: freeze_time(FROZEN),
    "freezegun, ticking": lambda: freeze_time(FROZEN, tick=True),
    "freezegun, real_asyncio": lambda: freeze_time(FROZEN, real_asyncio=True),
    "time-machine": lambda: time_machine.travel(FROZEN, tick=False),
    "time-machine, ticking": lambda: time_machine.travel(FROZEN, tick=True),
}
each_freezer = pytest.mark.parametrize("freezer", FREEZERS.values(), ids=FREEZERS)


class Freezer(Protocol):
    """Starts to freeze the process's time."""

    def __call__(self) -> AbstractContextManager[Any]: ...


# -- reading it ----------------------------------------------------------------------------------


@each_freezer
def test_the_monotonic_clock_is_real_and_runs_on(freezer: Freezer) -> None:
    before = time.monotonic_ns()
    with freezer():
        first, second = real.monotonic_ns(), real.monotonic_ns()
        while second == first:
            second = real.monotonic_ns()
    assert before <= first < second <= time.monotonic_ns()


@each_freezer
def test_the_wall_clock_is_real(freezer: Freezer) -> None:
    before = time.time_ns()
    with freezer():
        wall, now = real.wall_ns(), real.utc_now()
    after = time.time_ns()
    assert before <= wall <= after
    assert before // 1000 <= real.unix_ns(now) // 1000 <= after // 1000


@each_freezer
def test_what_the_process_is_told_is_the_freezers_time_as_a_genuine_datetime(
    freezer: Freezer,
) -> None:
    with freezer():
        told = real.told_wall()
    assert type(told) is datetime.datetime
    assert told.isoformat().startswith("2031-05-17T12:00:00")


def test_outside_a_freezer_the_process_is_told_the_truth() -> None:
    assert abs(real.unix_ns(real.told_wall()) - real.wall_ns()) < 10**9


@each_freezer
def test_an_active_freezer_is_noticed(freezer: Freezer) -> None:
    assert not real.frozen()
    with freezer():
        assert real.frozen()
    assert not real.frozen()


def test_without_any_freezer_installed_nothing_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("time_machine", "freezegun.api"):
        monkeypatch.delitem(sys.modules, name)
    assert not real.frozen()
    assert abs(real.wall_ns() - time.time_ns()) < 10**9


def test_a_journey_that_ends_in_another_thread_meanwhile_does_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time_machine.escape_hatch, "is_travelling", lambda: True)
    assert abs(real.wall_ns() - time.time_ns()) < 10**9


def test_an_imitation_becomes_a_genuine_datetime() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=2))
    with freeze_time(FROZEN):
        moment = real.genuine(FakeDatetime(2031, 5, 17, 14, 0, 0, 5, tzinfo=zone))
    assert type(moment) is datetime.datetime
    assert moment == datetime.datetime(2031, 5, 17, 12, 0, 0, 5, tzinfo=datetime.UTC)
    assert moment.tzinfo is datetime.UTC


@pytest.mark.parametrize(
    "freezer",
    ["freezegun.freeze_time(at)", "time_machine.travel(at, tick=False)"],
)
def test_a_first_import_inside_a_freeze_still_finds_the_real_time(freezer: str) -> None:
    story = f"""
import freezegun, time_machine, time
before, at = time.time_ns(), "{FROZEN}"
with {freezer}:
    from ringback.clock import real
    inside = real.wall_ns(), real.monotonic_ns(), real.told_wall()
    assert real.monotonic_ns() < 10**18, "that is no uptime"
    assert inside[2].year == 2031 and type(inside[2]).__name__ == "datetime", inside
assert before <= inside[0] <= real.wall_ns() <= time.time_ns()
assert abs(real.monotonic_ns() - time.monotonic_ns()) < 60 * 10**9
assert real.SteadyLoop().time() < 10**9
"""
    subprocess.run([sys.executable, "-c", story], check=True, timeout=60)


def test_the_monotonic_clock_is_asked_by_the_one_way_that_no_freezer_touches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """time-machine before version 3 patches `monotonic_ns` where even this module would find it."""
    monkeypatch.setattr(time, "monotonic_ns", lambda: pytest.fail("that is a freezer's time"))
    assert real._steady()() > 0


def test_where_there_is_no_clock_gettime_the_monotonic_clock_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(time, "clock_gettime_ns")
    before = time.monotonic_ns()
    assert before <= real._steady()() <= time.monotonic_ns()


# -- loops and their threads ---------------------------------------------------------------------


@each_freezer
def test_the_timers_of_a_steady_loop_ring_in_frozen_time(freezer: Freezer) -> None:
    with freezer():
        loop = SteadyLoop()
        loop.run_until_complete(asyncio.sleep(0.001))
        loop.close()


async def name_of_thread() -> str:
    return threading.current_thread().name


def test_work_runs_in_the_loops_own_thread() -> None:
    thread = LoopThread("of its own")
    assert thread.submit(name_of_thread()).result(5) == "of its own"
    thread.stop()
    assert thread.loop.is_closed()
    assert "of its own" not in [each.name for each in threading.enumerate()]


def test_a_thread_may_be_stopped_twice_and_before_it_has_run() -> None:
    for _ in range(50):
        thread = LoopThread("short-lived")
        thread.stop()
        thread.stop()
        assert thread.loop.is_closed()


@each_freezer
def test_a_thread_is_stopped_inside_a_freeze(freezer: Freezer) -> None:
    thread = LoopThread("in frozen time")
    with freezer():
        assert thread.submit(name_of_thread()).result(5) == "in frozen time"
        thread.stop()
    assert thread.loop.is_closed()


def test_what_still_runs_is_cancelled_and_may_clean_up() -> None:
    """I18: a task may need some turns to close what it holds."""
    story: list[str] = []

    async def busy(begun: threading.Event) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            story.append("clean")

    thread, begun = LoopThread("busy"), threading.Event()
    future = thread.submit(busy(begun))
    assert begun.wait(60)
    thread.stop()
    assert story == ["clean"]
    assert future.cancelled()


def test_a_task_that_swallows_its_cancellation_is_cancelled_again() -> None:
    story: list[str] = []

    async def stubborn(begun: threading.Event) -> None:
        begun.set()
        for attempt in ("first", "second"):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                story.append(attempt)

    thread, begun = LoopThread("stubborn"), threading.Event()
    thread.submit(stubborn(begun))
    assert begun.wait(60)
    thread.stop()
    assert story == ["first", "second"]


@pytest.mark.parametrize("way_out", [SystemExit, KeyboardInterrupt])
def test_a_task_that_wants_to_exit_does_not_take_the_loop_with_it(
    way_out: type[BaseException],
) -> None:
    async def leave() -> None:
        raise way_out

    thread = LoopThread("still here")
    assert isinstance(thread.submit(leave()).exception(5), way_out)
    assert thread.submit(name_of_thread()).result(5) == "still here"
    thread.stop()


def test_whoever_stops_the_loop_stops_nobody_else() -> None:
    async def stop() -> None:
        asyncio.get_running_loop().stop()

    thread = LoopThread("still here")
    for _ in range(2):
        thread.submit(stop()).result(5)
        assert thread.submit(name_of_thread()).result(5) == "still here"
    thread.stop()
    assert thread.loop.is_closed()


def test_a_task_that_stops_the_loop_when_it_is_cancelled_does_not_keep_it_open() -> None:
    async def stop(begun: threading.Event) -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            asyncio.get_running_loop().stop()

    thread, begun = LoopThread("stubborn"), threading.Event()
    thread.submit(stop(begun))
    assert begun.wait(60)
    thread.stop()
    assert thread.loop.is_closed()


def test_a_thread_that_stops_itself_does_not_wait_for_itself() -> None:
    thread = LoopThread("its own end")

    async def stop() -> None:
        thread.stop()

    thread.submit(stop()).result(5)
    thread.stop()
    assert thread.loop.is_closed()


def test_a_blocked_thread_is_waited_for_no_longer_than_patience_allows() -> None:
    release = threading.Event()

    async def block() -> None:
        release.wait(10)

    thread = LoopThread("blocked")
    thread.submit(block())
    thread.stop(patience=0.01)
    assert not thread.loop.is_closed()
    release.set()
    thread.stop()
    assert thread.loop.is_closed()
