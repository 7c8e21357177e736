"""What a flowing clock writes down when real time passes as the test says, late wakings included.

Real time is the test's own here, so that a machine can be late, or stopped for an hour, at will.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from ringback.clock import flow as flow_module
from ringback.clock import reading
from ringback.clock.flow import Flow
from ringback.clock.timer import Timer
from ringback.clock.turns import drained, restless
from ringback.core.base.duration import SECOND
from ringback.core.delivery.delivery import State
from ringback.core.delivery.outcome import Answered, Outcome, TimedOut
from ringback.core.delivery.reply import Reply
from ringback.core.facts import AttemptFinished, AttemptStarted, DeliveryCancelled
from ringback.receiving.scripted import Receiver
from ringback.sending.routes import Route
from tests.conftest import a_job
from tests.integration.test_engine import ORIGIN, Workshop


class Machine(Workshop):
    """An engine whose clock flows on the loop of the test, in real time that the test passes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, clock: str, **settings: Any) -> None:
        self.real = 10**15
        self.waits: list[float] = []
        monkeypatch.setattr(reading, "monotonic_ns", lambda: self.real)
        monkeypatch.setattr(flow_module, "set_alarm", self._set_alarm)
        super().__init__(clock=clock, **settings)
        self.flow = Flow(self.clock, self.engine.loop)
        self.asked: list[asyncio.Future[Outcome]] = []
        self._accepted = 0

    async def run(self) -> None:
        """Let time flow until the test ends."""
        self.engine.ensure_loop()
        self._task = asyncio.create_task(self.flow.run())
        await drained()

    def waits_for_the_test(self) -> None:
        """Lead everything to a receiver that answers when the test says so."""

        async def send() -> Outcome:
            self.asked.append(asyncio.get_running_loop().create_future())
            return await self.asked[-1]

        self.sends(send)

    async def submit(self, *, wake: bool = True) -> None:
        self._accepted += 1
        self.engine.accept(a_job(f"request-{self._accepted}", self.clock.now_ns))
        if wake:
            await self.look()

    async def look(self) -> None:
        """Have the machine see what time it is, and do all that there is to do."""
        self.clock.changed()
        await drained()

    async def passes(self, seconds: float) -> None:
        """So much real time passes in which the machine does nothing, and then it looks."""
        self.real += round(seconds * SECOND)
        await self.look()

    async def answer(self, number: int, outcome: Outcome | None = None) -> None:
        self.asked[number].set_result(outcome or Answered(503))
        await drained()

    @property
    def spans(self) -> list[list[tuple[float, float]]]:
        """Begin and end of each attempt of each delivery, in seconds."""
        return [
            [(each.started_at / SECOND, each.finished_at / SECOND) for each in delivery.attempts]
            for delivery in self.engine.dispatcher.deliveries
        ]

    @property
    def states(self) -> list[str]:
        return [str(delivery.state) for delivery in self.engine.dispatcher.deliveries]

    def _set_alarm(self, seconds: float, ring: Callable[[], None]) -> Timer:
        self.waits.append(seconds)
        return Timer(ring)


Start = Callable[..., Machine]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    return lambda clock="real", **settings: Machine(monkeypatch, clock, **settings)


def in_order(machine: Machine) -> bool:
    moments = [fact.at for fact in machine.journal]
    return moments == sorted(moments)


# -- when an attempt begins ----------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("clock", ["real", "x100"])
async def test_an_attempt_that_waits_for_a_slot_begins_when_it_has_one(
    start: Start, clock: str
) -> None:
    machine = start(clock, retry_delay=0.5)
    machine.clock.agenda.slots = 2
    machine.waits_for_the_test()
    await machine.run()
    for _ in range(3):
        await machine.submit(wake=False)
    await machine.look()
    assert machine.states == ["in flight", "in flight", "scheduled"]
    assert len(machine.asked) == 2
    await machine.passes(4)
    await machine.answer(0)
    assert machine.states == ["scheduled", "in flight", "in flight"]
    await machine.passes(3)
    await machine.answer(2)
    started = [fact for fact in machine.journal if isinstance(fact, AttemptStarted)]
    assert [fact.at / SECOND for fact in started][:3] == [0, 0, 4]
    assert machine.spans[2] == [(4, 7)]
    assert in_order(machine)
    machine.clock.close()


@pytest.mark.asyncio
async def test_a_retry_is_counted_from_when_its_attempt_really_ended(start: Start) -> None:
    machine = start(retry_delay=0.5)
    machine.clock.agenda.slots = 1
    machine.waits_for_the_test()
    await machine.run()
    await machine.submit(wake=False)
    await machine.submit()
    await machine.passes(10)
    await machine.answer(0, TimedOut(10))
    await machine.passes(10)
    await machine.answer(1, TimedOut(10))
    assert machine.spans == [[(0, 10)], [(10, 20)]]
    await machine.look()
    assert machine.engine.dispatcher.deliveries[1].due_at == 20.5 * SECOND
    machine.clock.close()


@pytest.mark.asyncio
async def test_one_that_waits_for_a_slot_holds_up_nothing_that_needs_none(start: Start) -> None:
    machine = start()
    machine.clock.agenda.slots = 1
    machine.waits_for_the_test()
    machine.routes.connect("https://other.example", Route(respond=Receiver(ORIGIN, [200]).answer))
    await machine.run()
    for _ in range(3):
        await machine.submit(wake=False)
    await machine.look()
    assert machine.states == ["in flight", "scheduled", "scheduled"]
    machine.routes.connect(ORIGIN, Route(respond=Receiver(ORIGIN, [200]).answer))
    await machine.submit()
    assert machine.states == ["in flight", "scheduled", "scheduled", "delivered"]
    await machine.answer(0, Answered(200))
    assert machine.states == ["delivered"] * 4
    machine.clock.close()


@pytest.mark.asyncio
async def test_those_that_wait_for_a_slot_begin_in_their_order_and_the_given_up_never(
    start: Start,
) -> None:
    machine = start(retries=0)
    machine.clock.agenda.slots = 1
    machine.waits_for_the_test()
    await machine.run()
    for _ in range(4):
        await machine.submit(wake=False)
    await machine.look()
    machine.engine.cancel(1, "enough")
    for number in range(3):
        await machine.answer(number)
    begun = [fact.position for fact in machine.journal if isinstance(fact, AttemptStarted)]
    assert begun == [0, 2, 3]
    assert machine.states == ["exhausted", "cancelled", "exhausted", "exhausted"]
    machine.clock.close()


@pytest.mark.asyncio
async def test_a_walk_takes_on_what_waits_for_a_slot(start: Start) -> None:
    machine = start(retries=0)
    machine.clock.agenda.slots = 1
    machine.waits_for_the_test()
    await machine.run()
    await machine.submit(wake=False)
    await machine.submit()
    assert machine.face.next_due == 0
    walk = asyncio.create_task(machine.face.settle())
    await machine.passes(2)
    machine.in_flight.clear()
    await machine.answer(0)
    await asyncio.wait_for(machine.in_flight.wait(), 5)  # no turns: the walk waits for a rest
    await machine.answer(1)
    assert len(await walk) == 2
    assert machine.states == ["exhausted", "exhausted"]
    machine.clock.close()


@pytest.mark.asyncio
async def test_on_a_fast_clock_no_attempt_takes_longer_than_it_did(start: Start) -> None:
    """However late the machine was to begin it: at x10000 each of its milliseconds is 10 s."""
    machine = start("x10000")
    machine.waits_for_the_test()
    await machine.run()
    await machine.submit(wake=False)
    await machine.passes(0.017)
    await machine.passes(0.02)
    await machine.answer(0)
    await machine.passes(0.25)
    await machine.passes(0.02)
    await machine.answer(1)
    assert machine.spans == [[(0, 0.02), (30.02, 30.04)]]
    machine.clock.close()


@pytest.mark.asyncio
async def test_on_a_real_clock_an_attempt_begins_as_late_as_the_machine_is(start: Start) -> None:
    machine = start()
    machine.waits_for_the_test()
    await machine.run()
    await machine.submit(wake=False)
    await machine.passes(0.25)
    await machine.passes(0.5)
    await machine.answer(0)
    assert machine.spans == [[(0.25, 0.75)]]
    assert machine.clock.now_ns == 0.75 * SECOND
    machine.clock.close()


@pytest.mark.asyncio
async def test_what_is_given_up_before_it_began_has_not_begun(start: Start) -> None:
    machine = start()
    machine.waits_for_the_test()
    machine.compose = lambda: 1 // 0  # type: ignore[assignment, return-value]
    await machine.run()
    await machine.submit()
    kinds = {type(fact) for fact in machine.journal}
    assert AttemptStarted not in kinds
    assert DeliveryCancelled in kinds
    machine.clock.close()


# -- a machine that is late ----------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(("clock", "late"), [("real", 0.3), ("x100", 0.3), ("x100", 3600)])
async def test_scripted_answers_come_at_exactly_their_moments_however_late_the_machine_is(
    start: Start, clock: str, late: float
) -> None:
    machine = start(clock)
    machine.replies(500, Reply(503, after=2.5), "timeout", 200)
    await machine.run()
    await machine.submit(wake=False)
    for _ in range(8):
        await machine.passes(machine.waits[-1] + late if machine.waits else late)
    assert machine.spans == [[(0, 0), (30, 32.5), (62.5, 72.5), (102.5, 102.5)]]
    assert in_order(machine)
    machine.clock.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("receiver", ["scripted", "real"])
async def test_a_process_that_was_stopped_writes_down_what_happened_and_when(
    start: Start, receiver: str
) -> None:
    """Nothing began while it was stopped, nothing ended, and a retry comes a whole delay later."""
    machine = start()
    if receiver == "scripted":
        machine.replies(500)
    else:
        machine.sends(lambda: asyncio.sleep(0, Answered(500)))
    await machine.run()
    await machine.submit()
    await machine.passes(300)
    await machine.passes(30)
    assert machine.spans == [[(0, 0), (300, 300), (330, 330)]]
    assert in_order(machine)
    machine.clock.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("reply", [Reply(503, after=2.5), "timeout"])
async def test_a_scripted_answer_that_was_due_while_it_was_stopped_came_afterwards(
    start: Start, reply: Any
) -> None:
    machine = start()
    machine.replies(reply, 200)
    await machine.run()
    await machine.submit()
    await machine.passes(300)
    await machine.passes(30)
    assert machine.spans == [[(0, 300), (330, 330)]]
    assert in_order(machine)
    machine.clock.close()


@pytest.mark.asyncio
async def test_an_attempt_in_flight_while_it_was_stopped_lasted_as_long(start: Start) -> None:
    machine = start()
    machine.waits_for_the_test()
    await machine.run()
    await machine.submit()
    machine.real += 60 * SECOND
    await machine.answer(0, TimedOut(10))
    assert machine.spans == [[(0, 60)]]
    assert machine.engine.dispatcher.deliveries[0].due_at == 90 * SECOND
    machine.clock.close()


@pytest.mark.asyncio
async def test_a_real_clock_loses_no_time_to_a_machine_that_is_late(start: Start) -> None:
    machine = start()
    machine.replies(500)
    await machine.run()
    await machine.submit(wake=False)
    for _ in range(10):
        await machine.passes(30.2)
    assert machine.clock.now_ns == 302 * SECOND
    machine.clock.close()


@pytest.mark.asyncio
async def test_what_is_asked_for_late_lies_behind_what_was_due_before(start: Start) -> None:
    """Who asks between a due moment and the machine's waking does not overtake it."""
    machine = start("x1000")
    machine.replies(500)
    await machine.run()
    await machine.submit()
    machine.real += SECOND
    await machine.submit()
    await machine.look()
    assert in_order(machine)
    assert [fact.at for fact in machine.journal if isinstance(fact, AttemptFinished)] == [
        0,
        30 * SECOND,
        30 * SECOND,
    ]
    machine.clock.close()


# -- waiting -------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("delay", [0.9, 0.5, 0.000001])
async def test_it_waits_for_what_is_less_than_a_second_away(start: Start, delay: float) -> None:
    machine = start(retry_delay=delay)
    machine.replies(500)
    await machine.run()
    await machine.submit()
    assert machine.waits == [pytest.approx(delay)]
    assert not restless(), "it looks all the time"
    await machine.passes(delay / 2)
    assert machine.waits[1:] == [pytest.approx(delay / 2)]
    assert len(machine.spans[0]) == 1
    assert not restless()
    machine.clock.close()


@pytest.mark.asyncio
async def test_it_does_not_look_all_the_time_while_all_slots_are_taken(start: Start) -> None:
    machine = start()
    machine.clock.agenda.slots = 1
    machine.waits_for_the_test()
    await machine.run()
    await machine.submit(wake=False)
    await machine.submit()
    assert machine.states == [State.IN_FLIGHT, State.SCHEDULED]
    assert not restless()
    machine.clock.close()


def test_other_threads_see_one_moment_while_work_of_one_moment_is_done(start: Start) -> None:
    machine = start("x100")
    machine.clock.flow()
    seen: list[int] = []
    with machine.clock.still():
        begun = machine.clock.now_ns
        machine.real += SECOND
        assert machine.clock.now_ns == begun
        other = threading.Thread(target=lambda: seen.append(machine.clock.now_ns))
        other.start()
    other.join()
    assert seen == [begun + 100 * SECOND]
