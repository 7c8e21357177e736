"""The dispatcher's hands: what becomes of an attempt, and what happens when something fails."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from ringback.clock.listener import Launch
from ringback.clock.loops import EngineLoop
from ringback.core.base.duration import SECOND
from ringback.core.base.headers import Headers
from ringback.core.delivery.delivery import Delivery, State
from ringback.core.delivery.fault import FaultLike
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered, AnswerLost, Outcome
from ringback.core.delivery.plan import read_plan
from ringback.core.delivery.reply import Reply, ReplyLike
from ringback.core.facts import (
    AttemptFinished,
    AttemptStarted,
    ClockMoved,
    DeliveryCancelled,
    JobAccepted,
)
from ringback.core.journal import Journal
from ringback.core.request.endpoint import Endpoint
from ringback.engine.calls import Call
from ringback.engine.engine import Engine
from ringback.errors import MachineError, NothingDue
from ringback.faces.clocks import AwaitableClock
from ringback.receiving.scripted import Receiver
from ringback.sending.routes import Route, Routes
from ringback.sending.sender import Limits, Sender
from ringback.service.views import Attempt
from ringback.settings.settings import Settings
from tests.conftest import REQUEST_ID, a_job, a_message

ORIGIN = "https://app.example"


class Workshop:
    """An engine with everything around it that it needs, and nothing more."""

    def __init__(self, **settings: Any) -> None:
        chosen = Settings(**settings)
        self.journal = Journal()
        self.routes = Routes(_nowhere)
        self.compose: Callable[[], CallbackMessage] = a_message
        self.engine = Engine(
            chosen,
            threading.RLock(),
            self.journal,
            self.routes,
            EngineLoop(own_thread=False),
            lambda _: self.compose(),
        )
        self.clock = self.engine.clock
        self.in_flight = asyncio.Event()
        self.face = AwaitableClock(self.engine, chosen.seconds_of("guard"))

    def replies(self, *replies: ReplyLike, faults: tuple[FaultLike, ...] = ()) -> Receiver:
        receiver = Receiver(ORIGIN, replies)
        self.routes.connect(
            ORIGIN, Route(respond=receiver.answer, plan=read_plan(faults, 11, ORIGIN))
        )
        return receiver

    def sends(self, send: Callable[[], Any], faults: tuple[FaultLike, ...] = ()) -> None:
        """Lead everything to a sender that does what *send* does."""
        sender = Scripted(send, self.in_flight)
        self.routes.connect(ORIGIN, Route(sender=sender, plan=read_plan(faults, 11, ORIGIN)))

    def accept(self) -> None:
        self.engine.accept(a_job(accepted_at=self.clock.now_ns))

    def begin_next(self) -> Launch | None:
        due = self.clock.agenda.look(None)
        return None if due is None else self.clock.begin(due)

    @property
    def delivery(self) -> Delivery:
        (delivery,) = self.engine.dispatcher.deliveries
        return delivery

    def call(self, verb: str, *arguments: Any) -> list[Attempt]:
        made: list[Attempt] = asyncio.run(getattr(self.face, verb)(*arguments))
        return made

    def outcomes(self) -> list[str]:
        return [str(attempt.outcome) for attempt in self.delivery.attempts]


class Scripted:
    """A sender whose outcome the test decides."""

    def __init__(self, send: Callable[[], Any], in_flight: asyncio.Event) -> None:
        self._send = send
        self._in_flight = in_flight

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        self._in_flight.set()
        outcome: Outcome = await self._send()
        return outcome


def _nowhere() -> Sender:
    raise AssertionError("that origin is not connected")


async def ok() -> Outcome:
    return Answered(200)


async def for_ever() -> Outcome:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


# -- scripted answers ----------------------------------------------------------------------------


def test_a_job_is_due_when_it_has_been_processed() -> None:
    workshop = Workshop(processing_time=1.5)
    workshop.replies(200)
    workshop.call("advance", 10)
    workshop.accept()
    assert workshop.face.next_due == 11.5
    assert workshop.call("advance", 1.499) == []
    assert [attempt.offset for attempt in workshop.call("advance", 0.001)] == [1.5]


def test_every_step_of_a_delivery_is_a_fact(workshop: Workshop) -> None:
    workshop.replies(503, 200)
    workshop.accept()
    workshop.call("run_until_idle")
    job = workshop.delivery.job
    first, second = workshop.delivery.attempts
    assert list(workshop.journal) == [
        JobAccepted(0, job, 0, 0),
        AttemptStarted(0, 0, 1),
        AttemptFinished(0, job, 0, first, State.SCHEDULED, 30 * SECOND),
        AttemptStarted(30 * SECOND, 0, 2),
        AttemptFinished(30 * SECOND, job, 0, second, State.DELIVERED, None),
        ClockMoved(0, 30 * SECOND, "run_until_idle"),
    ]


def test_an_answer_that_takes_time_comes_when_it_has_passed(workshop: Workshop) -> None:
    workshop.replies(Reply(200, after=2.5))
    workshop.accept()
    assert workshop.call("advance", 2) == []
    assert workshop.delivery.state is State.IN_FLIGHT
    assert workshop.face.next_due == 2.5
    (made,) = workshop.call("advance_to_next")
    assert (made.started_at, made.finished_at) == (0, 2.5)


@pytest.mark.parametrize("reply", ["timeout", Reply(200, after=10.000000001)])
def test_no_answer_takes_longer_than_the_limit(workshop: Workshop, reply: ReplyLike) -> None:
    workshop.replies(reply)
    workshop.accept()
    workshop.call("advance", 10)
    assert workshop.outcomes() == ["timed out: no answer within 10 s"]
    assert workshop.delivery.due_at == 40 * SECOND


def test_an_answer_that_takes_exactly_the_limit_is_in_time(workshop: Workshop) -> None:
    workshop.replies(Reply(200, after=10))
    workshop.accept()
    workshop.call("run_until_idle")
    assert workshop.outcomes() == ["answered 200"]


def test_answers_and_attempts_of_one_moment_come_in_the_order_in_which_they_were_armed() -> None:
    workshop = Workshop(retry_delay=5)
    workshop.replies(Reply(503, after=5), 503, 200)
    workshop.accept()  # answered at 5, as was decided before the retry of the next was
    workshop.engine.accept(a_job("second"))
    workshop.call("advance", 5)
    ended = [
        (fact.position, fact.at // SECOND)
        for fact in workshop.journal
        if isinstance(fact, AttemptFinished)
    ]
    assert ended == [(1, 0), (0, 5), (1, 5)]


def test_a_fault_comes_instead_of_the_receiver(workshop: Workshop) -> None:
    receiver = workshop.replies(200, faults=("refused", "timeout", 502, None))
    workshop.accept()
    workshop.call("run_until_idle")
    assert workshop.outcomes() == [
        "could not connect (refused): scripted",
        "timed out: no answer within 10 s",
        "answered 502",
        "answered 200",
    ]
    assert [attempt.fault for attempt in workshop.delivery.attempts] == [
        "refused",
        "timeout",
        "502",
        None,
    ]
    assert len(receiver.requests) == 1


def test_a_lost_answer_has_reached_the_receiver_and_comes_again(workshop: Workshop) -> None:
    receiver = workshop.replies(200, faults=("answer lost",))
    workshop.accept()
    workshop.call("run_until_idle")
    assert len(receiver.requests) == 2
    assert isinstance(workshop.delivery.attempts[0].outcome, AnswerLost)
    assert workshop.delivery.state is State.DELIVERED


def test_an_answer_that_never_comes_cannot_be_lost(workshop: Workshop) -> None:
    workshop.replies("timeout", faults=("answer lost",))
    workshop.accept()
    workshop.call("advance", 10)
    assert workshop.outcomes() == ["timed out: no answer within 10 s"]


def test_a_late_answer_to_a_cancelled_delivery_is_recorded_and_changes_nothing(
    workshop: Workshop,
) -> None:
    workshop.replies(Reply(503, after=5))
    workshop.accept()
    workshop.call("settle")
    workshop.engine.cancel(0, "no longer wanted")
    workshop.call("run_until_idle")
    assert workshop.outcomes() == ["answered 503"]
    assert workshop.delivery.state is State.CANCELLED
    assert workshop.delivery.reason == "no longer wanted"
    assert workshop.clock.now_ns == 5 * SECOND


def test_a_cancelled_delivery_is_not_attempted(workshop: Workshop) -> None:
    receiver = workshop.replies(503)
    workshop.accept()
    workshop.call("settle")
    workshop.engine.cancel(0, "no longer wanted")
    assert workshop.clock.next_due is None
    assert workshop.begin_next() is None
    assert workshop.call("advance", 300) == []
    assert len(receiver.requests) == 1
    assert DeliveryCancelled(0, REQUEST_ID, 0, "no longer wanted") in list(workshop.journal)


# -- timers --------------------------------------------------------------------------------------


def test_a_timer_is_due_like_an_attempt_and_happens_at_its_moment(workshop: Workshop) -> None:
    happened: list[int] = []
    workshop.clock.call_at(5 * SECOND, lambda: happened.append(workshop.clock.now_ns))
    assert workshop.face.next_due == 5
    workshop.call("run_until_idle")
    assert happened == [5 * SECOND]
    assert workshop.clock.now_ns == 5 * SECOND


def test_nobody_goes_anywhere_for_what_is_in_the_background(workshop: Workshop) -> None:
    happened: list[int] = []
    workshop.clock.call_at(
        5 * SECOND, lambda: happened.append(workshop.clock.now_ns), background=True
    )
    assert workshop.face.next_due is None
    workshop.call("run_until_idle")
    assert workshop.clock.now_ns == 0
    with pytest.raises(NothingDue):
        workshop.call("step")
    workshop.call("advance", 4.9)
    assert happened == []
    workshop.call("advance", 0.2)
    assert happened == [5 * SECOND]


def test_what_is_in_the_background_comes_in_its_turn_on_the_way_to_an_attempt(
    workshop: Workshop,
) -> None:
    happened: list[int] = []
    workshop.replies(503, 200)
    workshop.accept()
    for second in (10, 31):
        workshop.clock.call_at(
            second * SECOND, lambda: happened.append(workshop.clock.now_ns), background=True
        )
    workshop.call("run_until_idle")
    assert workshop.outcomes() == ["answered 503", "answered 200"]
    assert happened == [10 * SECOND]
    workshop.call("advance", 1)
    assert happened == [10 * SECOND, 31 * SECOND]


def test_a_cancelled_timer_is_not_waited_for(workshop: Workshop) -> None:
    for background in (False, True):
        workshop.clock.call_at(SECOND, pytest.fail, background=background).cancel()
    assert workshop.clock.next_due is None
    workshop.call("advance", 5)
    assert workshop.begin_next() is None


# -- real senders --------------------------------------------------------------------------------


def test_what_a_sender_says_is_the_outcome(workshop: Workshop) -> None:
    workshop.sends(ok)
    workshop.accept()
    (made,) = workshop.call("settle")
    assert made == Attempt(workshop.delivery.job, workshop.delivery.attempts[0])
    assert workshop.outcomes() == ["answered 200"]
    assert workshop.delivery.state is State.DELIVERED


def test_the_answer_of_a_real_receiver_may_be_lost_as_well(workshop: Workshop) -> None:
    workshop.sends(ok, faults=("answer lost",))
    workshop.accept()
    workshop.call("run_until_idle")
    assert [attempt.outcome.word for attempt in workshop.delivery.attempts] == [
        "answer lost",
        "200",
    ]


def test_an_attempt_in_flight_is_described(workshop: Workshop) -> None:
    seen: list[str] = []

    async def look() -> Outcome:
        seen.extend(workshop.clock.busy)
        return Answered(200)

    workshop.sends(look)
    workshop.accept()
    workshop.call("settle")
    assert seen == [f"attempt 1 of {REQUEST_ID} to https://app.example/hook"]
    assert workshop.clock.busy == []


def test_what_an_attempt_sets_in_motion_on_the_loop_is_waited_for(workshop: Workshop) -> None:
    done: list[str] = []

    async def later() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        done.append("later")

    async def send() -> Outcome:
        tasks.append(asyncio.create_task(later()))
        return Answered(200)

    tasks: list[Any] = []
    workshop.sends(send)
    workshop.accept()

    async def story() -> None:
        await workshop.face.settle()
        assert done == ["later"]

    asyncio.run(story())


def test_while_time_stands_still_a_sender_has_no_limits() -> None:
    """The attempt limit is measured on the emulator's clock; the guard is another matter."""
    assert limits_given() == [Limits(None, None)]


def test_while_time_flows_a_sender_is_given_the_real_limits() -> None:
    assert limits_given(clock="real", attempt_timeout=7) == [Limits(1, 7)]
    assert limits_given(clock="x10") == [Limits(1, 10)]


def limits_given(**settings: Any) -> list[Limits]:
    given: list[Limits] = []

    class Noting:
        async def send(
            self, message: CallbackMessage, endpoint: Endpoint, limits: Limits
        ) -> Outcome:
            given.append(limits)
            return Answered(200)

    workshop = Workshop(**settings)
    workshop.routes.connect(ORIGIN, Route(sender=Noting()))
    workshop.accept()
    workshop.call("settle")
    return given


def test_a_real_limit_ends_an_attempt_as_a_timeout() -> None:
    workshop = Workshop(clock="real", attempt_timeout=0.01, retries=0)
    workshop.sends(for_ever)
    workshop.accept()
    workshop.call("settle")
    assert workshop.outcomes() == ["timed out: no answer within 0.01 s"]
    assert workshop.delivery.state is State.EXHAUSTED


def test_a_limit_that_passes_before_the_attempt_has_a_task_is_remembered() -> None:
    call = Call(*[None] * 5)  # type: ignore[arg-type]
    call.expire()
    assert call.expired


# -- faults of our own ---------------------------------------------------------------------------


def test_an_error_of_a_sender_surfaces_and_nothing_stays_in_flight(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> Outcome:
        raise ZeroDivisionError("in the sender")

    workshop.sends(broken)
    workshop.accept()
    with pytest.raises(ZeroDivisionError, match="in the sender"):
        workshop.call("settle")
    reason = "the emulator failed: ZeroDivisionError('in the sender')"
    assert workshop.outcomes() == [f"aborted by the emulator: {reason}"]
    assert workshop.delivery.reason == f"aborted: {reason}"
    assert workshop.delivery.state is State.CANCELLED
    assert workshop.clock.busy == []
    assert workshop.call("run_until_idle") == []
    told = f"attempt 1 of {REQUEST_ID} to https://app.example/hook: the emulator failed"
    assert caplog.record_tuples == [("ringback.engine", logging.ERROR, told)]


def test_an_error_before_the_attempt_surfaces_and_nothing_stays_in_flight(
    workshop: Workshop,
) -> None:
    def broken() -> CallbackMessage:
        raise ZeroDivisionError("in the audio")

    workshop.replies(200)
    workshop.compose = broken
    workshop.accept()
    with pytest.raises(ZeroDivisionError, match="in the audio"):
        workshop.call("settle")
    assert workshop.delivery.state is State.CANCELLED
    assert workshop.delivery.reason.endswith("failed: ZeroDivisionError('in the audio')")
    assert workshop.clock.next_due is None
    assert workshop.call("run_until_idle") == []


def test_a_route_that_leads_nowhere_is_our_own_fault(workshop: Workshop) -> None:
    workshop.routes.connect(ORIGIN, Route())
    workshop.accept()
    with pytest.raises(MachineError, match=r"the route of https://app\.example/hook leads nowhere"):
        workshop.call("settle")


@pytest.mark.parametrize("faults", [(), ("duplicate",)])
def test_an_error_once_an_attempt_has_begun_surfaces_and_the_attempt_is_recorded(
    workshop: Workshop, faults: tuple[FaultLike, ...]
) -> None:
    def broken(message: CallbackMessage) -> Any:
        raise ZeroDivisionError("in the script")

    plan = read_plan(faults, 11, ORIGIN)
    workshop.routes.connect(ORIGIN, Route(respond=broken, plan=plan))
    workshop.accept()
    with pytest.raises(ZeroDivisionError, match="in the script"):
        workshop.call("settle")
    kinds = [type(fact) for fact in workshop.journal]
    assert (kinds.count(AttemptStarted), kinds.count(AttemptFinished)) == (1, 1)
    assert workshop.outcomes() == [
        "aborted by the emulator: the emulator failed: ZeroDivisionError('in the script')"
    ]
    assert workshop.delivery.state is State.CANCELLED
    assert workshop.call("run_until_idle") == []


def test_an_answer_that_cannot_be_recorded_is_a_fault_of_ours_and_leaves_nothing_in_flight(
    workshop: Workshop,
) -> None:
    async def unheard_of() -> Outcome:
        return Answered(503, Headers([(5, "x")]))  # type: ignore[list-item]

    workshop.sends(unheard_of)
    workshop.accept()
    with pytest.raises(AttributeError):
        workshop.call("settle")
    assert "the emulator failed: AttributeError" in workshop.outcomes()[0]
    assert workshop.clock.busy == []
    assert workshop.call("run_until_idle") == []


@pytest.mark.parametrize("code", [None, 3])
def test_a_receiver_that_exits_ends_its_attempt_and_not_the_test(
    workshop: Workshop, code: int | None
) -> None:
    async def leave() -> Outcome:
        raise SystemExit(code)

    workshop.sends(leave)
    workshop.accept()
    (made,) = workshop.call("settle")
    assert str(made.outcome) == f"aborted by the emulator: the receiver called sys.exit({code!r})"
    assert workshop.delivery.state is State.CANCELLED


# -- giving up -----------------------------------------------------------------------------------


def test_an_aborted_attempt_is_recorded_and_not_retried(workshop: Workshop) -> None:
    async def story() -> None:
        walk = asyncio.create_task(workshop.face.advance(60))
        await workshop.in_flight.wait()
        workshop.engine.abort("that is enough")
        await walk

    workshop.sends(for_ever)
    workshop.accept()
    asyncio.run(story())
    assert workshop.outcomes() == ["aborted by the emulator: that is enough"]
    assert workshop.delivery.state is State.CANCELLED
    assert workshop.delivery.reason == "aborted: that is enough"
    assert workshop.clock.now_ns == 60 * SECOND


def test_to_abort_a_cancelled_delivery_keeps_its_reason(workshop: Workshop) -> None:
    async def story() -> None:
        walk = asyncio.create_task(workshop.face.settle())
        await workshop.in_flight.wait()
        workshop.engine.cancel(0, "no longer wanted")
        workshop.engine.abort("that is enough")
        workshop.engine.abort("there is nothing left")
        await walk

    workshop.sends(for_ever)
    workshop.accept()
    asyncio.run(story())
    assert workshop.delivery.reason == "no longer wanted"
    assert workshop.outcomes() == ["aborted by the emulator: that is enough"]


def test_what_has_begun_and_not_been_sent_can_be_aborted_too(workshop: Workshop) -> None:
    workshop.sends(ok)
    workshop.accept()
    assert workshop.begin_next() is not None
    workshop.engine.abort("that is enough")
    assert workshop.outcomes() == ["aborted by the emulator: that is enough"]
    assert workshop.call("settle") == []


def test_an_attempt_that_is_cancelled_with_its_loop_is_aborted(workshop: Workshop) -> None:
    async def story() -> None:
        asyncio.create_task(workshop.face.settle())  # noqa: RUF006 - ends with the loop
        await workshop.in_flight.wait()

    workshop.sends(for_ever)
    workshop.accept()
    asyncio.run(story())
    assert workshop.outcomes() == ["aborted by the emulator: its event loop has ended"]
    assert workshop.delivery.state is State.CANCELLED
    assert workshop.call("settle") == []


def test_an_abort_is_not_undone_by_what_comes_after(workshop: Workshop) -> None:
    """The receiver swallows its cancellation and answers; nobody hears it."""

    async def deaf() -> Outcome:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return Answered(200)

    async def story() -> None:
        walk = asyncio.create_task(workshop.face.settle())
        await workshop.in_flight.wait()
        workshop.engine.abort("that is enough")
        await walk

    workshop.sends(deaf)
    workshop.accept()
    asyncio.run(story())
    assert workshop.outcomes() == ["aborted by the emulator: that is enough"]
    assert workshop.delivery.state is State.CANCELLED


# -- scripted receivers --------------------------------------------------------------------------


def test_replies_come_in_order_and_the_last_one_repeats(workshop: Workshop) -> None:
    receiver = workshop.replies(500, "reset", 503)
    assert receiver.unused == 3
    assert repr(receiver) == "<Receiver https://app.example [0 requests, 3 unused]>"
    workshop.accept()
    workshop.call("advance", 90)
    assert [attempt.outcome.word for attempt in workshop.delivery.attempts] == [
        "500",
        "reset",
        "503",
        "503",
    ]
    assert receiver.unused == 0
    assert len(receiver.requests) == 4
    assert receiver.url == ORIGIN


def test_a_refused_connection_brings_nothing(workshop: Workshop) -> None:
    receiver = workshop.replies("refused")
    workshop.accept()
    workshop.call("settle")
    assert receiver.requests == ()


def test_a_script_may_be_replaced(workshop: Workshop) -> None:
    receiver = workshop.replies(500, 501)
    receiver.replies(502, 204)
    assert receiver.unused == 2
    workshop.accept()
    workshop.call("run_until_idle")
    assert [attempt.outcome.word for attempt in workshop.delivery.attempts] == ["502", "204"]


def test_an_empty_script_answers_200() -> None:
    workshop = Workshop()
    receiver = workshop.replies()
    receiver.replies()
    workshop.accept()
    assert [attempt.status for attempt in workshop.call("settle")] == [200]
