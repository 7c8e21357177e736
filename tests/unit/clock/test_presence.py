"""What keeps time where it is: requests, attempts and holds that are in flight."""

import pytest

from ringback.clock.verbs import advance
from ringback.core.base.duration import SECOND
from tests.unit.clock.walked_by_hand import Told, a_clock, a_plan, elapsed, ended


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
    story: list[bool | str] = []
    clock = a_clock(listener=Told(story))
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
        walk = advance(plan.clock, 30 * SECOND)
        next(walk)
        assert plan.clock.busy == ["hold: the import runs"]
        assert elapsed(plan) == 0
    assert ended(walk) == ["#0"]


def test_a_hold_is_released_by_an_error() -> None:
    clock = a_clock()
    with pytest.raises(ZeroDivisionError), clock.hold("doomed"):
        raise ZeroDivisionError
    assert clock.busy == []
