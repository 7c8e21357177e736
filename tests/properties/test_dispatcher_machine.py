"""The dispatcher against a model that is too simple to be wrong.

The model keeps each delivery as a handful of numbers and searches all of them whenever it wants to
know what is next. Whatever is accepted, started, answered, cancelled or answered too late, in any
order and at any time, both must agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ringback.core.delivery.delivery import (
    SETTLED,
    TRANSITIONS,
    Cancelled,
    Finished,
    Started,
    State,
)
from ringback.core.delivery.outcome import (
    Aborted,
    Answered,
    AnswerLost,
    Dropped,
    Garbled,
    Outcome,
    TimedOut,
    Unreachable,
)
from ringback.core.delivery.retry import RetryPolicy
from ringback.errors import MachineError
from tests.budgets import budget
from tests.conftest import a_job, an_attempt
from tests.scheduling import Schedule

REACHED: set[tuple[State, type, State]] = set()
"""Every transition that any run has taken."""

SUCCESSES = st.integers(200, 299).map(Answered)
FAILURES: st.SearchStrategy[Outcome] = st.one_of(
    st.sampled_from([100, 199, 300, 302, 404, 429, 500, 599]).map(Answered),
    st.sampled_from(
        [
            AnswerLost(Answered(200)),
            TimedOut(10),
            Unreachable("refused"),
            Dropped(),
            Garbled("no status line"),
            Aborted("closed"),
        ]
    ),
)
SPANS = st.sampled_from([0, 0, 1, 29, 30, 31, 300])
PICKS = st.integers(0, 1_000)


@dataclass(slots=True)
class Expected:
    """One delivery, as the model sees it; *due* is (moment, sequence)."""

    state: State
    due: tuple[int, int] | None
    attempts: int = 0
    in_flight_since: int | None = None
    reason: str = ""


class DispatcherMachine(RuleBasedStateMachine):
    """Drives a dispatcher and its model side by side."""

    @initialize(retries=st.integers(0, 3), delay=st.sampled_from([0, 1, 30]))
    def begin(self, retries: int, delay: int) -> None:
        """A dispatcher with few retries, so that deliveries come to their end."""
        self.policy = RetryPolicy(retries, delay)
        self.schedule = Schedule(self.policy)
        self.dispatcher = self.schedule.dispatcher
        self.model: list[Expected] = []
        self.now = 0
        self.scheduled = 0
        self.history: list[tuple[str, tuple[Any, ...]]] = []

    @rule(span=SPANS)
    def let_time_pass(self, span: int) -> None:
        """Nothing happens by itself."""
        self.now += span

    @rule(wait=SPANS)
    def accept(self, wait: int) -> None:
        """A job is scheduled at the end of the queue for its moment."""
        due_at = self.now + wait
        self.model.append(Expected(State.SCHEDULED, self._schedule(due_at)))
        delivery = self._do("accept", a_job(f"request-{len(self.model)}", self.now), due_at)
        assert delivery.position == len(self.model) - 1

    @rule()
    def start_what_is_due(self) -> None:
        """The earliest goes first, and of one moment the one that was scheduled first."""
        due = [
            (expected.due, position)
            for position, expected in enumerate(self.model)
            if expected.due is not None and expected.due[0] <= self.now
        ]
        started = self._do("start_due", self.now)
        if not due:
            assert started is None
            return
        (due_at, _), position = min(due)
        assert started.position == position
        REACHED.add((State.SCHEDULED, Started, started.state))
        expected = self.model[position]
        expected.state, expected.due, expected.in_flight_since = State.IN_FLIGHT, None, due_at

    @rule()
    @precondition(lambda self: self._next_due is not None)
    def go_to_what_is_next(self) -> None:
        """Time moves to the next due moment, and the attempt starts."""
        assert self._next_due is not None
        self.now = max(self.now, self._next_due[0])
        self.start_what_is_due()

    @rule(pick=PICKS, outcome=SUCCESSES, took=SPANS)
    @precondition(lambda self: self._answerable)
    def succeed(self, pick: int, outcome: Outcome, took: int) -> None:
        """An answer that ends a delivery, unless it comes too late."""
        expected = self._answer(pick, outcome, took)
        if expected.state is not State.CANCELLED:
            expected.state = State.DELIVERED

    @rule(pick=PICKS, outcome=FAILURES, took=SPANS)
    @precondition(lambda self: self._answerable)
    def fail(self, pick: int, outcome: Outcome, took: int) -> None:
        """Any other answer, or none."""
        expected = self._answer(pick, outcome, took)
        if expected.state is State.CANCELLED:
            return
        if expected.attempts > self.policy.retries:
            expected.state = State.EXHAUSTED
        else:
            expected.state = State.SCHEDULED
            expected.due = self._schedule(self.now + self.policy.delay)

    @rule(pick=PICKS)
    @precondition(lambda self: self._pending)
    def cancel(self, pick: int) -> None:
        """A delivery is given up, scheduled or in flight."""
        position = self._pending[pick % len(self._pending)]
        expected = self.model[position]
        reason = f"at {self.now}"
        cancelled = self._do("cancel", position, self.now, reason)
        REACHED.add((expected.state, Cancelled, cancelled.state))
        expected.state, expected.due, expected.reason = State.CANCELLED, None, reason

    @rule(pick=PICKS)
    @precondition(lambda self: self.model)
    def do_the_impossible(self, pick: int) -> None:
        """It is refused, and changes nothing."""
        position = pick % len(self.model)
        expected = self.model[position]
        before = list(self.dispatcher.deliveries)
        if expected.in_flight_since is None:
            with pytest.raises(MachineError):
                self.dispatcher.finish(position, an_attempt(expected.attempts + 1))
        if expected.state in SETTLED:
            with pytest.raises(MachineError):
                self.dispatcher.cancel(position, self.now, "twice")
        assert list(self.dispatcher.deliveries) == before

    @invariant()
    def both_agree_about_every_delivery(self) -> None:
        """State, due moment, start and reason are those of the model."""
        for delivery, expected in zip(self.dispatcher.deliveries, self.model, strict=True):
            assert delivery.state is expected.state
            assert delivery.due_at == (expected.due[0] if expected.due else None)
            assert delivery.started_at == expected.in_flight_since
            assert delivery.reason == expected.reason
            assert delivery.settled is (expected.state in SETTLED)

    @invariant()
    def both_agree_about_what_is_next_and_how_much_is_left(self) -> None:
        """There is a next moment exactly while something is scheduled."""
        assert self.schedule.next_due == self._next_due
        assert self.dispatcher.pending == len(self._pending)

    @invariant()
    def attempts_are_numbered_and_limited(self) -> None:
        """There is never one more than the retries allow."""
        for delivery, expected in zip(self.dispatcher.deliveries, self.model, strict=True):
            numbers = [attempt.number for attempt in delivery.attempts]
            assert numbers == list(range(1, expected.attempts + 1))
            started = len(numbers) + (expected.in_flight_since is not None)
            assert started <= self.policy.retries + 1

    @invariant()
    def attempts_lie_exactly_one_delay_apart(self) -> None:
        """From the end of one to the start of the next, and from the last end to the due moment."""
        for delivery in self.dispatcher.deliveries:
            starts = [attempt.started_at for attempt in delivery.attempts[1:]]
            pending = delivery.due_at if delivery.started_at is None else delivery.started_at
            if pending is not None and delivery.attempts:
                starts.append(pending)
            for attempt, start in zip(delivery.attempts, starts, strict=False):
                assert start - attempt.finished_at == self.policy.delay

    @invariant()
    def nothing_follows_a_success(self) -> None:
        """An answer from 200 to 299 is the last attempt, and settles."""
        for delivery in self.dispatcher.deliveries:
            for attempt in delivery.attempts:
                outcome = attempt.outcome
                if isinstance(outcome, Answered) and outcome.status // 100 == 2:
                    assert attempt is delivery.attempts[-1]
                    assert delivery.settled

    def teardown(self) -> None:
        """The same steps lead to the same history."""
        again = Schedule(self.policy)
        for verb, arguments in self.history:
            getattr(again, verb)(*arguments)
        assert list(again.dispatcher.deliveries) == list(self.dispatcher.deliveries)
        assert again.next_due == self.schedule.next_due

    # -- the model's own questions -----------------------------------------------------------------

    @property
    def _next_due(self) -> tuple[int, int] | None:
        return min((each.due for each in self.model if each.due is not None), default=None)

    @property
    def _pending(self) -> list[int]:
        return self._where(lambda each: each.state not in SETTLED)

    @property
    def _answerable(self) -> list[int]:
        return self._where(lambda each: each.in_flight_since is not None)

    def _where(self, wanted: Callable[[Expected], bool]) -> list[int]:
        return [position for position, each in enumerate(self.model) if wanted(each)]

    def _schedule(self, due_at: int) -> tuple[int, int]:
        due = (due_at, self.scheduled)
        self.scheduled += 1
        return due

    def _answer(self, pick: int, outcome: Outcome, took: int) -> Expected:
        """Tell the dispatcher that an attempt has ended, and the model too."""
        self.now += took
        position = self._answerable[pick % len(self._answerable)]
        expected = self.model[position]
        started_at = expected.in_flight_since or 0
        expected.attempts += 1
        expected.in_flight_since = None
        attempt = an_attempt(expected.attempts, outcome, started_at, self.now - started_at)
        after = self._do("finish", position, attempt)
        REACHED.add((expected.state, Finished, after.state))
        return expected

    def _do(self, verb: str, *arguments: Any) -> Any:
        self.history.append((verb, arguments))
        return getattr(self.schedule, verb)(*arguments)


@pytest.mark.rule("success", "retries", "delay", "delay-from-the-end")
def test_the_dispatcher_agrees_with_the_model_and_takes_every_declared_transition() -> None:
    run_state_machine_as_test(
        DispatcherMachine,
        settings=settings(
            max_examples=budget(60, 400),
            stateful_step_count=50,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
    declared = {
        (state, event, next_state)
        for (state, event), next_states in TRANSITIONS.items()
        for next_state in next_states
    }
    assert declared == REACHED
