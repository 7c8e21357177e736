"""Virtual time, walked by hand: where each verb lands, and what it runs on the way."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from ringback.clock.verbs import (
    advance,
    advance_to,
    advance_to_next,
    advance_until,
    run_until_idle,
    settle,
    step,
)
from ringback.core.base.duration import SECOND
from ringback.core.facts import ClockMoved
from ringback.errors import NeverTrue
from tests.unit.clock.walked_by_hand import EPOCH, WALKS, a_plan, elapsed, moves, walked


def test_advance_lands_exactly_where_it_was_sent() -> None:
    plan = a_plan()
    walked(advance(plan.clock, 1))
    walked(advance(plan.clock, 90 * SECOND))
    assert plan.clock.now_ns == 90 * SECOND + 1


def test_the_end_of_a_walk_is_inside_it() -> None:
    plan = a_plan(30)
    assert walked(advance(plan.clock, 30 * SECOND - 1)) == []
    assert walked(advance(plan.clock, 1)) == ["#0"]
    assert plan.ran == [(30, "#0")]


def test_each_thing_runs_at_its_own_moment_and_not_at_the_end() -> None:
    plan = a_plan(60, 0, 30)
    walked(advance(plan.clock, 90 * SECOND))
    assert plan.ran == [(0, "#1"), (30, "#2"), (60, "#0")]


def test_things_of_one_moment_run_in_the_order_in_which_they_were_armed() -> None:
    plan = a_plan(30, 30, 30)
    walked(advance(plan.clock, 30 * SECOND))
    assert [name for _, name in plan.ran] == ["#0", "#1", "#2"]


def test_what_is_armed_on_the_way_is_part_of_the_walk() -> None:
    plan = a_plan()
    plan.at(10, "first", lambda: plan.at(20, "second"))
    plan.at(30, "last", lambda: plan.at(30, "at once"))
    walked(advance(plan.clock, 30 * SECOND))
    assert plan.ran == [(10, "first"), (20, "second"), (30, "last"), (30, "at once")]


def test_what_is_overdue_runs_now_and_not_in_the_past() -> None:
    plan = a_plan()
    walked(advance(plan.clock, 50 * SECOND))
    plan.at(30, "late")
    walked(settle(plan.clock))
    assert plan.ran == [(50, "late")]


def test_settle_runs_what_is_due_and_time_stands_still() -> None:
    plan = a_plan(0, 30)
    assert walked(settle(plan.clock)) == ["#0"]
    assert elapsed(plan) == 0


def test_three_hundred_tenths_of_a_second_are_thirty_seconds() -> None:
    plan = a_plan(30)
    for _ in range(299):
        walked(advance(plan.clock, SECOND // 10))
    assert plan.ran == []
    assert walked(advance(plan.clock, SECOND // 10)) == ["#0"]


def test_advance_to_takes_seconds_since_the_start() -> None:
    plan = a_plan(30)
    walked(advance_to(plan.clock, 20 * SECOND))
    walked(advance_to(plan.clock, 30 * SECOND))
    assert plan.ran == [(30, "#0")]


def test_advance_to_takes_a_moment_of_any_time_zone() -> None:
    plan = a_plan(30)
    moment = (EPOCH + timedelta(seconds=30)).astimezone(ZoneInfo("America/New_York"))
    assert walked(advance_to(plan.clock, moment)) == ["#0"]
    assert elapsed(plan) == 30


def test_advance_to_the_present_is_no_way_back() -> None:
    """A datetime cannot say the nanoseconds that have passed since its microsecond."""
    plan = a_plan()
    walked(advance(plan.clock, 1_999))
    walked(advance_to(plan.clock, plan.clock.now))
    assert plan.clock.now_ns == 1_999


def test_advance_to_next_runs_all_of_the_next_moment() -> None:
    plan = a_plan(30, 30, 60)
    assert walked(advance_to_next(plan.clock)) == ["#0", "#1"]
    assert elapsed(plan) == 30


def test_step_runs_one_thing() -> None:
    plan = a_plan(30, 30)
    assert walked(step(plan.clock)) == ["#0"]
    assert walked(step(plan.clock)) == ["#1"]


def test_run_until_idle_goes_no_further_than_it_must() -> None:
    plan = a_plan(30, 3600)
    assert walked(run_until_idle(plan.clock)) == ["#0", "#1"]
    assert elapsed(plan) == 3600
    assert walked(run_until_idle(plan.clock)) == []
    assert elapsed(plan) == 3600


def test_advance_until_stops_at_the_step_that_made_it_true() -> None:
    plan = a_plan(10, 20, 30)
    walk = advance_until(plan.clock, lambda: len(plan.ran) == 2, 300 * SECOND)
    assert walked(walk) == ["#0", "#1"]
    assert elapsed(plan) == 20


def test_advance_until_does_not_move_for_what_is_true_already() -> None:
    plan = a_plan(0)
    assert walked(advance_until(plan.clock, lambda: True, 300 * SECOND)) == []
    assert plan.ran == []


def test_advance_until_looks_once_more_when_it_has_landed() -> None:
    plan = a_plan()
    walked(advance_until(plan.clock, lambda: elapsed(plan) >= 5, 5 * SECOND))
    assert elapsed(plan) == 5


def test_advance_until_raises_at_its_limit_and_tells_of_the_way() -> None:
    plan = a_plan(10, 20, 31)
    message = r"the predicate was not true within \+30s\. Attempts on the way:"
    way = r"\n  \+10s POST 204\n  \+20s POST 204$"
    with pytest.raises(NeverTrue, match=message + way):
        next(advance_until(plan.clock, lambda: False, 30 * SECOND))
    assert elapsed(plan) == 30


def test_advance_until_says_so_when_there_was_nothing_on_the_way() -> None:
    plan = a_plan()
    with pytest.raises(NeverTrue, match=r"Attempts on the way: none$"):
        next(advance_until(plan.clock, lambda: False, 30 * SECOND))


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
        next(advance_until(plan.clock, predicate, SECOND))


def test_where_a_walk_led_is_a_fact() -> None:
    plan = a_plan(30)
    walked(advance(plan.clock, 10 * SECOND))
    walked(step(plan.clock))
    walked(advance_until(plan.clock, lambda: True, SECOND))
    assert moves(plan) == [
        ClockMoved(0, 10 * SECOND, "advance"),
        ClockMoved(10 * SECOND, 30 * SECOND, "step"),
        ClockMoved(30 * SECOND, 30 * SECOND, "advance_until"),
    ]


@pytest.mark.parametrize("verb", ["settle", "run_until_idle"])
def test_with_nothing_armed_a_walk_is_a_fact_as_well(verb: str) -> None:
    plan = a_plan()
    assert walked(WALKS[verb](plan)) == []
    assert moves(plan) == [ClockMoved(0, 0, verb)]
