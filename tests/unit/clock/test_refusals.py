"""Walks that are refused or run away: what they say, and that nothing has changed."""

import itertools
from datetime import datetime, timedelta

import pytest

from ringback.clock import generations
from ringback.clock.generations import MAX_GENERATIONS
from ringback.clock.verbs import (
    advance,
    advance_to,
    advance_to_next,
    advance_until,
    run_until_idle,
    step,
)
from ringback.core.base.duration import SECOND
from ringback.core.facts import ClockMoved
from ringback.errors import ClockBackwards, NothingDue, Runaway
from tests.unit.clock.walked_by_hand import (
    EPOCH,
    WALKS,
    Plan,
    a_plan,
    elapsed,
    moves,
    unmoved,
    walked,
)

# -- what is refused -----------------------------------------------------------------------------


def test_the_clock_cannot_go_back() -> None:
    """I1: negative or past targets raise and change nothing."""
    plan = a_plan(5, 30)
    walked(advance(plan.clock, 10 * SECOND))
    with unmoved(plan):
        with pytest.raises(ClockBackwards, match=r"cannot go back: advance\(-1\)\. Start a new"):
            next(advance(plan.clock, -SECOND))
        with pytest.raises(ClockBackwards, match=r"stands at \+10s and was sent to \+9s"):
            next(advance_to(plan.clock, 9 * SECOND))
        with pytest.raises(ClockBackwards, match=r"was sent to -1s"):
            next(advance_to(plan.clock, EPOCH - timedelta(seconds=1)))
        with pytest.raises(ClockBackwards, match=r"cannot go back: within=-1"):
            next(advance_until(plan.clock, bool, -SECOND))


def test_a_moment_without_a_time_zone_is_refused() -> None:
    plan = a_plan()
    with pytest.raises(ValueError, match=r"has no time zone; give an aware datetime, such as"):
        next(advance_to(plan.clock, datetime(2026, 1, 1, 12)))  # noqa: DTZ001


def test_no_walk_leads_beyond_what_a_calendar_can_say() -> None:
    plan = a_plan()
    centuries = 8_000 * 366 * 86_400 * SECOND
    plan.at(centuries / SECOND, "far away")
    with unmoved(plan):
        for walk in (
            advance(plan.clock, centuries),
            advance_to(plan.clock, centuries),
            advance_until(plan.clock, bool, centuries),
            advance_to_next(plan.clock),
            run_until_idle(plan.clock),
            step(plan.clock),
        ):
            with pytest.raises(ValueError, match=r"beyond the year 9999\. Give seconds, not"):
                next(walk)
    assert plan.clock.now == EPOCH


@pytest.mark.parametrize("verb", ["step", "advance_to_next"])
def test_a_step_to_nothing_is_refused(verb: str) -> None:
    plan = a_plan()
    with unmoved(plan), pytest.raises(NothingDue, match=rf"{verb}\(\): nothing is due and nothing"):
        next(WALKS[verb](plan))


def test_the_error_of_something_armed_surfaces_and_sets_the_clock_free() -> None:
    plan = a_plan()
    plan.at(10, "broken", lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        next(advance(plan.clock, 30 * SECOND))
    assert moves(plan) == [ClockMoved(0, 10 * SECOND, "advance")]
    walked(advance(plan.clock, 20 * SECOND))
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
        next(advance(plan.clock, 30 * SECOND))
    assert elapsed(plan) == 10
    assert next(runs) == MAX_GENERATIONS + 1


@pytest.mark.parametrize("retries_at_once", [0, 50])
@pytest.mark.parametrize("too_many", [0, 1])
def test_so_many_generations_and_no_more_are_no_loop(too_many: int, retries_at_once: int) -> None:
    """They are counted from what was armed before the instant began, on the way to it or before.

    Retries without a delay come on top.
    """
    plan = Plan(retries_at_once=retries_at_once)
    most = MAX_GENERATIONS + retries_at_once

    def cascade(left: int) -> None:
        if left:
            plan.at(10, "child", lambda: cascade(left - 1))

    plan.at(0, "long before", lambda: plan.at(10, "root", lambda: cascade(most + too_many)))
    walk = advance(plan.clock, 30 * SECOND)
    if too_many:
        with pytest.raises(Runaway):
            next(walk)
    else:
        assert len(walked(walk)) == most + 2


def test_ten_thousand_things_at_one_instant_are_no_loop() -> None:
    plan = a_plan()
    for number in range(5_000):
        plan.at(10, f"{number}", lambda: plan.at(10, "child"))
    assert len(walked(advance(plan.clock, 10 * SECOND))) == 10_000


def test_generations_are_counted_anew_at_each_instant() -> None:
    """More generations in all than are allowed, and one at each instant."""
    plan = a_plan()
    instants = MAX_GENERATIONS + 1
    for instant in range(instants):
        for _ in range(3):
            plan.at(instant, "parent", lambda: plan.at(elapsed(plan), "child"))
    assert len(walked(run_until_idle(plan.clock))) == 6 * instants


def test_a_leak_from_instant_to_instant_is_a_runaway_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generations, "MAX_STEPS", 500)
    plan = a_plan()

    def again() -> None:
        plan.at(elapsed(plan) + 30, "again", again)

    plan.at(0, "again", again)
    with pytest.raises(Runaway, match=r"\(0 generations at this instant, \d+ steps in this walk\)"):
        next(run_until_idle(plan.clock))
    assert 500 <= len(plan.ran) <= 700


def test_many_deliveries_are_no_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk may take the more steps, the more was armed before it."""
    monkeypatch.setattr(generations, "MAX_STEPS", 0)
    plan = a_plan()

    def eleven_times(left: int = 10) -> None:
        if left:
            plan.at(elapsed(plan) + 30, "retry", lambda: eleven_times(left - 1))

    for number in range(50):
        plan.at(number / 10, "first", eleven_times)
    assert len(walked(run_until_idle(plan.clock))) == 550
