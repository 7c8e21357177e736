"""Runs a dispatcher against a clock and its receivers, and writes the journal.

Everything here happens under one lock and without waiting, but for `exchange`, which carries an
attempt out on the engine's loop. Whoever moves the clock decides when anything happens at all.
"""

import asyncio
import itertools
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ringback.clock.guard import set_alarm
from ringback.clock.loops import EngineLoop, drained, ended
from ringback.clock.timers import Timer, Timers
from ringback.clock.virtual import VirtualClock
from ringback.core.base.duration import SECOND, nanoseconds
from ringback.core.delivery import delivery as core
from ringback.core.delivery.dispatcher import Dispatcher, Entry
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Aborted, Answered, Outcome, TimedOut, noted, remarked
from ringback.core.delivery.reply import Answer
from ringback.core.journal import (
    AttemptFinished,
    AttemptStarted,
    BackgroundFailed,
    DeliveryCancelled,
    JobAccepted,
    Journal,
)
from ringback.engine.afterwork import Afterwork
from ringback.errors import MachineError
from ringback.sending.answers import described
from ringback.sending.faults import Fault, Pair, Twice
from ringback.sending.redirects import Trail
from ringback.sending.routes import Routes
from ringback.sending.sender import UNLIMITED, Limits, Sender, Work
from ringback.settings.settings import Settings
from ringback.views import Attempt

MAX_AT_ONCE = 256
"""How many attempts a flowing clock carries out at the same time."""

_log = logging.getLogger("ringback.engine.engine")


@dataclass(slots=True, eq=False)
class Call:
    """One attempt under way to a real receiver."""

    delivery: core.Delivery
    message: CallbackMessage
    fault: Fault | None
    sender: Sender
    pair: Pair | None = None
    token: object = None
    task: "asyncio.Task[None] | None" = None
    awaited: bool = False
    expired: bool = False
    ended: bool = False
    going_on: int = 0
    note: str = ""

    @property
    def number(self) -> int:
        """Counted from 1."""
        return _number(self.delivery)

    @property
    def over(self) -> bool:
        """Whether it has ended, and nothing goes on that is known of."""
        return self.ended and not self.going_on

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.delivery.job.request_id} to {self.message.url}"

    def expire(self) -> None:
        """Stop the attempt, for its real limit has passed."""
        self.expired = True
        if self.task is not None:
            self.task.cancel()


class Engine:
    """The dispatcher's hands. It is also the agenda that the clock walks through."""

    def __init__(
        self,
        settings: Settings,
        clock: VirtualClock,
        journal: Journal,
        routes: Routes,
        loop: EngineLoop,
        compose: Callable[[core.Delivery], CallbackMessage],
        prepare: Callable[[core.Delivery], Callable[[], None] | None] = lambda _: None,
    ) -> None:
        """Serve *clock*; *compose* makes the message of a delivery.

        *prepare* says what has to be done before that, without the lock, for it takes long.
        """
        self.clock = clock
        self.loop = loop
        self._lock = clock.lock
        self._journal = journal
        self._routes = routes
        self._compose = compose
        self._prepare = prepare
        self._sequence = itertools.count(1)
        policy = settings.retry_policy
        self.dispatcher = Dispatcher(policy, self._sequence)
        self._retries_at_once = 0 if policy.delay else policy.retries
        self._timers = Timers(self._sequence)
        self._background = Timers(self._sequence)
        self._processing = settings.processing
        self._limit = settings.attempt_limit
        self._follows = settings.follow_redirects
        self._callbacks = settings.callback_rules
        self._real_limits = UNLIMITED
        if settings.rate:
            self._real_limits = Limits(
                settings.seconds_of("connect_timeout"), settings.seconds_of("attempt_timeout")
            )
        self._calls: set[Call] = set()
        self._afterwork = Afterwork(clock, loop)
        self._slots = MAX_AT_ONCE

    def accept(self, job: core.Job) -> core.Delivery:
        """Take *job* on, from any thread.

        A flowing clock is not woken: it has to answer whoever asks first. `clock.on_change` does.
        """
        with self._lock:
            self.clock.accepted()
            due_at = job.accepted_at + self._processing
            delivery = self.dispatcher.accept(job, due_at)
            self._journal.append(
                JobAccepted(job.accepted_at, job.request_id, delivery.position, due_at)
            )
        return delivery

    def cancel(self, position: int, reason: str) -> None:
        """Give a delivery up; an attempt in flight still ends, and is recorded."""
        with self._lock:
            now = self.clock.now_ns
            self.dispatcher.cancel(position, now, reason)
            self._journal.append(DeliveryCancelled(now, position, reason))

    # -- the agenda ------------------------------------------------------------------------------

    @property
    def next_due(self) -> tuple[int, int] | None:
        """Moment and sequence number of the next attempt or late answer."""
        with self._lock:
            return _earlier(self.dispatcher.next_due, self._timers.next_due)

    @property
    def carrying(self) -> bool:
        """Whether an attempt to a real receiver is under way."""
        return bool(self._calls)

    def upcoming(self, limit: int | None) -> tuple[int, int] | None:
        """What can begin next on the way to *limit*; None: on the way to where nothing is due.

        What is in the background comes in its turn, and nobody goes anywhere on its account.
        """
        with self._lock:
            entry = self.dispatcher.look_ahead(waiting=len(self._calls) < self._slots)
            due = _earlier(None if entry is None else entry[:2], self._timers.next_due)
            background = self._background.next_due
            if background is None or (due is not None and due < background):
                return due
            if due is None and (limit is None or background[0] > limit):
                return None
            return background

    def call_at(
        self, moment: int, callback: Callable[[], None], *, background: bool = False
    ) -> Timer:
        """Call *callback* when the clock reaches *moment*, in nanoseconds since its start.

        It is called under the lock, in the thread that moves the clock, and must not wait. In the
        *background* are limits, such as that of a session: they count as nothing that is due.
        """
        with self._lock:
            timers = self._background if background else self._timers
            timer = timers.call_at(moment, callback)
        self.clock.on_change()
        return timer

    def mark_sequence(self) -> int:
        """A number above every sequence number so far."""
        return next(self._sequence)

    @property
    def retries_at_once(self) -> int:
        """How many retries of one delivery may follow each other at one instant."""
        return self._retries_at_once

    def attempts_since(self, mark: int) -> Sequence[Attempt]:
        """The attempts that ended since the journal had the length *mark*."""
        deliveries = self.dispatcher.deliveries
        return [
            # Something may have been noted about it since.
            Attempt(
                deliveries[fact.position].job,
                deliveries[fact.position].attempts[fact.attempt.number - 1],
            )
            for fact in self._journal.since(mark)
            if isinstance(fact, AttemptFinished)
        ]

    def begin_next(self) -> Call | None:
        """Begin what is next. A call that is returned needs a loop: `exchange` or `launch` it."""
        with self._lock:
            has_slot = len(self._calls) < self._slots
            entry = self.dispatcher.look_ahead(waiting=has_slot)
            first = _earlier(self._timers.next_due, self._background.next_due)
            if first is not None and (entry is None or first < entry):
                timers = self._timers if first == self._timers.next_due else self._background
                with self.clock.still():
                    timers.run_next()
                return None
            if entry is None:
                return None
            delivery = self.dispatcher.deliveries[entry[2]]
            if not delivery.attempts and (work := self._prepare(delivery)) is not None:
                self._set_aside(delivery, has_slot, work)
                return None
            try:
                return self._begin(delivery, has_slot)
            except Exception as error:
                # The verb that moves the clock raises it; no delivery stays in flight for ever.
                self._fail(delivery.position, f"the emulator failed: {error!r}")
                raise

    async def exchange(self, call: Call) -> None:
        """Carry *call* out, and wait until the loop has nothing left to do.

        If the waiting is cancelled the attempt goes on, and ends in its own time. If the attempt is
        aborted the waiting ends. An error of our own surfaces here.
        """
        call.awaited = True
        task = self.launch(call)
        await ended(task)
        if not task.cancelled():
            task.result()
        await drained()

    def launch(self, call: Call) -> "asyncio.Task[None]":
        """Carry *call* out in a task of its own, on the running loop."""
        context = self.clock.inside(lambda: not call.over)
        call.task = asyncio.get_running_loop().create_task(self._carry_out(call), context=context)
        return call.task

    def abort(self, reason: str) -> None:
        """End every attempt in flight as aborted, and what goes on after others.

        What is aborted is recorded, and not retried.
        """
        with self._lock:
            for call in list(self._calls):
                self._give_up(call, reason)
                if call.task is not None:
                    self.loop.call_soon(call.task.cancel)
            self._afterwork.stop()

    def ensure_loop(self) -> EngineLoop:
        """The loop on which exchanges run, bound or started now if it was not."""
        if self.loop.lost:
            self.abort("the event loop that it ran on was closed")
        self.loop.ensure()
        return self.loop

    # -- what takes long -------------------------------------------------------------------------

    def _set_aside(self, delivery: core.Delivery, has_slot: bool, work: Callable[[], None]) -> None:
        """Have *work* done before *delivery* begins, in the place where it stands in the schedule.

        A walk waits for it, and so does an attempt that is due later. On a clock that flows others
        go ahead.
        """
        entry = self.dispatcher.set_aside(waiting=has_slot)
        token = self.clock.occupy(f"the audio of {delivery.job.request_id}, which is being made")
        # The interpreter does not wait for it when it ends.
        threading.Thread(
            target=partial(self._bring_back, delivery, entry, token, work),
            name="ringback audio",
            daemon=True,
        ).start()

    def _bring_back(
        self,
        delivery: core.Delivery,
        entry: Entry,
        token: object,
        work: Callable[[], None],
    ) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - no delivery stays scheduled for ever
            _log.exception("%s: the emulator failed", delivery.job.request_id)
            with self._lock:
                if not self.dispatcher.deliveries[delivery.position].settled:
                    reason = f"aborted: the emulator failed: {error!r}"
                    self.cancel(delivery.position, reason)
        finally:
            with self._lock:
                self.dispatcher.bring_back(entry)
            self.clock.leave(token)
            self.clock.on_change()

    # -- one attempt -----------------------------------------------------------------------------

    def _begin(self, delivery: core.Delivery, has_slot: bool) -> Call | None:
        job, number = delivery.job, _number(delivery)
        if not has_slot and not self._is_scripted(job, number):
            self.dispatcher.put_off()
            return None
        message = self._message(delivery)
        route = self._routes.find(job.endpoint.origin)
        fault = route.fault(number)
        if fault is not None and fault.instead is not None:
            self._answered(self._start(number, has_slot), message, fault, fault.instead)
            return None
        pair = Pair() if fault is not None and fault.doubles else None
        if route.responder is not None and not self._follows:
            delivery = self._start(number, has_slot)
            answer = route.responder.answer(message)
            copy = None if pair is None else self._heard(route.responder.answer(message))[0]
            self._answered(delivery, message, fault, answer, copy)
            return None
        sender = route.sender
        if self._follows:
            sender = Trail(self._routes, self._limit, pair, self._callbacks)
        elif sender is None:
            raise MachineError(f"the route of {job.endpoint.origin} leads nowhere")
        elif pair is not None:
            sender = Twice(sender, pair)
        call = Call(delivery, message, fault, sender, pair)
        call.token = self.clock.occupy(str(call))
        self._calls.add(call)
        call.delivery = self._start(number, has_slot)
        return call

    def _fail(self, position: int, reason: str) -> None:
        """Give up on an attempt that could not be made; it is recorded if it had begun."""
        delivery = self.dispatcher.deliveries[position]
        if delivery.settled:
            return
        self.cancel(position, f"aborted: {reason}")
        if delivery.state is core.State.IN_FLIGHT:
            fault = self._routes.find(delivery.job.endpoint.origin).fault(_number(delivery))
            message = self._message(delivery)
            self._end(delivery, message, fault, Aborted(reason), self.clock.now_ns)

    def _is_scripted(self, job: core.Job, number: int) -> bool:
        """Whether attempt *number* of *job* is answered at once, and so needs no slot."""
        route = self._routes.find(job.endpoint.origin)
        fault = route.fault(number)
        if fault is not None and fault.instead is not None:
            return True
        return route.responder is not None and not self._follows

    def _start(self, number: int, has_slot: bool) -> core.Delivery:
        """Have the next attempt, with this *number*, begin at this moment.

        One to a real receiver occupies the clock by now: what time it is then is no longer a matter
        of what is due.
        """
        now = self.clock.now_ns
        started = self.dispatcher.start_due(now, now, waiting=has_slot)
        if started is None:
            raise MachineError("an attempt was to begin before it is due")
        self._journal.append(AttemptStarted(now, started.position, number))
        return started

    def _message(self, delivery: core.Delivery) -> CallbackMessage:
        """What an attempt carries: the attempts of a delivery share what is made for the first."""
        return delivery.attempts[0].message if delivery.attempts else self._compose(delivery)

    def _answered(
        self,
        delivery: core.Delivery,
        message: CallbackMessage,
        fault: Fault | None,
        answer: Answer,
        copy: Outcome | None = None,
    ) -> None:
        """Take an answer that costs no real time, now or after the virtual time that it takes."""
        outcome, takes = self._heard(answer)
        copy = None if copy is None else _taken(copy, None)
        self._take(delivery, message, fault, _taken(outcome, fault), takes, copy)

    def _take(
        self,
        delivery: core.Delivery,
        message: CallbackMessage,
        fault: Fault | None,
        outcome: Outcome,
        takes: int,
        copy: Outcome | None,
    ) -> None:
        """End an attempt that *takes* so much virtual time, when that has passed."""
        ended_at = (delivery.started_at or 0) + takes
        if takes:
            end = partial(self._end_late, delivery, message, fault, outcome, ended_at, copy)
            self._timers.call_at(ended_at, end)
        else:
            self._end(delivery, message, fault, outcome, ended_at, copy)

    def _heard(self, answer: Answer) -> tuple[Outcome, int]:
        """What comes of *answer* under the attempt limit, and how long that takes."""
        if answer.takes is None or answer.takes > self._limit:
            return TimedOut(self._limit / SECOND), self._limit
        return answer.outcome, answer.takes

    async def _carry_out(self, call: Call) -> None:
        connect, total, alarm = self._real_limits.connect, self._real_limits.total, None
        limits = Limits(connect, total, partial(self._watch, call))
        try:
            if total is not None:
                alarm = set_alarm(total, partial(self.loop.call_soon, call.expire))
            outcome = await call.sender.send(call.message, call.delivery.job.endpoint, limits)
            # Made before the call is given up: an error here must not leave it in flight.
            outcome = _taken(outcome, call.fault)
            if call.pair is not None and call.pair.second is not None:
                call.pair.second = _taken(call.pair.second, None)
        except (asyncio.CancelledError, GeneratorExit):
            if not call.expired:
                self._give_up(call, "its event loop has ended")
                raise
        except SystemExit as error:  # it would end the loop, and with it whoever waits for it
            self._give_up(call, f"the receiver called sys.exit({error.code!r})")
            return
        except KeyboardInterrupt as error:
            self._give_up(call, "it was interrupted")
            self.clock.unheard.append(error)
            if not call.awaited:  # no verb may ever come, and the loop may be the test's own
                asyncio.get_running_loop().call_soon(_raise, error)
            return
        except Exception as error:
            _log.exception("%s: the emulator failed", call.message.url)
            self._give_up(call, f"the emulator failed: {error!r}")
            raise
        finally:
            if alarm is not None:
                alarm.cancel()
        if call.expired:
            outcome = self._expired(call, TimedOut(total or 0))
        self._hang_up(call, outcome, call.sender.takes if isinstance(call.sender, Trail) else 0)

    def _watch(self, call: Call, work: Work) -> None:
        """Have time wait for what a receiver goes on doing when it has answered *call*."""
        call.going_on += 1
        of_copy = call.pair is not None and call.pair.first is not None
        self._afterwork.watch(str(call), partial(self._note, call, of_copy), work)

    def _note(self, call: Call, of_copy: bool, error: BaseException | None) -> None:
        """Take note that a receiver has come to an end after its answer, in an *error* perhaps."""
        call.going_on -= 1
        if error is None:
            return
        with self._lock:
            position, number, note = call.delivery.position, call.number, described(error)
            if call.ended:
                self.dispatcher.remark(position, number, note, of_copy=of_copy)
            elif not of_copy:
                call.note = note
            self._journal.append(BackgroundFailed(self.clock.now_ns, position, number, note))

    def _give_up(self, call: Call, reason: str) -> None:
        """End *call* as aborted: recorded, and not retried.

        One that has been heard, and whose second copy alone is under way, was not in vain.
        """
        if call.pair is not None and call.pair.first is not None:
            self._hang_up(call, self._expired(call, Aborted(reason)))
            return
        with self._lock:
            position = call.delivery.position
            if not call.ended and not self.dispatcher.deliveries[position].settled:
                self.cancel(position, f"aborted: {reason}")
            self._hang_up(call, Aborted(reason))

    @staticmethod
    def _expired(call: Call, end: Outcome) -> Outcome:
        """What becomes of *call* by its *end*: of its second copy alone if the first was heard."""
        pair = call.pair
        if pair is None or pair.first is None:
            return end
        pair.second = pair.second or end
        return _taken(pair.first, call.fault)

    def _hang_up(self, call: Call, outcome: Outcome, takes: int = 0) -> None:
        """End *call*, once, and let time go on.

        What scripted receivers on its way *take* of virtual time is still to pass.
        """
        with self._lock:
            if call.ended:
                return
            call.ended = True
            copy = None if call.pair is None else call.pair.second
            started_at = call.delivery.started_at or 0
            ended_at = max(started_at, self.clock.now_ns)
            if isinstance(outcome, TimedOut):
                # The limit has passed in real time, and lasts as long on a clock that a walk keeps
                # still meanwhile.
                ended_at = max(ended_at, started_at + nanoseconds(outcome.limit))
            self._calls.discard(call)
            if call.note:
                outcome = remarked(outcome, call.note)
            if takes:
                outcome, takes = self._heard(Answer(outcome, takes + ended_at - started_at))
                self._take(call.delivery, call.message, call.fault, outcome, takes, copy)
            else:
                self._end(call.delivery, call.message, call.fault, outcome, ended_at, copy)
        self.clock.leave(call.token)
        self.clock.on_change()

    def _end_late(
        self,
        delivery: core.Delivery,
        message: CallbackMessage,
        fault: Fault | None,
        outcome: Outcome,
        due_at: int,
        copy: Outcome | None,
    ) -> None:
        """End with what was to come at *due_at*, and comes later if the process was stopped."""
        self._end(delivery, message, fault, outcome, max(due_at, self.clock.now_ns), copy)

    def _end(
        self,
        delivery: core.Delivery,
        message: CallbackMessage,
        fault: Fault | None,
        outcome: Outcome,
        ended_at: int,
        copy: Outcome | None = None,
    ) -> None:
        attempt = core.Attempt(
            _number(delivery),
            delivery.started_at or 0,
            ended_at,
            message,
            outcome,
            None if fault is None else fault.word,
            copy,
        )
        after = self.dispatcher.finish(delivery.position, attempt)
        self._journal.append(
            AttemptFinished(ended_at, delivery.position, attempt, after.state, after.due_at)
        )


def _taken(outcome: Outcome, fault: Fault | None) -> Outcome:
    """What the dispatcher makes of a receiver's *outcome*: a fault may be in between."""
    if fault is not None and fault.instead is None:
        outcome = fault.after(outcome)
    return noted(outcome) if isinstance(outcome, Answered) else outcome


def _raise(error: BaseException) -> None:
    raise error


def _number(delivery: core.Delivery) -> int:
    """The number of the attempt that is next, or in flight."""
    return len(delivery.attempts) + 1


def _earlier(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
