"""One delivery, from its first attempt to one of its three ends."""

import re
from dataclasses import replace
from itertools import product
from typing import get_args

import pytest

from ringback.core.base.duration import SECOND
from ringback.core.base.headers import Headers
from ringback.core.delivery import delivery as module
from ringback.core.delivery.delivery import (
    SETTLED,
    TRANSITIONS,
    Cancelled,
    Delivery,
    Event,
    Finished,
    Started,
    State,
)
from ringback.core.delivery.outcome import Aborted, Answered, AnswerLost, Dropped, Outcome, TimedOut
from ringback.core.delivery.retry import RetryPolicy
from ringback.errors import MachineError
from tests.conftest import a_job, an_attempt

POLICY = RetryPolicy()
NEW = Delivery(0, a_job(), State.SCHEDULED, due_at=0)
IN_FLIGHT = NEW.after(Started(0), POLICY)


def finished(number: int = 1, outcome: Outcome | int = 503, at: int = 0, took: int = 0) -> Finished:
    """The end of an attempt."""
    return Finished(an_attempt(number, outcome, at, took))


def after_failures(count: int, policy: RetryPolicy = POLICY) -> Delivery:
    """A delivery whose first *count* attempts failed at once."""
    delivery = NEW
    for number in range(1, count + 1):
        at = delivery.due_at or 0
        delivery = delivery.after(Started(at), policy)
        delivery = delivery.after(finished(number, at=at), policy)
    return delivery


def test_an_attempt_that_starts_is_in_flight_and_due_no_more() -> None:
    started = NEW.after(Started(5), POLICY)
    assert (started.state, started.started_at, started.due_at) == (State.IN_FLIGHT, 5, None)
    assert not started.settled
    assert started.reason == NEW.reason == ""


@pytest.mark.rule("success")
@pytest.mark.parametrize("status", [200, 204, 299])
def test_an_answer_from_200_to_299_delivers(status: int) -> None:
    delivered = IN_FLIGHT.after(finished(outcome=status), POLICY)
    assert delivered.state is State.DELIVERED
    assert delivered.due_at is None
    assert delivered.settled


@pytest.mark.rule("success")
@pytest.mark.parametrize(
    "outcome",
    [
        *[199, 300, 302, 304, 400, 401, 404, 410, 429, 500, 503],
        *[AnswerLost(Answered(200)), TimedOut(10), Dropped(), Aborted("closed")],
    ],
    ids=str,
)
def test_anything_else_is_tried_again(outcome: Outcome | int) -> None:
    waiting = IN_FLIGHT.after(finished(outcome=outcome), POLICY)
    assert waiting.state is State.SCHEDULED
    assert waiting.due_at == 30 * SECOND
    assert waiting.started_at is None
    assert not waiting.settled


@pytest.mark.rule("delay", "delay-from-the-end")
def test_a_retry_is_due_thirty_seconds_after_the_failed_attempt_ended() -> None:
    waiting = IN_FLIGHT.after(finished(at=SECOND, took=10 * SECOND), POLICY)
    assert waiting.due_at == 41 * SECOND


@pytest.mark.rule("retry-after-ignored")
@pytest.mark.parametrize("after", ["0", "1", "3600", "Thu, 01 Jan 2026 01:00:00 GMT"])
def test_the_wait_is_the_same_whatever_the_receiver_asks_for(after: str) -> None:
    answer = Answered(503, Headers([("Retry-After", after)]))
    assert IN_FLIGHT.after(finished(outcome=answer), POLICY).due_at == 30 * SECOND


@pytest.mark.rule("retries")
def test_the_tenth_failure_is_not_the_last() -> None:
    waiting = after_failures(10)
    assert (waiting.state, waiting.due_at) == (State.SCHEDULED, 300 * SECOND)


@pytest.mark.rule("retries")
def test_the_eleventh_failure_exhausts() -> None:
    exhausted = after_failures(11)
    assert (exhausted.state, exhausted.due_at) == (State.EXHAUSTED, None)
    assert exhausted.settled
    assert [attempt.number for attempt in exhausted.attempts] == list(range(1, 12))
    assert [attempt.started_at for attempt in exhausted.attempts] == [
        number * 30 * SECOND for number in range(11)
    ]


@pytest.mark.rule("retries", "success")
def test_the_eleventh_attempt_may_still_deliver() -> None:
    last = after_failures(10).after(Started(0), POLICY).after(finished(11, 200), POLICY)
    assert last.state is State.DELIVERED


def test_without_retries_the_first_failure_exhausts() -> None:
    assert after_failures(1, RetryPolicy(retries=0)).state is State.EXHAUSTED


@pytest.mark.parametrize("delivery", [NEW, IN_FLIGHT, after_failures(3)], ids=lambda d: d.state)
def test_a_cancelled_delivery_keeps_its_reason_and_its_attempts(delivery: Delivery) -> None:
    cancelled = delivery.after(Cancelled(7, "the test ended"), POLICY)
    assert (cancelled.state, cancelled.reason) == (State.CANCELLED, "the test ended")
    assert cancelled.due_at is None
    assert cancelled.attempts == delivery.attempts
    assert cancelled.settled


@pytest.mark.parametrize("outcome", [200, 503])
def test_a_late_answer_is_recorded_and_changes_nothing(outcome: int) -> None:
    cancelled = IN_FLIGHT.after(Cancelled(1, "enough"), POLICY)
    late = cancelled.after(finished(outcome=outcome), POLICY)
    assert (late.state, late.reason, late.due_at) == (State.CANCELLED, "enough", None)
    assert [attempt.outcome.word for attempt in late.attempts] == [str(outcome)]


def test_only_the_answer_to_the_attempt_in_flight_can_be_late() -> None:
    never_started = NEW.after(Cancelled(1, "enough"), POLICY)
    with pytest.raises(MachineError, match="attempt 1 is not in flight"):
        never_started.after(finished(), POLICY)
    late = IN_FLIGHT.after(Cancelled(1, "enough"), POLICY).after(finished(), POLICY)
    with pytest.raises(MachineError, match="attempt 2 is not in flight"):
        late.after(finished(2), POLICY)


@pytest.mark.parametrize("number", [0, 2, 11])
def test_an_outcome_belongs_to_the_attempt_in_flight(number: int) -> None:
    request_id = a_job().request_id
    message = f"^delivery {request_id}: attempt {number} is not in flight$"
    with pytest.raises(MachineError, match=message):
        IN_FLIGHT.after(finished(number), POLICY)


def test_a_step_leaves_the_delivery_before_it_as_it_was() -> None:
    before = repr(IN_FLIGHT)
    IN_FLIGHT.after(finished(), POLICY)
    assert repr(IN_FLIGHT) == before


def test_job_and_position_never_change() -> None:
    job = a_job("request-7")
    delivery = Delivery(7, job, State.SCHEDULED, due_at=0)
    for event in (Started(0), finished(), Started(1), Cancelled(2, "enough"), finished(2)):
        delivery = delivery.after(event, POLICY)
        assert delivery.position == 7
        assert delivery.job is job


REACHED = {
    State.SCHEDULED: NEW,
    State.IN_FLIGHT: IN_FLIGHT,
    State.DELIVERED: IN_FLIGHT.after(finished(outcome=200), POLICY),
    State.EXHAUSTED: after_failures(11),
    State.CANCELLED: NEW.after(Cancelled(0, "enough"), POLICY),
}
EVENTS: dict[type[Event], Event] = {
    Started: Started(0),
    Finished: finished(),
    Cancelled: Cancelled(0, "enough"),
}


@pytest.mark.parametrize(
    ("state", "event"),
    [pair for pair in product(State, EVENTS) if pair not in TRANSITIONS],
    ids=str,
)
def test_what_the_table_does_not_have_cannot_happen(state: State, event: type[Event]) -> None:
    with pytest.raises(MachineError) as caught:
        REACHED[state].after(EVENTS[event], POLICY)
    request_id = a_job().request_id
    assert str(caught.value) == (
        f"delivery {request_id} is {state}: {event.__name__} cannot happen to it"
    )


def test_the_table_is_the_machine() -> None:
    assert {
        (state.value, event.__name__): {next_state.value for next_state in next_states}
        for (state, event), next_states in TRANSITIONS.items()
    } == {
        ("scheduled", "Started"): {"in flight"},
        ("scheduled", "Cancelled"): {"cancelled"},
        ("in flight", "Finished"): {"delivered", "scheduled", "exhausted"},
        ("in flight", "Cancelled"): {"cancelled"},
        ("cancelled", "Finished"): {"cancelled"},
    }


def test_a_fork_must_be_declared_before_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    narrower = {**TRANSITIONS, (State.IN_FLIGHT, Finished): frozenset({State.DELIVERED})}
    monkeypatch.setattr(module, "TRANSITIONS", narrower)
    with pytest.raises(MachineError, match=r"^in flight may not become scheduled$"):
        IN_FLIGHT.after(finished(), POLICY)


def test_the_ends_lead_nowhere_else() -> None:
    assert {State.DELIVERED, State.EXHAUSTED, State.CANCELLED} == SETTLED
    for (state, _), next_states in TRANSITIONS.items():
        assert state not in SETTLED or next_states == {state}


def test_the_diagram_shows_what_the_table_says() -> None:
    assert set(EVENTS) == set(get_args(Event))
    drawn = re.findall(r"──(\w+)──▶ (\w+)", module.__doc__ or "")
    assert set(drawn) == {
        (event.__name__, next_state.name)
        for (_, event), next_states in TRANSITIONS.items()
        for next_state in next_states
    }


def test_a_remark_is_added_to_the_attempt_that_it_is_about_and_changes_nothing_else() -> None:
    before = after_failures(2)
    after = before.remarked(2, "odd")
    assert [each.outcome for each in after.attempts] == [Answered(503), Answered(503, note="odd")]
    assert (after.state, after.due_at) == (before.state, before.due_at)
    assert before.remarked(3, "odd") == before


def test_a_remark_on_a_second_copy_stays_with_the_copy() -> None:
    attempts = (
        replace(an_attempt(1), copy=Answered(500)),
        replace(an_attempt(2), copy=None),
    )
    delivery = replace(NEW, attempts=attempts)
    (first, _) = delivery.remarked(1, "odd", of_copy=True).attempts
    assert (first.outcome, first.copy) == (attempts[0].outcome, Answered(500, note="odd"))
    assert delivery.remarked(2, "odd", of_copy=True) == delivery


def test_a_copy_that_comes_later_is_noted_on_its_attempt_and_changes_nothing_else() -> None:
    before = after_failures(2)
    after = before.copied(1, Answered(409), at=7)
    first, second = after.attempts
    assert (first.copy, first.copied_at) == (Answered(409), 7)
    assert second == before.attempts[1]
    assert (after.state, after.due_at) == (before.state, before.due_at)
