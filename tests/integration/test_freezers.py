"""Time freezers around the emulator: harmless, and followed where the test asks for it."""

import asyncio
import gc
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine
from freezegun import freeze_time
from freezegun.api import StepTickTimeFactory

from ringback import (
    AsyncEmulator,
    ClockBusy,
    Delivery,
    Emulator,
    Settings,
    Stuck,
    WrongFace,
)
from ringback.core.facts import ClockMoved

APP = "https://app.example"
HOOK = "https://app.example/hook"
NOON = datetime(2031, 5, 17, 12, tzinfo=UTC)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
FREEZERS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "freezegun": lambda: freeze_time(NOON),
    "freezegun, ticking": lambda: freeze_time(NOON, tick=True),
    "freezegun, real_asyncio": lambda: freeze_time(NOON, real_asyncio=True),
    "freezegun, ticking by itself": lambda: freeze_time(NOON, auto_tick_seconds=7),
    "time-machine": lambda: time_machine.travel(NOON, tick=False),
    "time-machine, ticking": lambda: time_machine.travel(NOON, tick=True),
}
Freezer = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(params=FREEZERS)
def freezer(request: pytest.FixtureRequest) -> Freezer:
    return FREEZERS[request.param]


async def unavailable(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body"})


async def never_answers(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.Event().wait()


def submit(ringback: Emulator | AsyncEmulator) -> Delivery:
    return ringback.submit("Hello", callback=HOOK)


def speak(ringback: Emulator | AsyncEmulator) -> httpx.Response:
    return httpx.post(
        f"{ringback.url}/v1/speak",
        params={"callback": HOOK},
        headers={"authorization": f"Token {ringback.api_key}"},
        json={"text": "Hello"},
        verify=False,
    )


# -- harmless ------------------------------------------------------------------------------------


@pytest.mark.parametrize("started", ["before", "inside", "inside, and outlives it"])
def test_a_freeze_around_a_blocking_emulator_changes_nothing_but_the_date(
    freezer: Freezer, started: str
) -> None:
    freeze = freezer()
    if started == "before":
        ringback = Emulator().open()
        freeze.__enter__()
    else:
        freeze.__enter__()
        ringback = Emulator().open()
    ringback.connect(APP, unavailable)
    answer = speak(ringback)
    assert [attempt.offset for attempt in ringback.advance(30)] == [0, 30]
    if started == "inside":
        ringback.close()
        freeze.__exit__(None, None, None)
    else:
        freeze.__exit__(None, None, None)
        assert [attempt.offset for attempt in ringback.advance(60)] == [60, 90]
        assert speak(ringback).status_code == 200
        assert timedelta() <= ringback.clock.now - NOON - timedelta(seconds=90) < HOUR
        ringback.close()
    assert answer.headers["date"].startswith("Sat, 17 May 2031 12:")
    gc.collect()


@pytest.mark.asyncio
@pytest.mark.parametrize("started", ["before", "inside"])
async def test_a_freeze_around_an_async_emulator_changes_nothing_but_the_date(
    freezer: Freezer, started: str
) -> None:
    ringback = AsyncEmulator()
    if started == "before":
        ringback.open()
    with freezer():
        if started == "inside":
            ringback.open()
        ringback.connect(APP, unavailable)
        submit(ringback)
        assert [attempt.offset for attempt in await ringback.advance(30)] == [0, 30]
    assert [attempt.offset for attempt in await ringback.advance(60)] == [60, 90]
    assert timedelta() <= ringback.clock.now - NOON - timedelta(seconds=90) < HOUR
    ringback.close()


def test_a_freezer_that_moves_moves_nothing_by_itself() -> None:
    with Emulator() as ringback, freeze_time(NOON) as frozen:
        ringback.receiver(APP, [500])
        delivery = submit(ringback)
        frozen.tick(3600)
        assert [attempt.offset for attempt in ringback.settle()] == [0]
        assert (delivery.offsets, ringback.clock.elapsed) == ([0], 0)


def test_the_guard_is_real_in_frozen_time(freezer: Freezer) -> None:
    with freezer(), Emulator(Settings(guard=0.03)) as ringback:
        ringback.connect(APP, never_answers)
        submit(ringback)
        with pytest.raises(Stuck):
            ringback.settle()


@pytest.mark.asyncio
async def test_the_guard_is_real_on_a_frozen_loop(freezer: Freezer) -> None:
    async with AsyncEmulator(Settings(guard=0.03)) as ringback:
        with freezer():
            ringback.connect(APP, never_answers)
            submit(ringback)
            with pytest.raises(Stuck):
                await ringback.settle()


def test_a_clock_that_flows_runs_on_in_frozen_time(freezer: Freezer) -> None:
    with freezer(), Emulator(Settings(clock="x100000")) as ringback:
        ringback.receiver(APP, [500])
        delivery = submit(ringback)
        for _ in range(2000):
            if delivery.settled:
                break
            threading.Event().wait(0.005)
        assert delivery.offsets == list(range(0, 301, 30))


# -- no imitation gets in ------------------------------------------------------------------------


def test_an_epoch_that_a_freezer_made_is_a_genuine_one() -> None:
    with freeze_time(NOON), Emulator(Settings(epoch=datetime.now(UTC))) as ringback:
        ringback.advance_to(datetime.now(UTC) + timedelta(seconds=30))
        ringback.advance_to(ringback.clock.now + timedelta(seconds=30))
        now = ringback.clock.now
        assert ringback.clock.elapsed == 60
        assert type(now).__name__ == "datetime"
    assert type(now) is datetime
    assert pickle.loads(pickle.dumps(now)) == NOON + timedelta(seconds=60)


def test_what_a_freezer_is_followed_to_is_genuine_too() -> None:
    with Emulator() as ringback, freeze_time(NOON):
        ringback.clock.sync()
        now = ringback.clock.now
    assert type(now) is datetime
    assert now == NOON


# -- followed ------------------------------------------------------------------------------------


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as emulator:
        emulator.receiver(APP, [500])
        yield emulator


def test_sync_moves_by_as_much_as_the_freezer_has_moved(ringback: Emulator) -> None:
    """What was submitted inside the freeze was submitted at the freezer's time."""
    with freeze_time(NOON) as frozen:
        delivery = submit(ringback)
        frozen.tick(30)
        assert [attempt.offset for attempt in ringback.clock.sync()] == [0, 30]
        frozen.tick(29)
        assert ringback.clock.sync() == []
        frozen.tick(1)
        ringback.clock.sync()
        assert delivery.offsets == [0, 30, 60]
        assert ringback.clock.elapsed == 60
        assert ringback.clock.now == datetime.now(UTC) == NOON + timedelta(seconds=60)


def test_time_machine_is_followed_as_well(ringback: Emulator) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        delivery = submit(ringback)
        traveller.shift(60)
        ringback.clock.sync()
        assert delivery.offsets == [0, 30, 60]
        assert ringback.clock.now == NOON + timedelta(seconds=60)


def test_a_freeze_that_begins_at_the_present_is_followed(ringback: Emulator) -> None:
    with freeze_time(datetime.now(UTC)) as frozen:
        delivery = submit(ringback)
        frozen.tick(30)
        ringback.clock.sync()
        assert delivery.offsets == [0, 30]


def test_a_freeze_is_followed_from_where_it_was_observed(ringback: Emulator) -> None:
    with freeze_time(NOON) as frozen:
        ringback.clock.observe()
        frozen.tick(30)
        ringback.clock.sync()
        assert ringback.clock.elapsed == 30


def test_a_freeze_that_was_there_before_the_emulator_counts_from_its_beginning() -> None:
    with freeze_time(NOON) as frozen, Emulator() as ringback:
        frozen.tick(30)
        ringback.clock.sync()
        assert ringback.clock.elapsed == 30


@pytest.mark.asyncio
async def test_sync_is_awaited_on_the_other_face() -> None:
    async with AsyncEmulator() as ringback:
        ringback.receiver(APP, [500])
        with freeze_time(NOON) as frozen:
            delivery = submit(ringback)
            frozen.tick(30)
            await ringback.clock.sync()
            assert delivery.offsets == [0, 30]


def test_to_enter_and_to_leave_a_freeze_is_no_jump(ringback: Emulator) -> None:
    for year in (2031, 2001, 2091):
        with freeze_time(NOON.replace(year=year)) as frozen:
            ringback.clock.sync()
            assert ringback.clock.now.year == year
            frozen.tick(10)
            ringback.clock.sync()
        ringback.clock.sync()
        assert ringback.clock.now.year == year
    assert ringback.clock.elapsed == 30


def test_one_freeze_after_another_is_a_move(ringback: Emulator) -> None:
    """As a test writes it that freezes anew for each moment that it looks at."""
    with freeze_time(NOON):
        delivery = submit(ringback)
    with freeze_time(NOON + timedelta(seconds=30)):
        ringback.clock.sync()
    assert delivery.offsets == [0, 30]


def test_a_freezer_that_goes_back_changes_the_wall_clock_and_fires_nothing(
    ringback: Emulator,
) -> None:
    """I16: a backwards freezer leaves journal, heap and elapsed unchanged."""
    with freeze_time(NOON) as frozen:
        delivery = submit(ringback)
        facts = list(ringback.journal)
        frozen.move_to(NOON - timedelta(days=1))
        assert ringback.clock.sync() == []
        assert ringback.clock.now == NOON - timedelta(days=1)
        assert (ringback.clock.elapsed, delivery.offsets) == (0, [])
        assert list(ringback.journal) == [*facts, ClockMoved(0, 0, "sync")]
        frozen.tick(30)
        ringback.clock.sync()
        assert delivery.offsets == [0, 30]


def test_without_a_freezer_sync_settles(ringback: Emulator) -> None:
    delivery = submit(ringback)
    ringback.clock.sync()
    assert (delivery.offsets, ringback.clock.elapsed) == ([0], 0)
    assert ringback.clock.now == EPOCH


def test_sync_and_the_other_verbs_go_together(ringback: Emulator) -> None:
    with freeze_time(NOON) as frozen:
        delivery = submit(ringback)
        ringback.advance(30)
        frozen.tick(30)
        ringback.clock.sync()
        assert delivery.offsets == [0, 30, 60]
        assert ringback.clock.elapsed == 60


def test_a_move_that_was_refused_is_made_by_the_next_sync(ringback: Emulator) -> None:
    async def wrongly() -> None:
        ringback.clock.sync()

    def inside(environ: Any, start_response: Any) -> list[bytes]:
        with pytest.raises(ClockBusy):
            ringback.clock.sync()
        start_response("500 No", [])
        return []

    with freeze_time(NOON) as frozen:
        ringback.connect(APP, inside)
        delivery = submit(ringback)
        frozen.tick(30)
        loop = asyncio.new_event_loop()
        with pytest.raises(WrongFace):
            loop.run_until_complete(wrongly())
        loop.close()
        ringback.settle()
        assert delivery.offsets == [0]
        ringback.clock.sync()
        assert delivery.offsets == [0, 30]


def test_a_move_that_was_stopped_halfway_is_completed_by_the_next_sync() -> None:
    with Emulator(Settings(guard=0.03)) as ringback, freeze_time(NOON) as frozen:
        ringback.connect(APP, unavailable, faults=[500])
        delivery = submit(ringback)
        ringback.settle()
        ringback.connect(APP, never_answers)
        frozen.tick(100)
        with pytest.raises(Stuck):
            ringback.clock.sync()
        assert ringback.clock.elapsed == 30
        assert ringback.clock.now == NOON + timedelta(seconds=30)
        assert delivery.statuses == [500, "aborted"]
        ringback.clock.sync()
        assert ringback.clock.elapsed == 100
        assert ringback.clock.now == NOON + timedelta(seconds=100)


def test_a_freezer_that_ticks_is_followed(ringback: Emulator) -> None:
    with freeze_time(NOON, tick=True) as frozen:
        delivery = submit(ringback)
        frozen.tick(31)  # freezegun forgets what has ticked by itself
        ringback.clock.sync()
        assert delivery.offsets == [0, 30]
        assert 30 <= ringback.clock.elapsed < 32


def test_a_freezer_that_moves_at_each_look_is_not_moved_by_ours(
    ringback: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookers: list[str] = []
    look = StepTickTimeFactory.__call__

    def counted(self: StepTickTimeFactory) -> datetime:
        frame: Any = sys._getframe(1)
        while frame.f_globals["__name__"].startswith("freezegun"):
            frame = frame.f_back
        lookers.append(frame.f_globals["__name__"])
        return look(self)

    monkeypatch.setattr(StepTickTimeFactory, "__call__", counted)
    with freeze_time(NOON, auto_tick_seconds=15):
        submit(ringback)
        ringback.settle()
        ringback.clock.sync()
        assert [looker for looker in lookers if looker.startswith("ringback")] == []
        moved = [datetime.now(UTC) for _ in range(3)]
        ringback.clock.sync()
        assert ringback.clock.elapsed >= 45
        assert ringback.clock.now > moved[-1] > NOON


def test_to_look_at_a_freezer_costs_little() -> None:
    """Each accepted job does; it is a read of a clock, and not a walk over all modules."""
    with Emulator() as ringback, freeze_time(NOON):
        begun = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        for _ in range(1000):
            ringback.clock.observe()
        assert time.clock_gettime_ns(time.CLOCK_MONOTONIC) - begun < 10**9
