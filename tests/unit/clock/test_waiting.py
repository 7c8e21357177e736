"""A walk waits for what is in flight, and takes along what comes of it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from freezegun import freeze_time

from ringback.clock.steps import Steps
from ringback.clock.verbs import advance, advance_until, settle, step, sync
from ringback.core.base.duration import SECOND
from ringback.errors import NeverTrue, Stuck
from tests.unit.clock.walked_by_hand import WALKS, Plan, a_plan, awaited, elapsed, ended, walked


def test_a_walk_waits_for_what_is_in_flight_before_it_moves() -> None:
    plan = a_plan(30)
    token = plan.clock.occupy("a request")
    walk = advance(plan.clock, 30 * SECOND)
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

    walk = advance_until(plan.clock, ask, SECOND)
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
        walk = sync(plan.clock)
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
    effect = next(settle(plan.clock))
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
    effect = next(settle(plan.clock))
    asyncio.run(wait())
    assert story == ["application", "walk"]


def test_a_walk_waits_where_a_real_attempt_is_in_flight() -> None:
    plan = a_plan()
    plan.at(30, "real", real=True)
    walk = advance(plan.clock, 60 * SECOND)
    next(walk)
    assert elapsed(plan) == 30
    plan.end("real")
    assert ended(walk) == ["real"]
    assert elapsed(plan) == 60


def test_what_is_submitted_while_an_attempt_is_in_flight_is_part_of_the_walk() -> None:
    plan = a_plan()
    plan.at(30, "real", real=True)
    walk = advance(plan.clock, 60 * SECOND)
    next(walk)
    plan.at(30, "submitted meanwhile")
    plan.end("real")
    assert ended(walk) == ["real", "submitted meanwhile"]
    assert plan.ran == [(30, "real"), (30, "submitted meanwhile")]


def test_a_request_that_arrives_during_an_attempt_is_waited_for_too() -> None:
    plan = a_plan()
    plan.at(0, "real", real=True)
    walk = settle(plan.clock)
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
        del plan.clock.stir

    plan.clock.stir = arm  # type: ignore[method-assign]
    return advance(plan.clock, 60 * SECOND)


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
    walked(interrupted(plan, lambda: plan.clock.agenda.drop(0)))
    assert (plan.ran, elapsed(plan)) == ([], 60)


def test_an_attempt_that_ends_before_the_walk_moves_belongs_to_the_walk() -> None:
    """So that the attempt of a cancelled walk is returned by the next."""
    plan = a_plan()
    plan.at(30, "real", real=True)
    cancelled = advance(plan.clock, 60 * SECOND)
    next(cancelled)
    with pytest.raises(asyncio.CancelledError):
        cancelled.throw(asyncio.CancelledError())
    assert elapsed(plan) == 30
    following = step(plan.clock)
    next(following)
    plan.end("real")
    assert ended(following) == ["real"]


def test_a_walk_that_is_dropped_sets_the_clock_free() -> None:
    plan = a_plan()
    plan.at(0, "real", real=True)
    walk = settle(plan.clock)
    next(walk)
    walk.close()
    plan.end("real")
    walked(settle(plan.clock))


def test_a_stuck_walk_gives_up_on_what_is_in_flight() -> None:
    plan = a_plan()
    plan.at(0, "real", real=True)
    walk = settle(plan.clock)
    next(walk)
    with pytest.raises(Stuck):
        walk.throw(Stuck("nothing moved"))
    assert plan.aborted == ["it kept the clock waiting for longer than Settings.guard"]


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
