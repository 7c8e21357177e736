"""All deliveries: which one is next, and how many are pending."""

import itertools

import pytest

from ringback.core.base.duration import SECOND
from ringback.core.delivery.delivery import Delivery, State
from ringback.core.delivery.dispatcher import Dispatcher
from ringback.core.delivery.retry import RetryPolicy
from ringback.errors import MachineError
from tests.conftest import a_job, an_attempt


def a_dispatcher(*due: int, retries: int = 10, delay: int = 30 * SECOND) -> Dispatcher:
    """A dispatcher with one delivery for each moment in *due*."""
    dispatcher = Dispatcher(RetryPolicy(retries, delay))
    for position, due_at in enumerate(due):
        dispatcher.accept(a_job(f"request-{position}"), due_at)
    return dispatcher


def started(dispatcher: Dispatcher, now: int) -> Delivery:
    """The delivery whose attempt starts *now*."""
    delivery = dispatcher.start_due(now)
    assert delivery is not None
    return delivery


def test_an_empty_dispatcher_has_nothing_due() -> None:
    dispatcher = a_dispatcher()
    assert dispatcher.next_due is None
    assert dispatcher.start_due(10**18) is None
    assert dispatcher.pending == 0
    assert list(dispatcher.deliveries) == []


def test_an_accepted_job_is_scheduled_and_pending() -> None:
    dispatcher = a_dispatcher()
    job = a_job()
    delivery = dispatcher.accept(job, due_at=5)
    assert delivery == Delivery(0, job, State.SCHEDULED, due_at=5)
    assert list(dispatcher.deliveries) == [delivery]
    assert dispatcher.next_due == (5, 0)
    assert dispatcher.pending == 1


def test_nothing_starts_before_it_is_due() -> None:
    dispatcher = a_dispatcher(5)
    assert dispatcher.start_due(4) is None
    assert dispatcher.next_due == (5, 0)
    assert started(dispatcher, 5).state is State.IN_FLIGHT


def test_an_attempt_starts_at_its_due_moment_even_when_that_has_passed() -> None:
    assert started(a_dispatcher(5), 9).started_at == 5


def test_attempts_start_in_order_of_due_moment_then_of_scheduling() -> None:
    dispatcher = a_dispatcher(3, 1, 3, 2, 1)
    order = [started(dispatcher, 3).position for _ in range(5)]
    assert order == [1, 4, 3, 0, 2]
    assert dispatcher.start_due(3) is None


def test_a_retry_queues_behind_what_was_scheduled_for_its_moment_before() -> None:
    dispatcher = a_dispatcher(0, 30, delay=30)
    started(dispatcher, 0)
    dispatcher.finish(0, an_attempt())
    assert [started(dispatcher, 30).position for _ in range(2)] == [1, 0]


def test_the_sequence_is_shared_with_other_schedules_of_the_clock() -> None:
    sequence = itertools.count(100)
    dispatcher = Dispatcher(RetryPolicy(), sequence)
    dispatcher.accept(a_job(), 5)
    assert next(sequence) == 101
    dispatcher.accept(a_job(), 4)
    assert dispatcher.next_due == (4, 102)


def test_a_failure_schedules_the_retry() -> None:
    dispatcher = a_dispatcher(0)
    started(dispatcher, 0)
    assert (dispatcher.pending, dispatcher.next_due) == (1, None)
    after = dispatcher.finish(0, an_attempt(took=SECOND))
    assert after is dispatcher.deliveries[0]
    assert dispatcher.next_due == (31 * SECOND, 1)
    assert dispatcher.pending == 1


def test_a_success_leaves_nothing_pending_and_nothing_due() -> None:
    dispatcher = a_dispatcher(0)
    started(dispatcher, 0)
    assert dispatcher.finish(0, an_attempt(outcome=200)).state is State.DELIVERED
    assert (dispatcher.pending, dispatcher.next_due) == (0, None)


@pytest.mark.rule("retries")
def test_a_deaf_receiver_is_tried_eleven_times_in_five_minutes() -> None:
    dispatcher = a_dispatcher(0)
    starts = []
    while (due := dispatcher.next_due) is not None:
        delivery = started(dispatcher, due[0])
        starts.append(due[0] // SECOND)
        dispatcher.finish(0, an_attempt(len(delivery.attempts) + 1, at=due[0]))
    assert starts == [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300]
    assert dispatcher.deliveries[0].state is State.EXHAUSTED
    assert dispatcher.pending == 0


def test_a_cancelled_delivery_is_passed_over() -> None:
    dispatcher = a_dispatcher(1, 2, 3)
    dispatcher.cancel(0, at=0, reason="enough")
    assert dispatcher.next_due == (2, 1)
    dispatcher.cancel(1, at=0, reason="enough")
    assert started(dispatcher, 3).position == 2
    assert dispatcher.pending == 1
    assert dispatcher.deliveries[0].reason == "enough"


def test_when_all_are_cancelled_nothing_is_due() -> None:
    dispatcher = a_dispatcher(1, 1)
    for position in (0, 1):
        dispatcher.cancel(position, at=0, reason="enough")
    assert dispatcher.next_due is None
    assert dispatcher.start_due(1) is None
    assert dispatcher.pending == 0


def test_a_late_answer_counts_nothing_twice() -> None:
    dispatcher = a_dispatcher(0, 0)
    started(dispatcher, 0)
    dispatcher.cancel(0, at=0, reason="enough")
    assert dispatcher.pending == 1
    late = dispatcher.finish(0, an_attempt())
    assert (late.state, len(late.attempts)) == (State.CANCELLED, 1)
    assert dispatcher.pending == 1
    assert dispatcher.next_due == (0, 1)


def test_an_impossible_step_changes_nothing() -> None:
    dispatcher = a_dispatcher(0)
    with pytest.raises(MachineError):
        dispatcher.finish(0, an_attempt())
    assert (dispatcher.pending, dispatcher.next_due) == (1, (0, 0))
    assert dispatcher.deliveries[0].attempts == ()


def test_a_dispatcher_shows_how_much_is_left() -> None:
    dispatcher = a_dispatcher(0, 0)
    dispatcher.cancel(0, at=0, reason="enough")
    assert repr(dispatcher) == "<Dispatcher [1 of 2 pending]>"


# -- which are open --------------------------------------------------------------------------------


def test_what_is_open_is_what_was_not_settled_when_it_was_asked_for() -> None:
    dispatcher = a_dispatcher(0, 0, 0, 0)
    dispatcher.cancel(1, at=0, reason="enough")
    opened = dispatcher.open
    assert (len(opened), list(opened), opened[-2:]) == (3, [0, 2, 3], [2, 3])
    unread = dispatcher.open
    dispatcher.cancel(0, at=0, reason="enough")
    dispatcher.accept(a_job("another"), due_at=0)
    dispatcher.cancel(4, at=0, reason="enough")
    assert (len(unread), list(unread)) == (3, [0, 2, 3])
    assert list(dispatcher.open) == [2, 3]


def test_nothing_is_open_in_the_end() -> None:
    dispatcher = a_dispatcher(0)
    started(dispatcher, 0)
    dispatcher.finish(0, an_attempt(outcome=204))
    assert not dispatcher.open
    assert list(dispatcher.open) == []


# -- slots ---------------------------------------------------------------------------------------


def test_an_attempt_that_begins_late_has_started_then() -> None:
    started_late = a_dispatcher(5).start_due(9, 8)
    assert started_late is not None
    assert started_late.started_at == 8


def test_no_attempt_has_started_before_it_was_due() -> None:
    started_early = a_dispatcher(5).start_due(5, 3)
    assert started_early is not None
    assert started_early.started_at == 5


def test_one_that_waits_for_a_slot_is_due_and_passed_over_by_those_that_need_none() -> None:
    dispatcher = a_dispatcher(1, 2)
    dispatcher.put_off()
    assert dispatcher.next_due == (1, 0)
    assert dispatcher.look_ahead(waiting=False) == (2, 1, 1)
    assert dispatcher.start_due(2, waiting=False) == dispatcher.deliveries[1]
    assert dispatcher.start_due(2, waiting=False) is None
    assert dispatcher.look_ahead(waiting=False) is None
    assert dispatcher.look_ahead() == (1, 0, 0)
    assert started(dispatcher, 2).position == 0
    assert dispatcher.look_ahead() is None


def test_those_that_wait_for_a_slot_come_first_and_in_their_order() -> None:
    dispatcher = a_dispatcher(3, 1, 2, 4)
    for _ in range(3):
        dispatcher.put_off()
    assert [started(dispatcher, 4).position for _ in range(4)] == [1, 2, 0, 3]


def test_what_was_armed_for_before_them_comes_before_those_that_wait() -> None:
    dispatcher = a_dispatcher(3)
    dispatcher.put_off()
    dispatcher.accept(a_job("early"), 1)
    assert dispatcher.next_due == (1, 1)
    assert [started(dispatcher, 3).position for _ in range(2)] == [1, 0]


def test_a_cancelled_delivery_waits_for_no_slot() -> None:
    dispatcher = a_dispatcher(1, 1, 9)
    dispatcher.put_off()
    dispatcher.put_off()
    dispatcher.cancel(0, at=0, reason="enough")
    assert dispatcher.next_due == (1, 1)
    dispatcher.cancel(1, at=0, reason="enough")
    assert dispatcher.next_due == (9, 2)
    dispatcher.cancel(2, at=0, reason="enough")
    assert dispatcher.next_due is None


def test_what_comes_to_be_known_later_is_remarked_on_the_attempt() -> None:
    dispatcher = Dispatcher(RetryPolicy())
    dispatcher.accept(a_job(), 0)
    dispatcher.start_due(0, 0)
    dispatcher.finish(0, an_attempt(1, 200))
    dispatcher.remark(0, 1, "the app raised KeyError")
    (attempt,) = dispatcher.deliveries[0].attempts
    assert str(attempt.outcome) == "answered 200 (the app raised KeyError)"
    assert dispatcher.pending == 0


# -- what is set aside -----------------------------------------------------------------------------


def test_what_was_set_aside_comes_back_to_its_place() -> None:
    dispatcher = a_dispatcher(1, 1, 2)
    assert dispatcher.look_ahead() == (1, 0, 0)
    entry = dispatcher.set_aside()
    assert (dispatcher.next_due, dispatcher.look_ahead()) == ((1, 1), (1, 1, 1))
    assert dispatcher.pending == 3
    dispatcher.bring_back(entry)
    assert [started(dispatcher, 2).position for _ in range(3)] == [0, 1, 2]
    assert dispatcher.look_ahead() is None


def test_what_was_cancelled_while_it_was_set_aside_is_not_due() -> None:
    dispatcher = a_dispatcher(1)
    entry = dispatcher.set_aside()
    dispatcher.cancel(0, at=0, reason="enough")
    dispatcher.bring_back(entry)
    assert dispatcher.next_due is None


def test_what_waits_for_a_slot_can_be_set_aside_as_well() -> None:
    dispatcher = a_dispatcher(1, 2)
    dispatcher.put_off()
    assert dispatcher.set_aside(waiting=False)[2] == 1
    assert dispatcher.set_aside()[2] == 0
    with pytest.raises(MachineError, match="nothing to set aside"):
        dispatcher.set_aside()
