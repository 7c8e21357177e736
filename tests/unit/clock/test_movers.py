"""One clock, one mover: the others are refused, or join."""

import asyncio

import pytest

from ringback.clock.verbs import advance, settle, step
from ringback.core.base.duration import SECOND
from ringback.errors import ClockBusy, Stuck
from tests.unit.clock.walked_by_hand import (
    MOVERS,
    WALKS,
    a_plan,
    awaited,
    ended,
    turn,
    unmoved,
    walked,
)


@pytest.mark.parametrize("verb", MOVERS)
def test_a_mover_beside_another_is_refused(verb: str) -> None:
    """I9: it raises and changes nothing."""
    plan = a_plan(30)
    plan.at(0, "real", real=True)
    walk = advance(plan.clock, 60 * SECOND)
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
    assert inside.run(walked, settle(plan.clock)) == ["#0"]


def test_a_receiver_of_one_clock_may_move_another() -> None:
    plan, other = a_plan(0), a_plan(0)
    inside = plan.clock.inside(lambda: True)
    assert inside.run(walked, settle(other.clock)) == ["#0"]
    assert not plan.clock.is_inside


def test_settle_joins_a_walk_and_looks_again_at_each_of_its_steps() -> None:
    """Each wait is short, so no guard rings over a walk that is merely long."""
    plan = a_plan()
    plan.at(0, "first", real=True)
    plan.at(1, "second", real=True)
    walk = advance(plan.clock, SECOND)
    next(walk)
    joining, woken = settle(plan.clock), asyncio.new_event_loop()
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
    walk = step(plan.clock)
    next(walk)
    joining = settle(plan.clock)
    next(joining)
    plan.end("first")
    ended(walk)
    another = step(plan.clock)
    next(another)
    joining.send(None)  # waits for this one now
    plan.end("second")
    ended(another)
    assert ended(joining) == []


def test_whoever_joins_a_stuck_walk_gives_up_on_nothing() -> None:
    """What is in flight is the other's to give up on, and it does so at about the same time."""
    plan = a_plan()
    plan.at(0, "real", real=True)
    walk = settle(plan.clock)
    next(walk)
    joining = settle(plan.clock)
    next(joining)
    with pytest.raises(Stuck):
        joining.throw(Stuck("nothing moved"))
    assert plan.aborted == []
    plan.end("real")
    assert ended(walk) == ["real"]


def test_a_join_that_comes_too_late_to_wait_is_called_at_once() -> None:
    plan = a_plan()
    plan.at(0, "real", real=True)
    walk = settle(plan.clock)
    next(walk)
    joining = settle(plan.clock)
    wait = next(joining)
    plan.end("real")
    ended(walk)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(awaited(wait))
    loop.close()
    assert ended(joining) == []
