"""Virtual time, walked by hand: each effect that a walk asks for is in the test's own hands."""

import asyncio
import heapq
import itertools
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time

from ringback.clock import virtual, walk
from ringback.clock.steps import Effect, Steps
from ringback.clock.virtual import VirtualClock
from ringback.clock.walk import MAX_GENERATIONS
from ringback.core.duration import SECOND
from ringback.core.journal import ClockMoved, DeliveryCancelled, Journal
from ringback.errors import (
    ClockBackwards,
    ClockBusy,
    ClockClosed,
    NeverTrue,
    NothingDue,
    Runaway,
    Stuck,
)
from ringback.views import Attempt

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Plan:
    """An agenda of things with names. What is *real* is in flight until the test ends it."""

    clock: VirtualClock
    heap: list[Any] = field(default_factory=list)
    sequence: Iterator[int] = field(default_factory=itertools.count)
    ran: list[tuple[float, str]] = field(default_factory=list)
    aborted: list[str] = field(default_factory=list)
    tokens: dict[str, object] = field(default_factory=dict)

    def at(
        self, due: float, name: str, then: Callable[[], object] = bool, *, real: bool = False
    ) -> None:
        """Arm *name*; when it comes, *then* is called, too."""
        heapq.heappush(self.heap, (round(due * SECOND), next(self.sequence), name, then, real))

    def end(self, name: str) -> None:
        """End what is real and in flight."""
        self._ended(name)
        self.clock.leave(self.tokens.pop(name))

    @property
    def next_due(self) -> tuple[int, int] | None:
        return self.heap[0][:2] if self.heap else None

    def upcoming(self, limit: int | None) -> tuple[int, int] | None:
        return self.next_due

    def mark_sequence(self) -> int:
        return next(self.sequence)

    def begin_next(self) -> str | None:
        if not self.heap:
            return None
        _, _, name, then, real = heapq.heappop(self.heap)
        then()
        if real:
            self.tokens[name] = self.clock.occupy(name)
            return str(name)
        self._ended(name)
        return None

    async def exchange(self, call: Any) -> None:
        raise AssertionError("the test ends what is real")

    def attempts_since(self, mark: int) -> Sequence[Attempt]:
        made: list[Any] = [
            fact.reason
            for fact in self.clock.journal.since(mark)
            if isinstance(fact, DeliveryCancelled)
        ]
        return made

    def abort(self, reason: str) -> None:
        self.aborted.append(reason)

    def _ended(self, name: str) -> None:
        self.ran.append((self.clock.now_ns / SECOND, name))
        self.clock.journal.append(DeliveryCancelled(self.clock.now_ns, 0, name))


def a_clock(rate: int = 0, epoch: datetime = EPOCH) -> VirtualClock:
    return VirtualClock(epoch, rate, threading.RLock(), Journal())


def a_plan(*due: float) -> Plan:
    plan = Plan(a_clock())
    for number, moment in enumerate(due):
        plan.at(moment, f"#{number}")
    return plan


def walked(steps: Steps[Any]) -> Any:
    """What a walk returns that meets nothing real."""
    with pytest.raises(StopIteration) as end:
        next(steps)
    return end.value.value


def ended(steps: Steps[Any]) -> Any:
    """What a walk returns when its effect has come to its end."""
    with pytest.raises(StopIteration) as end:
        steps.send(None)
    return end.value.value


def elapsed(plan: Plan) -> float:
    return plan.clock.now_ns / SECOND


@contextmanager
def unmoved(plan: Plan) -> Iterator[None]:
    """Time, agenda and journal are afterwards what they were."""
    before = (plan.clock.now_ns, list(plan.heap), len(plan.clock.journal))
    yield
    assert (plan.clock.now_ns, list(plan.heap), len(plan.clock.journal)) == before


def moves(plan: Plan) -> list[ClockMoved]:
    return [fact for fact in plan.clock.journal if isinstance(fact, ClockMoved)]


# -- reading the time ----------------------------------------------------------------------------


def test_a_clock_starts_at_its_epoch() -> None:
    clock = a_clock()
    assert clock.now_ns == 0
    assert clock.now == EPOCH
    assert repr(clock) == "<VirtualClock +0s [0 in flight]>"


def test_now_is_the_epoch_and_what_has_elapsed() -> None:
    plan = a_plan()
    walked(plan.clock.advance(plan, 90 * SECOND + 1_500))
    assert plan.clock.now == EPOCH + timedelta(seconds=90, microseconds=1)


@pytest.mark.parametrize("zone", [timezone(timedelta(hours=2)), ZoneInfo("Europe/Berlin")])
def test_an_epoch_of_any_time_zone_is_told_in_utc(zone: Any) -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=zone)
    clock = a_clock(epoch=summer)
    assert clock.now == summer
    assert clock.now.tzinfo is UTC
    assert clock.unix_ns(0) == int(summer.timestamp()) * SECOND


def test_summer_time_neither_skips_nor_repeats_an_hour() -> None:
    before = datetime(2026, 3, 29, 1, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    clock = a_clock(epoch=before)
    assert clock.at(120 * SECOND).timestamp() - before.timestamp() == 120


def test_the_unix_time_of_a_moment_is_exact_to_the_nanosecond() -> None:
    assert a_clock().unix_ns(1) == 1767225600 * SECOND + 1


def test_a_new_wall_clock_neither_elapses_nor_fires_anything() -> None:
    """I16: set_wall leaves journal, heap and elapsed unchanged."""
    plan = a_plan(0, 30)
    walked(plan.clock.advance(plan, SECOND))
    with unmoved(plan):
        plan.clock.set_wall(EPOCH - timedelta(days=400))
    assert plan.clock.now == EPOCH - timedelta(days=400)
    assert plan.clock.at(0) == EPOCH - timedelta(days=400, seconds=1)


# -- walking ------------------------------------------------------------------------------------


def test_advance_lands_exactly_where_it_was_sent() -> None:
    plan = a_plan()
    walked(plan.clock.advance(plan, 1))
    walked(plan.clock.advance(plan, 90 * SECOND))
    assert plan.clock.now_ns == 90 * SECOND + 1


def test_the_end_of_a_walk_is_inside_it() -> None:
    plan = a_plan(30)
    assert walked(plan.clock.advance(plan, 30 * SECOND - 1)) == []
    assert walked(plan.clock.advance(plan, 1)) == ["#0"]
    assert plan.ran == [(30, "#0")]


def test_each_thing_runs_at_its_own_moment_and_not_at_the_end() -> None:
    plan = a_plan(60, 0, 30)
    walked(plan.clock.advance(plan, 90 * SECOND))
    assert plan.ran == [(0, "#1"), (30, "#2"), (60, "#0")]


def test_things_of_one_moment_run_in_the_order_in_which_they_were_armed() -> None:
    plan = a_plan(30, 30, 30)
    walked(plan.clock.advance(plan, 30 * SECOND))
    assert [name for _, name in plan.ran] == ["#0", "#1", "#2"]


def test_what_is_armed_on_the_way_is_part_of_the_walk() -> None:
    plan = a_plan()
    plan.at(10, "first", lambda: plan.at(20, "second"))
    plan.at(30, "last", lambda: plan.at(30, "at once"))
    walked(plan.clock.advance(plan, 30 * SECOND))
    assert plan.ran == [(10, "first"), (20, "second"), (30, "last"), (30, "at once")]


def test_what_is_overdue_runs_now_and_not_in_the_past() -> None:
    plan = a_plan()
    walked(plan.clock.advance(plan, 50 * SECOND))
    plan.at(30, "late")
    walked(plan.clock.settle(plan))
    assert plan.ran == [(50, "late")]


def test_settle_runs_what_is_due_and_time_stands_still() -> None:
    plan = a_plan(0, 30)
    assert walked(plan.clock.settle(plan)) == ["#0"]
    assert elapsed(plan) == 0


def test_three_hundred_tenths_of_a_second_are_thirty_seconds() -> None:
    plan = a_plan(30)
    for _ in range(299):
        walked(plan.clock.advance(plan, SECOND // 10))
    assert plan.ran == []
    assert walked(plan.clock.advance(plan, SECOND // 10)) == ["#0"]


def test_advance_to_takes_seconds_since_the_start() -> None:
    plan = a_plan(30)
    walked(plan.clock.advance_to(plan, 20 * SECOND))
    walked(plan.clock.advance_to(plan, 30 * SECOND))
    assert plan.ran == [(30, "#0")]


def test_advance_to_takes_a_moment_of_any_time_zone() -> None:
    plan = a_plan(30)
    moment = (EPOCH + timedelta(seconds=30)).astimezone(ZoneInfo("America/New_York"))
    assert walked(plan.clock.advance_to(plan, moment)) == ["#0"]
    assert elapsed(plan) == 30


def test_advance_to_the_present_is_no_way_back() -> None:
    """A datetime cannot say the nanoseconds that have passed since its microsecond."""
    plan = a_plan()
    walked(plan.clock.advance(plan, 1_999))
    walked(plan.clock.advance_to(plan, plan.clock.now))
    assert plan.clock.now_ns == 1_999


def test_advance_to_next_runs_all_of_the_next_moment() -> None:
    plan = a_plan(30, 30, 60)
    assert walked(plan.clock.advance_to_next(plan)) == ["#0", "#1"]
    assert elapsed(plan) == 30


def test_step_runs_one_thing() -> None:
    plan = a_plan(30, 30)
    assert walked(plan.clock.step(plan)) == ["#0"]
    assert walked(plan.clock.step(plan)) == ["#1"]


def test_run_until_idle_goes_no_further_than_it_must() -> None:
    plan = a_plan(30, 3600)
    assert walked(plan.clock.run_until_idle(plan)) == ["#0", "#1"]
    assert elapsed(plan) == 3600
    assert walked(plan.clock.run_until_idle(plan)) == []
    assert elapsed(plan) == 3600


def test_advance_until_stops_at_the_step_that_made_it_true() -> None:
    plan = a_plan(10, 20, 30)
    walk = plan.clock.advance_until(plan, lambda: len(plan.ran) == 2, 300 * SECOND)
    assert walked(walk) == ["#0", "#1"]
    assert elapsed(plan) == 20


def test_advance_until_does_not_move_for_what_is_true_already() -> None:
    plan = a_plan(0)
    assert walked(plan.clock.advance_until(plan, lambda: True, 300 * SECOND)) == []
    assert plan.ran == []


def test_advance_until_looks_once_more_when_it_has_landed() -> None:
    plan = a_plan()
    walked(plan.clock.advance_until(plan, lambda: elapsed(plan) >= 5, 5 * SECOND))
    assert elapsed(plan) == 5


def test_advance_until_raises_at_its_limit_and_tells_of_the_way() -> None:
    plan = a_plan(10, 20, 31)
    message = r"the predicate was not true within \+30s\. Attempts on the way:\n  #0\n  #1$"
    with pytest.raises(NeverTrue, match=message):
        next(plan.clock.advance_until(plan, lambda: False, 30 * SECOND))
    assert elapsed(plan) == 30


def test_advance_until_says_so_when_there_was_nothing_on_the_way() -> None:
    plan = a_plan()
    with pytest.raises(NeverTrue, match=r"Attempts on the way: none$"):
        next(plan.clock.advance_until(plan, lambda: False, 30 * SECOND))


async def something_is_true() -> bool:
    return True


class Later:
    """An awaitable that is no coroutine."""

    def __await__(self) -> Iterator[None]:
        raise AssertionError


@pytest.mark.parametrize("predicate", [something_is_true, Later])
def test_advance_until_refuses_a_predicate_that_has_to_be_awaited(
    predicate: Callable[[], Awaitable[bool]],
) -> None:
    plan = a_plan(0)
    with pytest.raises(TypeError, match=r"takes a plain function"):
        next(plan.clock.advance_until(plan, predicate, SECOND))


def test_where_a_walk_led_is_a_fact() -> None:
    plan = a_plan(30)
    walked(plan.clock.advance(plan, 10 * SECOND))
    walked(plan.clock.step(plan))
    walked(plan.clock.advance_until(plan, lambda: True, SECOND))
    assert moves(plan) == [
        ClockMoved(0, 10 * SECOND, "advance", idle=False),
        ClockMoved(10 * SECOND, 30 * SECOND, "step", idle=False),
        ClockMoved(30 * SECOND, 30 * SECOND, "advance_until", idle=True),
    ]


@pytest.mark.parametrize("verb", ["settle", "run_until_idle"])
def test_with_nothing_armed_a_fact_says_so(verb: str) -> None:
    plan = a_plan()
    assert walked(getattr(plan.clock, verb)(plan)) == []
    assert moves(plan) == [ClockMoved(0, 0, verb, idle=True)]


# -- what is refused -----------------------------------------------------------------------------


def test_the_clock_cannot_go_back() -> None:
    """I1: negative or past targets raise and change nothing."""
    plan = a_plan(5, 30)
    walked(plan.clock.advance(plan, 10 * SECOND))
    with unmoved(plan):
        with pytest.raises(ClockBackwards, match=r"cannot go back: advance\(-1\)\. Start a new"):
            next(plan.clock.advance(plan, -SECOND))
        with pytest.raises(ClockBackwards, match=r"stands at \+10s and was sent to \+9s"):
            next(plan.clock.advance_to(plan, 9 * SECOND))
        with pytest.raises(ClockBackwards, match=r"was sent to -1s"):
            next(plan.clock.advance_to(plan, EPOCH - timedelta(seconds=1)))
        with pytest.raises(ClockBackwards, match=r"cannot go back: within=-1"):
            next(plan.clock.advance_until(plan, bool, -SECOND))


def test_a_moment_without_a_time_zone_is_refused() -> None:
    plan = a_plan()
    with pytest.raises(ValueError, match=r"has no time zone; give an aware datetime, such as"):
        next(plan.clock.advance_to(plan, datetime(2026, 1, 1, 12)))  # noqa: DTZ001


def test_no_walk_leads_beyond_what_a_calendar_can_say() -> None:
    plan = a_plan()
    centuries = 8_000 * 366 * 86_400 * SECOND
    plan.at(centuries / SECOND, "far away")
    with unmoved(plan):
        for walk in (
            plan.clock.advance(plan, centuries),
            plan.clock.advance_to(plan, centuries),
            plan.clock.advance_until(plan, bool, centuries),
            plan.clock.advance_to_next(plan),
            plan.clock.run_until_idle(plan),
            plan.clock.step(plan),
        ):
            with pytest.raises(ValueError, match=r"beyond the year 9999\. Give seconds, not"):
                next(walk)
    assert plan.clock.now == EPOCH


@pytest.mark.parametrize("verb", ["step", "advance_to_next"])
def test_a_step_to_nothing_is_refused(verb: str) -> None:
    plan = a_plan()
    with unmoved(plan), pytest.raises(NothingDue, match=rf"{verb}\(\): nothing is due and nothing"):
        next(getattr(plan.clock, verb)(plan))


def test_the_error_of_something_armed_surfaces_and_sets_the_clock_free() -> None:
    plan = a_plan()
    plan.at(10, "broken", lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        next(plan.clock.advance(plan, 30 * SECOND))
    assert moves(plan) == [ClockMoved(0, 10 * SECOND, "advance", idle=False)]
    walked(plan.clock.advance(plan, 20 * SECOND))
    assert elapsed(plan) == 30


# -- an endless cascade --------------------------------------------------------------------------


def test_a_loop_at_one_instant_is_a_runaway_and_time_stays_there() -> None:
    """I17: a zero-delay cascade ends in Runaway after so many generations, elapsed unchanged."""
    plan = a_plan()
    runs = itertools.count()

    def again() -> None:
        next(runs)
        plan.at(10, "again", again)

    plan.at(10, "again", again)
    with pytest.raises(Runaway, match=r"at \+10s callbacks keep causing callbacks \(101 gener"):
        next(plan.clock.advance(plan, 30 * SECOND))
    assert elapsed(plan) == 10
    assert next(runs) == MAX_GENERATIONS + 1


@pytest.mark.parametrize("too_many", [0, 1])
def test_so_many_generations_and_no_more_are_no_loop(too_many: int) -> None:
    """They are counted from what was armed before the instant began, on the way to it or before."""
    plan = a_plan()

    def cascade(left: int) -> None:
        if left:
            plan.at(10, "child", lambda: cascade(left - 1))

    plan.at(
        0, "long before", lambda: plan.at(10, "root", lambda: cascade(MAX_GENERATIONS + too_many))
    )
    walk = plan.clock.advance(plan, 30 * SECOND)
    if too_many:
        with pytest.raises(Runaway):
            next(walk)
    else:
        assert len(walked(walk)) == MAX_GENERATIONS + 2


def test_ten_thousand_things_at_one_instant_are_no_loop() -> None:
    plan = a_plan()
    for number in range(5_000):
        plan.at(10, f"{number}", lambda: plan.at(10, "child"))
    assert len(walked(plan.clock.advance(plan, 10 * SECOND))) == 10_000


def test_generations_are_counted_anew_at_each_instant() -> None:
    plan = a_plan()
    for instant in range(5):
        for _ in range(3):
            plan.at(instant, "parent", lambda: plan.at(elapsed(plan), "child"))
    assert len(walked(plan.clock.run_until_idle(plan))) == 30


def test_a_leak_from_instant_to_instant_is_a_runaway_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MAX_STEPS", 500)
    plan = a_plan()

    def again() -> None:
        plan.at(elapsed(plan) + 30, "again", again)

    plan.at(0, "again", again)
    with pytest.raises(Runaway, match=r"\(0 generations at this instant, \d+ steps in this walk\)"):
        next(plan.clock.run_until_idle(plan))
    assert 500 <= len(plan.ran) <= 700


def test_many_deliveries_are_no_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk may take the more steps, the more was armed before it."""
    monkeypatch.setattr(walk, "MAX_STEPS", 0)
    plan = a_plan()

    def eleven_times(left: int = 10) -> None:
        if left:
            plan.at(elapsed(plan) + 30, "retry", lambda: eleven_times(left - 1))

    for number in range(50):
        plan.at(number / 10, "first", eleven_times)
    assert len(walked(plan.clock.run_until_idle(plan))) == 550


# -- what is in flight ----------------------------------------------------------------------------


def test_a_walk_waits_for_what_is_in_flight_before_it_moves() -> None:
    plan = a_plan(30)
    token = plan.clock.occupy("a request")
    walk = plan.clock.advance(plan, 30 * SECOND)
    next(walk)
    assert elapsed(plan) == 0
    assert plan.clock.busy == ["a request"]
    plan.clock.leave(token)
    assert ended(walk) == ["#0"]


def test_a_predicate_is_not_asked_while_something_is_in_flight() -> None:
    plan = a_plan()
    token = plan.clock.occupy("a request")
    asked: list[list[str]] = []

    def ask() -> bool:
        asked.append(plan.clock.busy)
        return True

    walk = plan.clock.advance_until(plan, ask, SECOND)
    next(walk)
    assert asked == []
    plan.clock.leave(token)
    assert ended(walk) == []
    assert asked == [[]]


def test_sync_goes_as_far_as_the_freezer_has_moved_when_it_leaves() -> None:
    """What is in flight may be what moves it."""
    plan = a_plan(30)
    with freeze_time("2031-05-17") as frozen:
        plan.clock.observe()
        token = plan.clock.occupy("a request")
        walk = plan.clock.sync(plan)
        next(walk)
        frozen.tick(30)
        plan.clock.leave(token)
        assert ended(walk) == ["#0"]


def test_the_effect_of_waiting_lasts_until_nothing_is_in_flight() -> None:
    """So that the guard measures all of the waiting, and nobody looks again and again."""

    async def story() -> None:
        waiting = asyncio.ensure_future(awaited(effect))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not waiting.done()
        plan.clock.leave(token)
        await waiting

    plan = a_plan()
    token = plan.clock.occupy("a request")
    effect = next(plan.clock.settle(plan))
    asyncio.run(story())


def test_whoever_waited_for_quiet_has_its_turn_before_the_walk() -> None:
    """What a request leads to on the loop of an application may be another request."""
    story: list[str] = []

    async def application() -> None:
        await asyncio.sleep(0)
        plan.clock.leave(token)
        for _ in range(10):
            await asyncio.sleep(0)
        story.append("application")

    async def wait() -> None:
        running = asyncio.ensure_future(application())
        await awaited(effect)
        story.append("walk")
        await running

    plan = a_plan()
    token = plan.clock.occupy("a request")
    effect = next(plan.clock.settle(plan))
    asyncio.run(wait())
    assert story == ["application", "walk"]


def test_a_walk_waits_where_a_real_attempt_is_in_flight() -> None:
    plan = a_plan()
    plan.at(30, "real", real=True)
    walk = plan.clock.advance(plan, 60 * SECOND)
    next(walk)
    assert elapsed(plan) == 30
    plan.end("real")
    assert ended(walk) == ["real"]
    assert elapsed(plan) == 60


def test_what_is_submitted_while_an_attempt_is_in_flight_is_part_of_the_walk() -> None:
    plan = a_plan()
    plan.at(30, "real", real=True)
    walk = plan.clock.advance(plan, 60 * SECOND)
    next(walk)
    plan.at(30, "submitted meanwhile")
    plan.end("real")
    assert ended(walk) == ["real", "submitted meanwhile"]
    assert plan.ran == [(30, "real"), (30, "submitted meanwhile")]


def test_a_request_that_arrives_during_an_attempt_is_waited_for_too() -> None:
    plan = a_plan()
    plan.at(0, "real", real=True)
    walk = plan.clock.settle(plan)
    next(walk)
    token = plan.clock.occupy("a request")
    plan.end("real")
    walk.send(None)  # the exchange is over, the request is not
    plan.at(0, "its job")
    plan.clock.leave(token)
    assert ended(walk) == ["real", "its job"]


class Interrupted:
    """A lock before which, whenever it is armed, something else comes first."""

    def __init__(self, lock: Any, first: Callable[[], object]) -> None:
        self._lock = lock
        self._first = first
        self.armed = False

    def __enter__(self) -> None:
        if self.armed:
            self.armed = False
            self._first()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def interrupted(plan: Plan, first: Callable[[], object]) -> Steps[Any]:
    """A walk of a minute, and *first* comes just before its first step takes the lock."""
    lock: Any = Interrupted(plan.clock.lock, first)
    plan.clock.lock = lock

    def arm() -> None:
        lock.armed = True
        del plan.clock._stir

    plan.clock._stir = arm  # type: ignore[method-assign]
    return plan.clock.advance(plan, 60 * SECOND)


def test_a_request_that_arrives_at_the_last_moment_holds_the_walk() -> None:
    plan, late = a_plan(30), list[object]()
    walk = interrupted(plan, lambda: late.append(plan.clock.occupy("a request")))
    next(walk)
    assert (elapsed(plan), plan.ran) == (0, [])
    plan.clock.leave(late[0])
    assert ended(walk) == ["#0"]


def test_a_job_that_comes_at_the_last_moment_comes_before_the_move() -> None:
    """Another thread submits it when the walk is about to leave; it must not be overdue."""
    plan = a_plan(30)
    walked(interrupted(plan, lambda: plan.at(0, "late")))
    assert plan.ran == [(0, "late"), (30, "#0")]


def test_what_vanishes_at_the_last_moment_is_not_gone_to() -> None:
    plan = a_plan(30)
    plan.at(90, "beyond")
    walked(interrupted(plan, lambda: heapq.heappop(plan.heap)))
    assert (plan.ran, elapsed(plan)) == ([], 60)


def test_an_attempt_that_ends_before_the_walk_moves_belongs_to_the_walk() -> None:
    """So that the attempt of a cancelled walk is returned by the next."""
    plan = a_plan()
    plan.at(30, "real", real=True)
    cancelled = plan.clock.advance(plan, 60 * SECOND)
    next(cancelled)
    with pytest.raises(asyncio.CancelledError):
        cancelled.throw(asyncio.CancelledError())
    assert elapsed(plan) == 30
    following = plan.clock.step(plan)
    next(following)
    plan.end("real")
    assert ended(following) == ["real"]


def test_a_walk_that_is_dropped_sets_the_clock_free() -> None:
    plan = a_plan()
    plan.at(0, "real", real=True)
    walk = plan.clock.settle(plan)
    next(walk)
    walk.close()
    plan.end("real")
    walked(plan.clock.settle(plan))


def test_a_stuck_walk_gives_up_on_what_is_in_flight() -> None:
    plan = a_plan()
    plan.at(0, "real", real=True)
    walk = plan.clock.settle(plan)
    next(walk)
    with pytest.raises(Stuck):
        walk.throw(Stuck("nothing moved"))
    assert plan.aborted == ["it kept the clock waiting for longer than Settings.guard"]


def test_a_token_may_be_given_back_twice() -> None:
    clock = a_clock()
    token = clock.occupy("a request")
    clock.leave(token)
    clock.leave(token)
    assert clock.busy == []


def test_whoever_waits_for_quiet_is_called_once_when_the_last_one_leaves() -> None:
    clock = a_clock()
    first, second = clock.occupy("one"), clock.occupy("two")
    called: list[str] = []
    clock.when_quiet(lambda: called.append("quiet"))
    clock.leave(first)
    assert called == []
    clock.leave(second)
    clock.leave(clock.occupy("three"))
    assert called == ["quiet"]
    clock.when_quiet(lambda: called.append("at once"))
    assert called == ["quiet", "at once"]


def test_a_request_whose_job_was_accepted_has_to_be_answered_first() -> None:
    clock = a_clock()
    story: list[bool | str] = []
    clock.on_change = lambda: story.append("look again")
    idle = clock.enter("a request that is still being read")
    request = clock.enter("a request to /v1/speak")
    story.append(clock.answering)
    clock.accepted()
    story.append(clock.answering)
    clock.leave(idle)
    story.append(clock.answering)
    clock.leave(request)
    story.append(clock.answering)
    assert story == [False, True, True, "look again", False]


def test_a_job_that_came_by_no_request_keeps_nobody_waiting() -> None:
    clock, other = a_clock(), a_clock()
    clock.leave(clock.enter("a request that has long been answered"))
    clock.accepted()
    other.enter("a request to another clock's service")
    clock.accepted()
    assert not clock.answering


def test_a_hold_keeps_time_where_it_is_and_signs_for_it() -> None:
    plan = a_plan(30)
    with plan.clock.hold("the import runs"):
        walk = plan.clock.advance(plan, 30 * SECOND)
        next(walk)
        assert plan.clock.busy == ["hold: the import runs"]
        assert elapsed(plan) == 0
    assert ended(walk) == ["#0"]


def test_a_hold_is_released_by_an_error() -> None:
    clock = a_clock()
    with pytest.raises(ZeroDivisionError), clock.hold("doomed"):
        raise ZeroDivisionError
    assert clock.busy == []


# -- one mover -----------------------------------------------------------------------------------

MOVERS: dict[str, Callable[[Plan], Steps[Any]]] = {
    "advance": lambda plan: plan.clock.advance(plan, SECOND),
    "advance_to": lambda plan: plan.clock.advance_to(plan, 100 * SECOND),
    "advance_to_next": lambda plan: plan.clock.advance_to_next(plan),
    "step": lambda plan: plan.clock.step(plan),
    "run_until_idle": lambda plan: plan.clock.run_until_idle(plan),
    "advance_until": lambda plan: plan.clock.advance_until(plan, bool, SECOND),
    "sync": lambda plan: plan.clock.sync(plan),
}
WALKS: dict[str, Callable[[Plan], Steps[Any]]] = {
    **MOVERS,
    "settle": lambda plan: plan.clock.settle(plan),
}


@pytest.mark.parametrize("verb", MOVERS)
def test_a_mover_beside_another_is_refused(verb: str) -> None:
    """I9: it raises and changes nothing."""
    plan = a_plan(30)
    plan.at(0, "real", real=True)
    walk = plan.clock.advance(plan, 60 * SECOND)
    next(walk)
    with (
        unmoved(plan),
        pytest.raises(
            ClockBusy, match=rf"^{verb}\(\) was called while advance\(\) is moving this clock"
        ),
    ):
        next(MOVERS[verb](plan))
    plan.end("real")
    assert ended(walk) == ["real", "#0"]


@pytest.mark.parametrize("verb", WALKS)
def test_no_walk_begins_inside_a_receiver(verb: str) -> None:
    plan = a_plan(0)
    inside = plan.clock.inside(lambda: True)
    assert inside.run(lambda: plan.clock.is_inside)
    walk = WALKS[verb](plan)
    with unmoved(plan), pytest.raises(ClockBusy, match=rf"{verb}\(\) was called inside a receiver"):
        inside.run(next, walk)


def test_what_a_receiver_leaves_behind_is_inside_only_while_its_attempt_lasts() -> None:
    plan = a_plan(0)
    inside = plan.clock.inside(lambda: False)
    assert inside.run(walked, plan.clock.settle(plan)) == ["#0"]


def test_a_receiver_of_one_clock_may_move_another() -> None:
    plan, other = a_plan(0), a_plan(0)
    inside = plan.clock.inside(lambda: True)
    assert inside.run(walked, other.clock.settle(other)) == ["#0"]
    assert not plan.clock.is_inside


def test_settle_joins_a_walk_and_looks_again_at_each_of_its_steps() -> None:
    """Each wait is short, so no guard rings over a walk that is merely long."""
    plan = a_plan()
    plan.at(0, "first", real=True)
    plan.at(1, "second", real=True)
    walk = plan.clock.advance(plan, SECOND)
    next(walk)
    joining, woken = plan.clock.settle(plan), asyncio.new_event_loop()
    wait = next(joining)
    waiting = woken.create_task(awaited(wait))
    woken.run_until_complete(turn())
    plan.end("first")
    walk.send(None)
    woken.run_until_complete(waiting)  # there was a step
    joining.send(None)
    plan.end("second")
    assert ended(walk) == ["first", "second"]
    plan.at(1, "for the joiner")
    assert ended(joining) == ["for the joiner"]
    woken.close()


def test_settle_joins_the_next_walk_as_well() -> None:
    plan = a_plan()
    plan.at(0, "first", real=True)
    plan.at(0, "second", real=True)
    walk = plan.clock.step(plan)
    next(walk)
    joining = plan.clock.settle(plan)
    next(joining)
    plan.end("first")
    ended(walk)
    another = plan.clock.step(plan)
    next(another)
    joining.send(None)  # waits for this one now
    plan.end("second")
    ended(another)
    assert ended(joining) == []


def test_whoever_joins_a_stuck_walk_gives_up_on_nothing() -> None:
    """What is in flight is the other's to give up on, and it does so at about the same time."""
    plan = a_plan()
    plan.at(0, "real", real=True)
    walk = plan.clock.settle(plan)
    next(walk)
    joining = plan.clock.settle(plan)
    next(joining)
    with pytest.raises(Stuck):
        joining.throw(Stuck("nothing moved"))
    assert plan.aborted == []
    plan.end("real")
    assert ended(walk) == ["real"]


def test_a_join_that_comes_too_late_to_wait_is_called_at_once() -> None:
    plan = a_plan()
    plan.at(0, "real", real=True)
    walk = plan.clock.settle(plan)
    next(walk)
    joining = plan.clock.settle(plan)
    wait = next(joining)
    plan.end("real")
    ended(walk)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(awaited(wait))
    loop.close()
    assert ended(joining) == []


async def awaited(effect: Effect) -> None:
    await effect()


async def turn() -> None:
    await asyncio.sleep(0)


# -- the end -------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", WALKS)
def test_no_walk_begins_once_the_clock_is_closed(verb: str) -> None:
    """I18: afterwards every call raises ClockClosed."""
    plan = a_plan(0)
    plan.clock.close()
    assert plan.clock.closed
    walk = WALKS[verb](plan)
    with unmoved(plan), pytest.raises(ClockClosed, match=rf"{verb}\(\): this emulator has ended"):
        next(walk)


def test_nothing_is_held_once_the_clock_is_closed() -> None:
    clock = a_clock()
    clock.close()
    with pytest.raises(ClockClosed, match=r"hold\(\): this emulator has ended"):
        clock.hold("too late").__enter__()


def test_a_walk_that_is_under_way_ends_at_its_next_step() -> None:
    plan = a_plan()
    plan.at(10, "the end", plan.clock.close)
    plan.at(20, "never")
    with pytest.raises(ClockClosed, match=r"advance\(\): this emulator has ended"):
        next(plan.clock.advance(plan, 30 * SECOND))
    assert plan.ran == [(10, "the end")]
    assert elapsed(plan) == 10


def test_whoever_waits_is_told_of_the_end() -> None:
    clock = a_clock()
    told: list[str] = []
    clock.when_closed(lambda: told.append("first"))
    forget = clock.when_closed(lambda: told.append("forgotten"))
    forget()
    forget()
    clock.close()
    assert told == ["first"]
    clock.when_closed(lambda: told.append("too late"))
    assert told == ["first", "too late"]


def test_a_hold_outlives_the_clock() -> None:
    clock = a_clock()
    with clock.hold("still busy"):
        clock.close()
    assert clock.busy == []


# -- flowing -------------------------------------------------------------------------------------


class RealTime:
    """Real time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 10**15

    def pass_by(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> RealTime:
    time = RealTime()
    monkeypatch.setattr(virtual, "monotonic_ns", lambda: time.now)
    return time


def test_a_paused_clock_does_not_flow(real: RealTime) -> None:
    clock = a_clock()
    clock.flow()
    real.pass_by(5)
    assert not clock.flowing
    assert clock.now_ns == 0


@pytest.mark.parametrize("rate", [1, 100])
def test_a_flowing_clock_passes_so_many_seconds_in_a_real_one(rate: int, real: RealTime) -> None:
    clock = a_clock(rate)
    clock.flow()
    real.pass_by(1.5)
    assert clock.flowing
    assert clock.now_ns == round(1.5 * rate * SECOND)
    assert clock.real_seconds_until(3 * rate * SECOND) == 1.5
    assert clock.real_seconds_until(0) == -1.5


def test_to_flow_twice_loses_no_time(real: RealTime) -> None:
    clock = a_clock(1)
    clock.flow()
    real.pass_by(1)
    clock.flow()
    assert clock.now_ns == SECOND


def test_a_fast_clock_slows_down_while_something_is_in_flight(real: RealTime) -> None:
    clock = a_clock(100)
    clock.flow()
    real.pass_by(1)
    first, second = clock.occupy("one"), clock.occupy("two")
    real.pass_by(1)
    assert clock.now_ns == 101 * SECOND
    assert clock.real_seconds_until(102 * SECOND) == 1
    clock.leave(first)
    real.pass_by(1)
    clock.leave(second)
    real.pass_by(1)
    assert clock.now_ns == 202 * SECOND


def test_a_fast_clock_that_begins_to_flow_beside_an_attempt_is_slow(real: RealTime) -> None:
    clock = a_clock(100)
    clock.occupy("one")
    clock.flow()
    real.pass_by(1)
    assert clock.now_ns == SECOND


def test_whoever_waits_for_a_due_moment_learns_that_the_pace_has_changed(real: RealTime) -> None:
    clock = a_clock(100)
    told: list[str] = []
    clock.on_change = lambda: told.append("look again")
    clock.flow()
    assert told == ["look again"]
    clock.leave(clock.occupy("one"))
    assert told == ["look again"] * 2


def test_a_walk_stops_the_flow_and_lets_it_go_on_from_where_it_landed(real: RealTime) -> None:
    plan = Plan(a_clock(1))
    plan.at(10, "real", real=True)
    plan.clock.flow()
    real.pass_by(2)
    walk = plan.clock.advance(plan, 30 * SECOND)
    next(walk)
    real.pass_by(3600)
    assert not plan.clock.flowing
    plan.end("real")
    ended(walk)
    assert elapsed(plan) == 32
    real.pass_by(1)
    assert elapsed(plan) == 33


def test_a_hold_stops_the_flow(real: RealTime) -> None:
    plan = Plan(a_clock(100))
    plan.clock.flow()
    real.pass_by(1)
    with plan.clock.hold("the import runs"):
        with plan.clock.hold("and the export"):
            real.pass_by(1)
        real.pass_by(1)
        assert not plan.clock.flowing
    assert elapsed(plan) == 100
    real.pass_by(1)
    assert elapsed(plan) == 200


def test_a_closed_clock_flows_no_more(real: RealTime) -> None:
    clock = a_clock(1)
    clock.flow()
    real.pass_by(1)
    clock.close()
    real.pass_by(1)
    clock.flow()
    real.pass_by(1)
    assert clock.now_ns == SECOND


@pytest.mark.parametrize("verb", WALKS)
def test_a_walk_waits_for_what_is_on_its_way_at_its_beginning(verb: str) -> None:
    plan = a_plan(10)
    asked: list[object] = []
    forget = plan.clock.before_walks(lambda: asked.append(plan.clock.occupy("on its way")))
    walk = WALKS[verb](plan)
    next(walk)
    assert (len(asked), elapsed(plan)) == (1, 0)
    plan.clock.leave(asked[0])
    forget()
    forget()
    with pytest.raises((StopIteration, NeverTrue)):
        next(walk)
    walked(WALKS["settle"](plan))
    assert len(asked) == 1
