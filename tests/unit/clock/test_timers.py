"""Things that happen at a moment and are no attempts."""

import itertools

from ringback.clock.timers import Timer, Timers


def test_without_timers_nothing_is_due() -> None:
    assert Timers(itertools.count()).next_due is None


def test_timers_are_due_in_order_of_moment_then_of_being_set() -> None:
    timers, called = Timers(itertools.count(7)), list[str]()
    timers.call_at(30, lambda: called.append("third"))
    timers.call_at(10, lambda: called.append("first"))
    timers.call_at(10, lambda: called.append("second"))
    due = []
    while timers.next_due:
        due.append(timers.next_due)
        timers.run_next()
    assert due == [(10, 8), (10, 9), (30, 7)]
    assert called == ["first", "second", "third"]


def test_timers_are_numbered_along_with_the_other_schedules() -> None:
    sequence = itertools.count()
    timers = Timers(sequence)
    next(sequence)
    timers.call_at(10, lambda: None)
    assert timers.next_due == (10, 1)


def test_a_timer_may_set_another_for_the_same_moment() -> None:
    timers, called = Timers(itertools.count()), list[str]()

    def another() -> None:
        timers.call_at(10, lambda: called.append("second"))

    timers.call_at(10, another)
    timers.run_next()
    assert timers.next_due == (10, 1)
    timers.run_next()
    assert called == ["second"]


def test_a_cancelled_timer_is_passed_over() -> None:
    timers, called = Timers(itertools.count()), list[str]()
    never = timers.call_at(10, lambda: called.append("never"))
    timers.call_at(20, lambda: called.append("second"))
    never.cancel()
    assert timers.next_due == (20, 1)
    timers.run_next()
    assert called == ["second"]


def test_a_timer_fires_once_and_can_be_cancelled_when_it_is_over() -> None:
    called = list[str]()
    timer = Timer(lambda: called.append("fired"))
    waiting = timer.over
    timer.fire()
    timer.fire()
    timer.cancel()
    assert (waiting, timer.over) == (False, True)
    assert called == ["fired"]


def test_what_is_cancelled_does_not_pile_up_while_time_stands_still() -> None:
    timers = Timers(itertools.count())
    live = [timers.call_at(moment, lambda: None) for moment in range(10, 110)]
    for _ in range(10_000):
        timers.call_at(1000, lambda: None).cancel()
    assert len(timers) < 3 * len(live)
    due = []
    while timers.next_due:
        due.append(timers.next_due[0])
        timers.run_next()
    assert due == list(range(10, 110))
