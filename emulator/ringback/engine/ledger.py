"""Where it is written down what becomes of deliveries.

The dispatcher decides, the agenda is armed with what it decided, and the journal remembers: all
three at once, here and nowhere else, so that they never disagree. Called under the clock's lock.
"""

from collections.abc import Callable

from ringback.clock.agenda import Due
from ringback.clock.virtual import VirtualClock
from ringback.core.base.duration import SECOND
from ringback.core.delivery.delivery import Attempt, Delivery, Job, State
from ringback.core.delivery.dispatcher import Dispatcher
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered, Outcome, TimedOut, noted, without_body
from ringback.core.delivery.reply import Answer
from ringback.core.delivery.shape import Shape
from ringback.core.facts import (
    AttemptCopied,
    AttemptFinished,
    AttemptStarted,
    BackgroundFailed,
    DeliveryCancelled,
    JobAccepted,
)
from ringback.core.journal import Journal


class Ledger:
    """Deliveries as they stand, what is armed for them, and what has happened to them."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        clock: VirtualClock,
        journal: Journal,
        limit: int,
        *,
        forgets_bodies: bool = False,
    ) -> None:
        """Nothing has been accepted; *limit* is how many nanoseconds an attempt may take.

        *forgets_bodies*: of what was sent the digest is recorded, of what was answered no body.
        """
        self._forgets_bodies = forgets_bodies
        self.dispatcher = dispatcher
        self._clock = clock
        self._agenda = clock.agenda
        self._journal = journal
        self._limit = limit
        self.ended: Callable[[Delivery, CallbackMessage, Shape | None], object] | None = None
        """Is told of each attempt that has ended, and what it has sent, while somebody wants it."""

    def message_of(self, delivery: Delivery) -> CallbackMessage | None:
        """What the attempts of *delivery* carry, None before the first one, or if it is made anew
        for each: nothing that waits for its retry is to hold a body."""
        if self._forgets_bodies:
            return None
        if not delivery.attempts:
            return None
        message = delivery.attempts[0].message
        return message.original or message

    def accept(self, job: Job, due_at: int, again: int | None = None) -> Delivery:
        """Take *job* on; its first attempt is due at *due_at*. It may send another's *again*."""
        delivery = self.dispatcher.accept(job, due_at)
        self._agenda.arm(due_at, delivery.position)
        self._journal.append(JobAccepted(job.accepted_at, job, delivery.position, due_at, again))
        return delivery

    def cancel(self, position: int, reason: str) -> None:
        """Give a delivery up; an attempt in flight still ends, and is recorded."""
        now = self._clock.now_ns
        before = self.dispatcher.deliveries[position]
        scheduled = before.state is State.SCHEDULED
        self.dispatcher.cancel(position, now, reason)
        if scheduled:
            self._agenda.drop(position)
        self._journal.append(DeliveryCancelled(now, before.job.request_id, position, reason))

    def start(self, due: Due, delivery: Delivery) -> Delivery:
        """Have the attempt that is *due* begin at this moment.

        One to a real receiver occupies the clock by now: what time it is then is no longer a matter
        of what is due.
        """
        now, position = self._clock.now_ns, delivery.position
        self._agenda.take(due)
        started = self.dispatcher.start(position, now)
        self._journal.append(AttemptStarted(now, position, len(delivery.attempts) + 1))
        return started

    def answered(
        self,
        delivery: Delivery,
        message: CallbackMessage,
        shape: Shape | None,
        answer: Answer,
        copy: Outcome | None = None,
    ) -> None:
        """Take an answer that costs no real time, now or after the virtual time that it takes."""
        outcome, takes = self.heard(answer)
        if shape is not None:
            outcome, takes = self.heard(shaped(Answer(outcome, takes), shape))
        elif isinstance(outcome, Answered):
            outcome = noted(outcome)
        if copy is not None:
            copy = shaped(Answer(copy), None).outcome
        if takes:
            self.take(delivery, message, shape, outcome, takes, copy)
        else:
            self.end(delivery, message, shape, outcome, delivery.started_at or 0, copy)

    def heard(self, answer: Answer) -> tuple[Outcome, int]:
        """What comes of *answer* under the attempt limit, and how many nanoseconds that takes."""
        if answer.takes is None or answer.takes > self._limit:
            return TimedOut(self._limit / SECOND), self._limit
        return answer.outcome, answer.takes

    def take(
        self,
        delivery: Delivery,
        message: CallbackMessage,
        shape: Shape | None,
        outcome: Outcome,
        takes: int,
        copy: Outcome | None,
    ) -> None:
        """End an attempt when the virtual time that it *takes* has passed."""
        ended_at = (delivery.started_at or 0) + takes

        def end_late() -> None:
            # If the process was stopped meanwhile, it comes later than it was to come.
            moment = max(ended_at, self._clock.now_ns)
            self.end(delivery, message, shape, outcome, moment, copy)

        self._agenda.call_at(ended_at, end_late)

    def end(
        self,
        delivery: Delivery,
        message: CallbackMessage,
        shape: Shape | None,
        outcome: Outcome,
        ended_at: int,
        copy: Outcome | None = None,
    ) -> None:
        """Record an attempt, and arm its retry if there is one."""
        position, sent = delivery.position, message
        if self._forgets_bodies:
            message, outcome = message.by_digest(), without_body(outcome)
            copy = None if copy is None else without_body(copy)
        attempt = Attempt(
            len(delivery.attempts) + 1,
            delivery.started_at or 0,
            ended_at,
            message,
            outcome,
            None if shape is None else shape.name,
            copy,
        )
        after = self.dispatcher.finish(position, attempt)
        if after.due_at is not None:
            self._agenda.arm(after.due_at, position)
        self._journal.append(
            AttemptFinished(ended_at, after.job, position, attempt, after.state, after.due_at)
        )
        if self.ended is not None:
            self.ended(after, sent, shape)

    def copied(self, delivery: Delivery, number: int, outcome: Outcome, at: int) -> None:
        """Record what became of a copy that came after its attempt had ended."""
        outcome = shaped(Answer(outcome), None).outcome
        if self._forgets_bodies:
            outcome = without_body(outcome)
        position = delivery.position
        self.dispatcher.copied(position, number, outcome, at)
        self._journal.append(AttemptCopied(at, delivery.job, position, number, outcome))

    def remark(self, position: int, number: int, note: str, *, of_copy: bool | None) -> None:
        """Record the error of a receiver after its answer: a *note* to an attempt that has ended.

        *of_copy*: whether that is its second copy; None for an attempt that is still under way.
        """
        if of_copy is not None:
            self.dispatcher.remark(position, number, note, of_copy=of_copy)
        self._journal.append(BackgroundFailed(self._clock.now_ns, position, number, note))


def shaped(answer: Answer, shape: Shape | None) -> Answer:
    """What the dispatcher makes of a receiver's *answer*: a fault may be in between."""
    if shape is not None:
        answer = shape.heard(answer)
    outcome = answer.outcome
    if not isinstance(outcome, Answered) or (with_notes := noted(outcome)) is outcome:
        return answer
    return Answer(with_notes, answer.takes)


def number_of(delivery: Delivery) -> int:
    """The number of the attempt that is next, or in flight, counted from 1."""
    return len(delivery.attempts) + 1
