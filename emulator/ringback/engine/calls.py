"""Attempts under way to real receivers, each in a task of its own on the engine's loop.

The task is all that waits. What it leads to is written down under the lock, once, by whoever comes
first: the task itself, the real limit, or an abort from another thread.
"""

import asyncio
import logging
from functools import partial

from ringback.clock.guard import set_alarm
from ringback.clock.loops import EngineLoop
from ringback.clock.virtual import VirtualClock
from ringback.core.base.dataclass import dataclass
from ringback.core.base.duration import nanoseconds
from ringback.core.delivery.delivery import Delivery
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Aborted, Outcome, TimedOut, remarked
from ringback.core.delivery.reply import Answer
from ringback.core.delivery.shape import Shape
from ringback.engine.afterwork import Afterwork
from ringback.engine.ledger import Ledger, number_of, shaped
from ringback.sending.answers import described
from ringback.sending.redirects import Trail
from ringback.sending.sender import SOUND, Limits, Line, Sender, Work
from ringback.sending.together import Pair

_log = logging.getLogger("ringback.engine")


@dataclass(slots=True, eq=False)
class Call:
    """One attempt under way to a real receiver; or the late copy of the one numbered *copy_of*."""

    delivery: Delivery
    message: CallbackMessage
    shape: Shape | None
    sender: Sender
    pair: Pair | None = None
    copy_of: int = 0
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
        return self.copy_of or number_of(self.delivery)

    @property
    def under_way(self) -> bool:
        """Whether it has not ended, or something goes on that is known of."""
        return not self.ended or bool(self.going_on)

    def __str__(self) -> str:
        job, what = self.delivery.job, "the copy of " if self.copy_of else ""
        return f"{what}attempt {self.number} of {job.request_id} to {job.endpoint}"

    def expire(self) -> None:
        """Stop the attempt, for its real limit has passed."""
        self.expired = True
        if self.task is not None:
            self.task.cancel()


class Calls:
    """All of them."""

    def __init__(
        self, clock: VirtualClock, loop: EngineLoop, ledger: Ledger, limits: Limits
    ) -> None:
        """Nothing is under way; *limits* are those in real time."""
        self._clock = clock
        self._loop = loop
        self._ledger = ledger
        self.limits = limits
        """Those of attempts that begin from now on."""
        self._under_way: set[Call] = set()
        self._afterwork = Afterwork(clock, loop)

    def add(self, call: Call) -> None:
        """Have *call* occupy the clock and a slot, until it has ended."""
        call.token = self._clock.occupy(str(call))
        self._under_way.add(call)
        self._clock.agenda.taken += 1

    def launch(self, call: Call, awaited: bool) -> "asyncio.Task[None]":
        """Carry *call* out in a task of its own, on the running loop.

        One that is *awaited* raises an error of ours to whoever waits.
        """
        call.awaited = awaited
        context = self._clock.inside(lambda: call.under_way)
        call.task = asyncio.get_running_loop().create_task(self._carry_out(call), context=context)
        return call.task

    def abort(self, reason: str) -> bool:
        """End each as aborted, and what goes on after others: recorded, and not retried.

        Says whether there was anything.
        """
        with self._clock.lock:
            under_way = list(self._under_way)
            for call in under_way:
                self._give_up(call, reason)
                if call.task is not None:
                    self._loop.call_soon(call.task.cancel)
            return self._afterwork.stop() or bool(under_way)

    async def _carry_out(self, call: Call) -> None:
        total, alarm = self.limits.total, None
        watch, crashed = partial(self._watch, call), self.limits.crashed
        limits = Limits(self.limits.connect, total, watch, crashed, _line(call))
        try:
            if total is not None:
                alarm = set_alarm(total, partial(self._loop.call_soon, call.expire))
            outcome = await call.sender.send(call.message, call.delivery.job.endpoint, limits)
            # Made before the call is given up: an error here must not leave it in flight.
            takes = call.sender.takes if isinstance(call.sender, Trail) else 0
            answer = shaped(Answer(outcome, takes), call.shape)
            if call.pair is not None and call.pair.second is not None:
                call.pair.second = shaped(Answer(call.pair.second), None).outcome
        except (asyncio.CancelledError, GeneratorExit):
            if not call.expired:
                self._give_up(call, "its event loop has ended")
                raise
        except SystemExit as error:  # it would end the loop, and with it whoever waits for it
            self._give_up(call, f"the receiver called sys.exit({error.code!r})")
            return
        except KeyboardInterrupt as error:
            self._give_up(call, "it was interrupted")
            self._clock.unheard.append(error)
            if not call.awaited:  # no verb may ever come, and the loop may be the test's own
                asyncio.get_running_loop().call_soon(_raise, error)
            return
        except Exception as error:
            _log.exception("%s: the emulator failed", call)
            self._give_up(call, f"the emulator failed: {error!r}")
            raise
        finally:
            if alarm is not None:
                alarm.cancel()
        if call.expired:
            answer = _cut_short(call, TimedOut(total or 0))
        self._hang_up(call, answer)

    def _watch(self, call: Call, work: Work) -> None:
        """Have time wait for what a receiver goes on doing when it has answered *call*."""
        call.going_on += 1
        of_copy = bool(call.copy_of) or (call.pair is not None and call.pair.is_second(work))
        self._afterwork.watch(str(call), partial(self._note, call, of_copy), work)

    def _note(self, call: Call, of_copy: bool, error: BaseException | None) -> None:
        """Take note that a receiver has come to an end after its answer, in an *error* perhaps."""
        call.going_on -= 1
        if error is None:
            return
        with self._clock.lock:
            note = described(error)
            if not call.ended and not of_copy:
                call.note = note
            self._ledger.remark(
                call.delivery.position, call.number, note, of_copy=of_copy if call.ended else None
            )

    def _give_up(self, call: Call, reason: str) -> None:
        """End *call* as aborted: recorded, and not retried.

        One that has been heard, and whose second copy alone is under way, was not in vain.
        """
        if call.copy_of or (call.pair is not None and call.pair.first is not None):
            self._hang_up(call, _cut_short(call, Aborted(reason)))
            return
        with self._clock.lock:
            position = call.delivery.position
            if not call.ended and self._ledger.dispatcher.is_open(position):
                self._ledger.cancel(position, f"aborted: {reason}")
            self._hang_up(call, Answer(Aborted(reason)))

    def _hang_up(self, call: Call, answer: Answer) -> None:
        """End *call*, once, and let time go on.

        What scripted receivers and faults on its way take of virtual time is still to pass.
        """
        outcome, takes = answer.outcome, answer.takes
        clock = self._clock
        with clock.lock:
            if call.ended:
                return
            call.ended = True
            copy = None if call.pair is None else call.pair.second
            started_at = clock.now_ns if call.copy_of else call.delivery.started_at or 0
            ended_at = max(started_at, clock.now_ns)
            if isinstance(outcome, TimedOut):
                # The limit has passed in real time, and lasts as long on a clock that a walk keeps
                # still meanwhile.
                ended_at = max(ended_at, started_at + nanoseconds(outcome.limit))
            self._under_way.discard(call)
            clock.agenda.taken -= 1
            if call.note:
                outcome = remarked(outcome, call.note)
            ledger, what = self._ledger, (call.delivery, call.message, call.shape)
            if call.copy_of:
                ledger.copied(call.delivery, call.copy_of, outcome, ended_at)
            elif takes != 0:
                passed = None if takes is None else takes + ended_at - started_at
                ledger.take(*what, *ledger.heard(Answer(outcome, passed)), copy)
            else:
                ledger.end(*what, outcome, ended_at, copy)
        clock.leave(call.token)
        clock.changed()


def _line(call: Call) -> Line:
    """What *call* travels on."""
    shape = call.shape
    if shape is None or not (shape.breaks or shape.drags):
        return SOUND
    return Line(shape.size_of(call.message.body) if shape.breaks else None, shape.drags)


def _cut_short(call: Call, end: Outcome) -> Answer:
    """What becomes of *call* by its *end*: of its second copy alone if the first was heard."""
    pair = call.pair
    if pair is None or pair.first is None:
        return Answer(end)
    pair.second = pair.second or end
    return shaped(Answer(pair.first), call.shape)


def _raise(error: BaseException) -> None:
    raise error
