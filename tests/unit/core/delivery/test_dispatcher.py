"""All deliveries: which one is next, and how many are pending."""

import pytest

from ringback.core.base.duration import SECOND
from ringback.core.delivery.delivery import Delivery, State
from ringback.core.delivery.dispatcher import Dispatcher
from ringback.core.delivery.outcome import Answered
from ringback.core.delivery.retry import RetryPolicy
from ringback.errors import MachineError
from tests.conftest import a_job, an_attempt
from tests.scheduling import Schedule


def a_schedule(*due: int, retries: int = 10, delay: int = 30 * SECOND) -> Schedule:
    """A dispatcher and its agenda, with one delivery for each moment in *due*."""
    schedule = Schedule(RetryPolicy(retries, delay))
    for position, due_at in enumerate(due):
        schedule.accept(a_job(f"request-{position}"), due_at)
    return schedule


def started(schedule: Schedule, now: int) -> Delivery:
    """The delivery whose attempt starts *now*."""
    delivery = schedule.start_due(now)
    assert delivery is not None
    return delivery


def test_an_empty_dispatcher_has_nothing_due() -> None:
    schedule = a_schedule()
    assert schedule.next_due is None
    assert schedule.start_due(10**18) is None
    assert schedule.pending == 0
    assert list(schedule.dispatcher.deliveries) == []


def test_an_accepted_job_is_scheduled_and_pending() -> None:
    schedule = a_schedule()
    job = a_job()
    delivery = schedule.accept(job, due_at=5)
    assert delivery == Delivery(0, job, State.SCHEDULED, due_at=5)
    assert list(schedule.dispatcher.deliveries) == [delivery]
    assert schedule.next_due == (5, 0)
    assert schedule.pending == 1


def test_nothing_starts_before_it_is_due() -> None:
    schedule = a_schedule(5)
    assert schedule.start_due(4) is None
    assert schedule.next_due == (5, 0)
    assert started(schedule, 5).state is State.IN_FLIGHT


def test_attempts_start_in_order_of_due_moment_then_of_scheduling() -> None:
    schedule = a_schedule(3, 1, 3, 2, 1)
    order = [started(schedule, 3).position for _ in range(5)]
    assert order == [1, 4, 3, 0, 2]
    assert schedule.start_due(3) is None


def test_a_retry_queues_behind_what_was_scheduled_for_its_moment_before() -> None:
    schedule = a_schedule(0, 30, delay=30)
    started(schedule, 0)
    schedule.finish(0, an_attempt())
    assert [started(schedule, 30).position for _ in range(2)] == [1, 0]


def test_a_failure_schedules_the_retry() -> None:
    schedule = a_schedule(0)
    started(schedule, 0)
    assert (schedule.pending, schedule.next_due) == (1, None)
    after = schedule.finish(0, an_attempt(took=SECOND))
    assert after is schedule.dispatcher.deliveries[0]
    assert schedule.next_due == (31 * SECOND, 1)
    assert schedule.pending == 1


def test_a_success_leaves_nothing_pending_and_nothing_due() -> None:
    schedule = a_schedule(0)
    started(schedule, 0)
    assert schedule.finish(0, an_attempt(outcome=200)).state is State.DELIVERED
    assert (schedule.pending, schedule.next_due) == (0, None)


@pytest.mark.rule("retries")
def test_a_deaf_receiver_is_tried_eleven_times_in_five_minutes() -> None:
    schedule = a_schedule(0)
    starts = []
    while (due := schedule.next_due) is not None:
        delivery = started(schedule, due[0])
        starts.append(due[0] // SECOND)
        schedule.finish(0, an_attempt(len(delivery.attempts) + 1, at=due[0]))
    assert starts == [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300]
    assert schedule.dispatcher.deliveries[0].state is State.EXHAUSTED
    assert schedule.pending == 0


def test_a_cancelled_delivery_is_passed_over() -> None:
    schedule = a_schedule(1, 2, 3)
    schedule.cancel(0, at=0, reason="enough")
    assert schedule.next_due == (2, 1)
    schedule.cancel(1, at=0, reason="enough")
    assert started(schedule, 3).position == 2
    assert schedule.pending == 1
    assert schedule.dispatcher.deliveries[0].reason == "enough"


def test_when_all_are_cancelled_nothing_is_due() -> None:
    schedule = a_schedule(1, 1)
    for position in (0, 1):
        schedule.cancel(position, at=0, reason="enough")
    assert schedule.next_due is None
    assert schedule.start_due(1) is None
    assert schedule.pending == 0


def test_a_late_answer_counts_nothing_twice() -> None:
    schedule = a_schedule(0, 0)
    started(schedule, 0)
    schedule.cancel(0, at=0, reason="enough")
    assert schedule.pending == 1
    late = schedule.finish(0, an_attempt())
    assert (late.state, len(late.attempts)) == (State.CANCELLED, 1)
    assert schedule.pending == 1
    assert schedule.next_due == (0, 1)


def test_an_impossible_step_changes_nothing() -> None:
    schedule = a_schedule(0)
    with pytest.raises(MachineError):
        schedule.finish(0, an_attempt())
    assert (schedule.pending, schedule.next_due) == (1, (0, 0))
    assert schedule.dispatcher.deliveries[0].attempts == ()


def test_a_dispatcher_shows_how_much_is_left() -> None:
    schedule = a_schedule(0, 0)
    schedule.cancel(0, at=0, reason="enough")
    assert repr(schedule.dispatcher) == "<Dispatcher [1 of 2 pending]>"


# -- which are open --------------------------------------------------------------------------------


def test_what_is_open_is_what_was_not_settled_when_it_was_asked_for() -> None:
    schedule = a_schedule(0, 0, 0, 0)
    schedule.cancel(1, at=0, reason="enough")
    opened = schedule.dispatcher.open
    assert (len(opened), list(opened), opened[-2:]) == (3, [0, 2, 3], [2, 3])
    unread = schedule.dispatcher.open
    schedule.cancel(0, at=0, reason="enough")
    schedule.accept(a_job("another"), due_at=0)
    schedule.cancel(4, at=0, reason="enough")
    assert (len(unread), list(unread)) == (3, [0, 2, 3])
    assert list(schedule.dispatcher.open) == [2, 3]


def test_a_delivery_is_open_until_it_is_settled_whether_it_is_kept_or_not() -> None:
    dispatcher = Dispatcher(RetryPolicy(), keep=0)
    dispatcher.accept(a_job(), 0)
    assert dispatcher.is_open(0)
    dispatcher.cancel(0, at=0, reason="enough")
    assert not dispatcher.is_open(0)
    assert list(dispatcher.deliveries) == []


def test_nothing_is_open_in_the_end() -> None:
    schedule = a_schedule(0)
    started(schedule, 0)
    schedule.finish(0, an_attempt(outcome=204))
    assert not schedule.dispatcher.open
    assert list(schedule.dispatcher.open) == []


# -- slots ---------------------------------------------------------------------------------------


def test_an_attempt_that_begins_late_has_started_then() -> None:
    started_late = a_schedule(5).start_due(9, 8)
    assert started_late is not None
    assert started_late.started_at == 8


def test_no_attempt_has_started_before_it_was_due() -> None:
    schedule = a_schedule(5)
    with pytest.raises(MachineError, match="before it is due"):
        schedule.dispatcher.start(0, 4)
    assert schedule.dispatcher.deliveries[0].state is State.SCHEDULED


def test_one_that_waits_for_a_slot_is_due_and_passed_over_by_those_that_need_none() -> None:
    schedule = a_schedule(1, 2)
    schedule.put_off()
    assert schedule.next_due == (1, 0)
    assert schedule.look_ahead(waiting=False) == (2, 1, 1)
    assert schedule.start_due(2, waiting=False) == schedule.dispatcher.deliveries[1]
    assert schedule.start_due(2, waiting=False) is None
    assert schedule.look_ahead(waiting=False) is None
    assert schedule.look_ahead() == (1, 0, 0)
    assert started(schedule, 2).position == 0
    assert schedule.look_ahead() is None


def test_those_that_wait_for_a_slot_come_first_and_in_their_order() -> None:
    schedule = a_schedule(3, 1, 2, 4)
    for _ in range(3):
        schedule.put_off()
    assert [started(schedule, 4).position for _ in range(4)] == [1, 2, 0, 3]


def test_what_was_armed_for_before_them_comes_before_those_that_wait() -> None:
    schedule = a_schedule(3)
    schedule.put_off()
    schedule.accept(a_job("early"), 1)
    assert schedule.next_due == (1, 1)
    assert [started(schedule, 3).position for _ in range(2)] == [1, 0]


def test_a_cancelled_delivery_waits_for_no_slot() -> None:
    schedule = a_schedule(1, 1, 9)
    schedule.put_off()
    schedule.put_off()
    schedule.cancel(0, at=0, reason="enough")
    assert schedule.next_due == (1, 1)
    schedule.cancel(1, at=0, reason="enough")
    assert schedule.next_due == (9, 2)
    schedule.cancel(2, at=0, reason="enough")
    assert schedule.next_due is None


def test_what_comes_to_be_known_later_is_remarked_on_the_attempt() -> None:
    schedule = Schedule(RetryPolicy())
    schedule.accept(a_job(), 0)
    schedule.start_due(0, 0)
    schedule.finish(0, an_attempt(1, 200))
    schedule.dispatcher.remark(0, 1, "the app raised KeyError")
    (attempt,) = schedule.dispatcher.deliveries[0].attempts
    assert str(attempt.outcome) == "answered 200 (the app raised KeyError)"
    assert schedule.pending == 0


# -- what is set aside -----------------------------------------------------------------------------


def test_what_was_set_aside_comes_back_to_its_place() -> None:
    schedule = a_schedule(1, 1, 2)
    assert schedule.look_ahead() == (1, 0, 0)
    entry = schedule.set_aside()
    assert (schedule.next_due, schedule.look_ahead()) == ((1, 1), (1, 1, 1))
    assert schedule.pending == 3
    schedule.agenda.put_back(entry)
    assert [started(schedule, 2).position for _ in range(3)] == [0, 1, 2]
    assert schedule.look_ahead() is None


def test_what_was_cancelled_while_it_was_set_aside_is_not_due() -> None:
    schedule = a_schedule(1)
    entry = schedule.set_aside()
    schedule.cancel(0, at=0, reason="enough")
    schedule.agenda.put_back(entry)
    assert schedule.next_due is None


def test_what_waits_for_a_slot_can_be_set_aside_as_well() -> None:
    schedule = a_schedule(1, 2)
    schedule.put_off()
    assert schedule.set_aside(waiting=False)[2] == 1
    assert schedule.set_aside()[2] == 0
    assert schedule.look_ahead() is None


def settle(dispatcher: Dispatcher, position: int) -> None:
    """Have the delivery at *position* come to its end."""
    dispatcher.start(position, 0)
    dispatcher.finish(position, an_attempt(outcome=200))


def test_a_dispatcher_that_forgets_keeps_the_last_that_were_settled_and_all_that_are_open() -> None:
    dispatcher = Dispatcher(RetryPolicy(10, 30), keep=2)
    for _ in range(6):
        dispatcher.accept(a_job(), due_at=0)
    for position in (4, 0, 3, 1):
        settle(dispatcher, position)
    assert dispatcher.positions == [1, 2, 3, 5]
    assert list(dispatcher.open) == [2, 5]
    assert (dispatcher.forgotten, dispatcher.pending, len(dispatcher.deliveries)) == (2, 2, 4)
    with pytest.raises(IndexError, match="position 0 is not kept any more"):
        dispatcher.deliveries[0]
    assert dispatcher.accept(a_job(), due_at=0).position == 6


def test_what_is_noted_of_a_forgotten_delivery_changes_nothing() -> None:
    dispatcher = Dispatcher(RetryPolicy(10, 30), keep=1)
    for position in range(2):
        dispatcher.accept(a_job(), due_at=0)
        settle(dispatcher, position)
    attempt = an_attempt(outcome=200)
    dispatcher.remark(0, 1, "late")
    dispatcher.remark(1, 1, "late")
    assert dispatcher.latest(0, attempt) is attempt
    assert "late" in str(dispatcher.latest(1, attempt).outcome)


def test_what_became_of_a_late_copy_is_noted_where_its_delivery_is_kept() -> None:
    dispatcher = Dispatcher(RetryPolicy(10, 30), keep=1)
    for position in range(2):
        dispatcher.accept(a_job(), due_at=0)
        settle(dispatcher, position)
    attempt = an_attempt(outcome=200)
    for position in range(2):
        dispatcher.copied(position, 1, Answered(409), 5)
    assert dispatcher.latest(0, attempt) is attempt
    assert dispatcher.latest(1, attempt).copy == Answered(409)


def test_a_cancelled_delivery_is_not_forgotten_while_its_attempt_is_under_way() -> None:
    dispatcher = Dispatcher(RetryPolicy(10, 30), keep=1)
    for _ in range(3):
        dispatcher.accept(a_job(), due_at=0)
    dispatcher.start(0, 0)
    dispatcher.cancel(0, 0, "enough")
    for position in (1, 2):
        settle(dispatcher, position)
    assert dispatcher.finish(0, an_attempt(outcome=200)).attempts
    assert 0 in dispatcher.positions


def test_what_is_open_where_some_is_forgotten_is_what_was_open_when_it_was_asked_for() -> None:
    dispatcher = Dispatcher(RetryPolicy(10, 30), keep=1)
    for _ in range(4):
        dispatcher.accept(a_job(), due_at=0)
    settle(dispatcher, 1)
    opened = dispatcher.open
    settle(dispatcher, 0)
    assert list(opened) == [0, 2, 3]
    assert list(dispatcher.open) == [2, 3]


def test_all_stay_at_their_positions_where_nothing_is_to_be_forgotten() -> None:
    schedule = a_schedule(0, 0, 0)
    schedule.cancel(1, at=0, reason="enough")
    assert list(schedule.dispatcher.positions) == [0, 1, 2]
    assert schedule.dispatcher.forgotten == 0


def test_a_cancelled_delivery_is_forgotten_once_its_attempt_has_ended() -> None:
    dispatcher = Dispatcher(RetryPolicy(10, 30), keep=0)
    for _ in range(2):
        dispatcher.accept(a_job(), due_at=0)
    dispatcher.start(0, 0)
    dispatcher.cancel(0, 0, "enough")
    dispatcher.finish(0, an_attempt(outcome=200))
    settle(dispatcher, 1)
    assert list(dispatcher.positions) == []


@pytest.mark.parametrize("keep", [None, 1])
def test_each_attempt_is_told_with_what_was_noted_of_it_since_it_ended(keep: int | None) -> None:
    dispatcher = Dispatcher(RetryPolicy(10, 30), keep)
    dispatcher.accept(a_job(), due_at=0)
    attempts = [an_attempt(number, at=30 * (number - 1)) for number in (1, 2)]
    for attempt in attempts:
        dispatcher.start(0, attempt.started_at)
        dispatcher.finish(0, attempt)
    dispatcher.remark(0, 2, "the app raised KeyError")
    told = [str(dispatcher.latest(0, attempt).outcome) for attempt in attempts]
    assert told == ["answered 503", "answered 503 (the app raised KeyError)"]
