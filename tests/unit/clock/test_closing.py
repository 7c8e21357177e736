"""A clock that is closed, before a walk and during one."""

import pytest

from ringback.clock.verbs import advance
from ringback.core.base.duration import SECOND
from ringback.errors import ClockClosed
from tests.unit.clock.walked_by_hand import WALKS, a_clock, a_plan, elapsed, unmoved


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
        next(advance(plan.clock, 30 * SECOND))
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
