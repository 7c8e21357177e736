"""A dispatcher and an agenda that is armed with what it decides, as an engine has them."""

from ringback.clock.agenda import Agenda, Due
from ringback.core.delivery.delivery import Attempt, Delivery, Job, State
from ringback.core.delivery.dispatcher import Dispatcher
from ringback.core.delivery.retry import RetryPolicy


class Schedule:
    """What is scheduled begins in its order, when it is asked for."""

    def __init__(self, policy: RetryPolicy) -> None:
        self.dispatcher = Dispatcher(policy)
        self.agenda = Agenda()

    @property
    def next_due(self) -> tuple[int, int] | None:
        return self.agenda.next_due

    @property
    def pending(self) -> int:
        return self.dispatcher.pending

    def accept(self, job: Job, due_at: int) -> Delivery:
        delivery = self.dispatcher.accept(job, due_at)
        self.agenda.arm(due_at, delivery.position)
        return delivery

    def look_ahead(self, *, waiting: bool = True) -> Due | None:
        """What is next; without those *waiting* for a slot, as if none were free."""
        self.agenda.taken = 0 if waiting else self.agenda.slots
        return self.agenda.look(None)

    def put_off(self) -> None:
        due = self.look_ahead(waiting=False)
        assert due is not None
        self.agenda.put_off(due)

    def set_aside(self, *, waiting: bool = True) -> Due:
        due = self.look_ahead(waiting=waiting)
        assert due is not None
        self.agenda.take(due)
        return due

    def start_due(self, now: int, at: int = 0, *, waiting: bool = True) -> Delivery | None:
        """Start what is due by *now*: at its due moment, or *at* a later one."""
        due = self.look_ahead(waiting=waiting)
        if due is None or due[0] > now:
            return None
        self.agenda.take(due)
        moment, _, position = due
        assert isinstance(position, int)
        return self.dispatcher.start(position, max(moment, at))

    def finish(self, position: int, attempt: Attempt) -> Delivery:
        after = self.dispatcher.finish(position, attempt)
        if after.due_at is not None:
            self.agenda.arm(after.due_at, position)
        return after

    def cancel(self, position: int, at: int, reason: str) -> Delivery:
        if self.dispatcher.deliveries[position].state is State.SCHEDULED:
            self.agenda.drop(position)
        return self.dispatcher.cancel(position, at, reason)
