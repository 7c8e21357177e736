"""What is armed on a clock, in its order, and what is passed over."""

import pytest

from ringback.clock.agenda import Agenda
from ringback.clock.timer import Timer


def fire_next(agenda: Agenda, limit: int | None = None) -> int | None:
    """Take what is next out, have it fire if it is a timer, and say when it was due."""
    due = agenda.look(limit)
    if due is None:
        return None
    agenda.take(due)
    if isinstance(due[2], Timer):
        due[2].fire()
    return due[0]


def positions(agenda: Agenda) -> list[int | Timer]:
    """Everything that is armed, in the order in which it comes."""
    found = []
    while (due := agenda.look(None)) is not None:
        agenda.take(due)
        found.append(due[2])
    return found


# -- order ---------------------------------------------------------------------------------------


def test_without_timers_nothing_is_due() -> None:
    assert Agenda().next_due is None
    assert Agenda().look(None) is None


def test_timers_are_due_in_order_of_moment_then_of_being_set() -> None:
    agenda, called = Agenda(), list[str]()
    agenda.call_at(30, lambda: called.append("third"))
    agenda.call_at(10, lambda: called.append("first"))
    agenda.call_at(10, lambda: called.append("second"))
    due = []
    while agenda.next_due:
        due.append(agenda.next_due)
        fire_next(agenda)
    assert due == [(10, 1), (10, 2), (30, 0)]
    assert called == ["first", "second", "third"]


def test_timers_are_numbered_along_with_attempts() -> None:
    agenda = Agenda()
    agenda.arm(10, 7)
    timer = agenda.call_at(10, lambda: None)
    agenda.arm(10, 8)
    assert positions(agenda) == [7, timer, 8]


def test_a_mark_stands_between_what_was_armed_before_and_after() -> None:
    agenda = Agenda()
    agenda.arm(10, 0)
    mark = agenda.mark()
    agenda.arm(10, 1)
    first, second = agenda.look(None), None
    assert first is not None
    agenda.take(first)
    second = agenda.look(None)
    assert second is not None
    assert first[1] < mark < second[1]


def test_a_timer_may_set_another_for_the_same_moment() -> None:
    agenda, called = Agenda(), list[str]()

    def another() -> None:
        agenda.call_at(10, lambda: called.append("second"))

    agenda.call_at(10, another)
    fire_next(agenda)
    assert agenda.next_due == (10, 1)
    fire_next(agenda)
    assert called == ["second"]


# -- what is passed over -------------------------------------------------------------------------


def test_a_cancelled_timer_is_passed_over() -> None:
    agenda, called = Agenda(), list[str]()
    never = agenda.call_at(10, lambda: called.append("never"))
    agenda.call_at(20, lambda: called.append("second"))
    never.cancel()
    assert agenda.next_due == (20, 1)
    fire_next(agenda)
    assert called == ["second"]


def test_a_dropped_attempt_is_passed_over_and_the_next_delivery_is_not() -> None:
    agenda = Agenda()
    for position in range(3):
        agenda.arm(10, position)
    agenda.drop(1)
    agenda.drop(0)
    assert agenda.next_due == (10, 2)
    assert positions(agenda) == [2]


def test_what_is_cancelled_does_not_pile_up_while_time_stands_still() -> None:
    agenda = Agenda()
    for moment in range(10, 110):
        agenda.call_at(moment, lambda: None)
    for _ in range(10_000):
        agenda.call_at(1000, lambda: None, background=True).cancel()
    assert len(agenda) < 300
    due = []
    while agenda.next_due:
        due.append(agenda.next_due[0])
        fire_next(agenda)
    assert due == list(range(10, 110))


# -- in the background ---------------------------------------------------------------------------


def test_nobody_goes_anywhere_for_what_is_in_the_background() -> None:
    agenda = Agenda()
    agenda.call_at(10, lambda: None, background=True)
    assert agenda.next_due is None
    assert agenda.look(None) is None
    assert agenda.look(9) is None
    assert fire_next(agenda, 10) == 10
    assert agenda.look(10) is None


def test_what_is_in_the_background_comes_in_its_turn_on_the_way_to_something_else() -> None:
    agenda = Agenda()
    for moment in (10, 30):
        agenda.call_at(moment, lambda: None, background=True)
    agenda.arm(20, 0)
    assert agenda.next_due == (20, 2)
    assert [fire_next(agenda) for _ in range(3)] == [10, 20, None]


# -- slots ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("taken", [1, 2])
def test_what_waits_for_a_slot_holds_up_nothing_that_needs_none(taken: int) -> None:
    agenda = Agenda(slots=2)
    for position in range(3):
        agenda.arm(10, position)
    agenda.taken = 2
    for _ in range(2):
        due = agenda.look(None)
        assert due is not None
        agenda.put_off(due)
    agenda.taken = taken
    assert agenda.next_due == (10, 0)
    assert positions(agenda) == ([2] if taken == 2 else [0, 1, 2])


def test_what_is_dropped_while_it_waits_for_a_slot_is_passed_over() -> None:
    agenda = Agenda()
    for position in range(2):
        agenda.arm(10, position)
    first = agenda.look(None)
    assert first is not None
    agenda.put_off(first)
    agenda.drop(0)
    assert positions(agenda) == [1]
    assert agenda.next_due is None


def test_what_was_taken_can_be_put_back_in_its_place() -> None:
    agenda = Agenda()
    agenda.arm(10, 0)
    aside = agenda.look(None)
    assert aside is not None
    agenda.take(aside)
    agenda.arm(10, 1)
    agenda.put_back(aside)
    assert positions(agenda) == [0, 1]


# -- a choice of what comes first ------------------------------------------------------------------


def test_what_is_armed_for_one_moment_is_shown_in_order_without_timers_and_what_was_dropped() -> (
    None
):
    agenda = Agenda()
    for moment, position in ((10, 0), (20, 1), (10, 2), (10, 3)):
        agenda.arm(moment, position)
    agenda.call_at(10, lambda: None)
    agenda.drop(2)
    due = agenda.look(None)
    assert due is not None
    assert [each[2] for each in agenda.together(due)] == [0, 3]


def test_what_is_preferred_comes_first_and_what_it_passed_by_comes_in_its_place() -> None:
    agenda = Agenda()
    for moment, position in ((10, 0), (10, 1), (10, 2), (20, 3)):
        agenda.arm(moment, position)
    due = agenda.look(None)
    assert due is not None
    first, _, third = agenda.together(due)
    agenda.prefer(first, third)
    assert positions(agenda) == [2, 1, 0, 3]
