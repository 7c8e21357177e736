"""A clock that runs by itself: `real` and `xN`."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ringback import AsyncEmulator, Delivery, Emulator, Receiver, Reply, Settings
from ringback.clock.flow import Flow
from ringback.clock.guard import set_alarm
from ringback.clock.timer import Timer
from ringback.clock.turns import drained, restless
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.reply import Answer
from ringback.core.facts import AttemptFinished, Fact, JobAccepted
from ringback.engine import engine as engine_module
from tests.integration.conftest import Rude
from tests.integration.rude_receiver import RudeReceiver, hangs

APP = "https://app.example"
HOOK = "https://app.example/hook"
OTHER = "https://other.example"
FAST = "x1000000"
"""Five minutes in 0.3 ms."""


def wait_until(true: Callable[[], object]) -> None:
    for _ in range(2000):
        if true():
            return
        time.sleep(0.005)
    raise AssertionError("it did not come true within ten seconds")


@pytest.fixture
def start() -> Iterator[Callable[..., Emulator]]:
    """Start an emulator whose clock flows."""
    started: list[Emulator] = []

    def open_one(clock: str = "real", **settings: Any) -> Emulator:
        started.append(Emulator(Settings(clock=clock, **settings)).open())
        return started[-1]

    yield open_one
    for emulator in started:
        emulator.close()


Start = Callable[..., Emulator]


def submit(ringback: Emulator | AsyncEmulator, url: str = HOOK) -> Delivery:
    return ringback.submit("Hello", callback=url)


async def never_answers(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.Event().wait()


def url_of(receiver: RudeReceiver) -> str:
    return f"http://{receiver.host}:{receiver.port}"


# -- exactness -----------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", ["x1000", "x10000", FAST])
def test_retries_come_at_exactly_thirty_second_steps_however_late_the_machine_is(
    start: Start, clock: str
) -> None:
    ringback = start(clock)
    ringback.receiver(APP, [500])
    delivery = submit(ringback)
    wait_until(lambda: delivery.settled)
    assert delivery.offsets == list(range(0, 301, 30))
    assert ringback.clock.elapsed >= 300


@pytest.mark.asyncio
async def test_they_do_on_the_loop_of_a_coroutine_too() -> None:
    async with AsyncEmulator(Settings(clock=FAST)) as ringback:
        ringback.receiver(APP, [500])
        delivery = submit(ringback)
        await asyncio.to_thread(wait_until, lambda: delivery.settled)
        assert delivery.offsets == list(range(0, 301, 30))


def test_to_flow_and_to_step_write_the_same_journal(start: Start) -> None:
    """I12: eager and stepped yield the same attempts, at the same moments, in the same order."""
    told = []
    for clock in ("paused", FAST):
        ringback = start(clock, seed=1, processing_time=2)
        ringback.receiver(APP, [500, Reply(503, after=2.5), "timeout", "refused", 204])
        delivery = submit(ringback)
        if clock == "paused":
            ringback.run_until_idle()
        wait_until(lambda: delivery.settled)  # noqa: B023
        begun = delivery.accepted_at
        told.append(
            [
                (attempt.offset, round(attempt.finished_at - begun, 6), str(attempt.outcome))
                for attempt in delivery.attempts
            ]
        )
    assert told[0] == told[1]
    assert [offset for offset, _, _ in told[0]] == [2, 32, 64.5, 104.5, 134.5]


def test_real_time_is_real(start: Start) -> None:
    ringback = start(retry_delay=0.02)
    ringback.receiver(APP, [500, 200])
    begun = time.monotonic()
    delivery = submit(ringback)
    wait_until(lambda: delivery.settled)
    assert time.monotonic() - begun >= 0.02
    assert delivery.offsets == [0, 0.02]


# -- what wakes it -------------------------------------------------------------------------------


def test_something_earlier_that_is_armed_is_not_missed(start: Start) -> None:
    """It waits for a retry in an hour when the next job comes."""
    ringback = start(retry_delay=3600)
    ringback.receiver(APP, [500])
    ringback.receiver(OTHER)
    first = submit(ringback)
    wait_until(lambda: first.attempts)
    second = submit(ringback, OTHER)
    wait_until(lambda: second.settled)
    assert (first.offsets, second.offsets) == ([0], [0])


def test_no_job_is_missed_whichever_thread_submits_it(start: Start) -> None:
    ringback = start(FAST, retries=1)
    ringback.receiver(APP, [500])

    def submit_many() -> None:
        for _ in range(50):
            submit(ringback)

    threads = [threading.Thread(target=submit_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: not ringback.pending)
    assert [delivery.offsets for delivery in ringback.deliveries] == [[0, 30]] * 200


def test_what_is_delivered_again_is_not_missed(start: Start) -> None:
    ringback = start()
    ringback.receiver(APP)
    delivery = submit(ringback)
    wait_until(lambda: delivery.settled)
    again = ringback.redeliver(delivery)
    wait_until(lambda: again.settled)
    assert again.statuses == [200]


def test_the_end_of_an_attempt_arms_the_next(start: Start, rude: Rude) -> None:
    ringback = start(attempt_timeout=0.02, retry_delay=0.01, retries=2)
    ringback.connect(APP, url_of(rude(hangs)))
    delivery = submit(ringback)
    wait_until(lambda: delivery.settled)
    assert delivery.statuses == ["timeout"] * 3


@pytest.mark.asyncio
async def test_it_waits_for_what_is_next_and_does_not_look_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    alarms: list[Timer] = []

    def noted(seconds: float, ring: Callable[[], None]) -> Timer:
        waits.append(seconds)
        alarms.append(set_alarm(seconds, ring))
        return alarms[-1]

    monkeypatch.setattr("ringback.clock.flow.set_alarm", noted)
    async with AsyncEmulator(Settings(clock="x10", retry_delay=3600)) as ringback:
        ringback.receiver(APP, [500])
        delivery = submit(ringback)
        await asyncio.to_thread(wait_until, lambda: delivery.attempts)
        await drained()
        assert not restless()
    assert waits[-1] == pytest.approx(360, abs=10)
    assert len(waits) <= 3
    assert [alarm.over for alarm in alarms] == [True] * len(alarms), "it keeps all that in memory"


@pytest.mark.asyncio
async def test_others_have_their_turn_between_things_that_are_due_at_once() -> None:
    turns: list[int] = []
    seen: list[int] = []

    class Watching(Receiver):
        def answer(self, message: CallbackMessage) -> Answer:
            seen.append(len(turns))
            return super().answer(message)

    async with AsyncEmulator(Settings(clock="real")) as ringback:
        ringback.connect(APP, Watching(APP))
        with ringback.hold("until there are many"):
            for _ in range(20):
                submit(ringback)
        while ringback.pending:
            turns.append(1)
            await asyncio.sleep(0)
    assert seen == sorted(set(seen)), "two attempts began in one turn"


# -- the verbs work as well ----------------------------------------------------------------------


def test_a_walk_moves_a_clock_that_flows(start: Start) -> None:
    ringback = start()
    ringback.receiver(APP, [500])
    delivery = submit(ringback)
    wait_until(lambda: delivery.attempts)
    assert [attempt.offset for attempt in ringback.advance(60)] == [30, 60]
    assert ringback.run_until_idle()
    assert delivery.offsets == list(range(0, 301, 30))
    assert ringback.clock.elapsed >= 300


def test_a_clock_that_flows_never_goes_back(start: Start) -> None:
    """I1: elapsed never decreases, from the very beginning on."""
    for _ in range(20):
        ringback = start("x1000")
        last: float = 0
        for _ in range(50):
            ringback.settle()
            now = ringback.clock.elapsed
            assert now >= last
            last = now
        ringback.close()


def test_a_hold_keeps_a_flowing_clock_from_moving(start: Start) -> None:
    ringback = start(FAST)
    ringback.receiver(APP, [500])
    with ringback.hold("the import runs"):
        held_at = ringback.clock.elapsed
        delivery = submit(ringback)
        time.sleep(0.01)
        assert ringback.clock.elapsed == held_at
        assert delivery.attempts == []
    wait_until(lambda: delivery.settled)
    assert delivery.offsets == list(range(0, 301, 30))


# -- each attempt on its own ---------------------------------------------------------------------


def test_a_receiver_that_hangs_delays_nobody_else(start: Start, rude: Rude) -> None:
    ringback = start(retries=0)
    ringback.connect(APP, url_of(rude(hangs)))
    ringback.connect("https://another.example", never_answers)
    ringback.receiver(OTHER)
    hanging = [submit(ringback), submit(ringback, "https://another.example/")]
    wait_until(lambda: all(each.state == "in flight" for each in hanging))
    others = [submit(ringback, OTHER) for _ in range(20)]
    wait_until(lambda: all(each.settled for each in others))
    assert [each.state for each in hanging] == ["in flight", "in flight"]


@pytest.mark.parametrize("over", ["ASGI", "WSGI", "sockets"])
def test_the_attempt_limit_is_real(start: Start, rude: Rude, over: str) -> None:
    release = threading.Event()

    def blocks(environ: Any, start_response: Any) -> Any:
        release.wait(10)
        raise AssertionError("nobody listens any more")

    ringback = start(attempt_timeout=0.03, retries=0)
    ways: dict[str, Callable[[], Any]] = {
        "ASGI": lambda: never_answers,
        "WSGI": lambda: blocks,
        "sockets": lambda: url_of(rude(hangs)),
    }
    ringback.connect(APP, ways[over]())
    delivery = submit(ringback)
    wait_until(lambda: delivery.settled)
    release.set()
    (attempt,) = delivery.attempts
    assert str(attempt.outcome) == "timed out: no answer within 0.03 s"
    assert attempt.finished_at - attempt.started_at >= 0.03


def test_a_fast_clock_gives_a_receiver_the_time_that_it_needs(start: Start) -> None:
    """20 ms of Python at x10000 would be 200 s, and beyond every limit."""

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.02)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    ringback = start("x10000")
    ringback.connect(APP, slow)
    delivery = submit(ringback)
    wait_until(lambda: delivery.settled)
    (attempt,) = delivery.attempts
    assert attempt.status == 200
    assert 0.02 <= attempt.finished_at - attempt.started_at < 10


def test_no_more_than_so_many_attempts_run_at_once(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "MAX_AT_ONCE", 3)
    running: list[int] = []
    gate = threading.Event()

    async def counting(scope: Any, receive: Any, send: Any) -> None:
        running.append(1)
        while not gate.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    ringback = start()
    ringback.connect(APP, counting)
    deliveries = [submit(ringback) for _ in range(10)]
    wait_until(lambda: len(running) == 3)
    time.sleep(0.01)
    assert len(running) == 3
    assert [each.state for each in deliveries] == ["in flight"] * 3 + ["scheduled"] * 7
    gate.set()
    wait_until(lambda: not ringback.pending)
    assert len(running) == 10


def test_the_journal_tells_of_attempts_beyond_the_slots_as_the_wire_does(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the receiver's own watch, which agrees to within what a busy machine may be late by."""
    monkeypatch.setattr(engine_module, "MAX_AT_ONCE", 4)
    begun: list[float] = []

    async def hanging(scope: Any, receive: Any, send: Any) -> None:
        begun.append(time.monotonic())
        await asyncio.Event().wait()

    ringback = start(attempt_timeout=0.2, retries=1, retry_delay=0.1)
    ringback.connect(APP, hanging)
    deliveries = [submit(ringback) for _ in range(12)]
    wait_until(lambda: not ringback.pending)
    attempts = [attempt for delivery in deliveries for attempt in delivery.attempts]
    told = sorted(attempt.started_at for attempt in attempts)
    for one, (at, seen) in enumerate(zip(told, begun, strict=True)):
        assert at - told[0] <= seen - begun[0] + 0.02, f"{one} was told of before it began"
    edges = [(each.started_at, 1) for each in attempts] + [
        (each.finished_at, -1) for each in attempts
    ]
    at_once = 0
    for _, change in sorted(edges):
        at_once += change
        assert at_once <= 4, "by the journal there were more at once than slots"
    for first, second in (delivery.attempts for delivery in deliveries):
        assert first.finished_at - first.started_at >= 0.2
        assert second.started_at - first.finished_at >= 0.1


# -- the acknowledgement goes out first ----------------------------------------------------------


def test_nothing_begins_while_somebody_waits_for_his_acknowledgement(start: Start) -> None:
    ringback = start()
    ringback.receiver(APP)
    clock = ringback._service.clock
    asking = clock.enter("a request to /v1/speak")
    delivery = submit(ringback)
    ringback.receiver(OTHER)
    clock.changed()
    time.sleep(0.01)
    assert delivery.attempts == []
    clock.leave(asking)
    wait_until(lambda: delivery.settled)


# -- faults --------------------------------------------------------------------------------------


def test_an_attempt_that_cannot_begin_is_given_up_and_others_go_on(
    start: Start, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ringback = start(FAST)
    ringback.receiver(APP)
    attempts = ringback._service.engine._attempts
    compose = attempts._compose
    monkeypatch.setattr(attempts, "_compose", lambda job: 1 // 0)
    broken = submit(ringback)
    wait_until(lambda: broken.settled)
    monkeypatch.setattr(attempts, "_compose", compose)
    fine = submit(ringback)
    wait_until(lambda: fine.settled)
    assert broken.state == "cancelled"
    assert "ZeroDivisionError" in broken.reason
    assert fine.statuses == [200]
    assert caplog.record_tuples == [("ringback.clock", logging.ERROR, "an attempt could not begin")]


# -- the end -------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_flow_ends_with_its_clock() -> None:
    """I18: no task remains, and no alarm that would keep the emulator in memory for an hour."""
    async with AsyncEmulator(Settings(clock="real", retry_delay=3600)) as ringback:
        ringback.receiver(APP, [500])
        delivery = submit(ringback)
        await asyncio.to_thread(wait_until, lambda: delivery.attempts)
        service = ringback._service
        second = asyncio.create_task(Flow(service.clock, service.loop).run())
        await drained()
        service.clock.close()
        await second
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_a_flow_that_has_not_begun_is_not_woken() -> None:
    with Emulator() as ringback:
        ringback._service.clock.changed()


def test_an_emulator_that_flows_ends_at_once(start: Start) -> None:
    ringback = start(retry_delay=3600)
    ringback.receiver(APP, [500])
    delivery = submit(ringback)
    wait_until(lambda: delivery.attempts)
    begun = time.monotonic()
    ringback.close()
    assert time.monotonic() - begun < 1
    assert delivery.state == "scheduled"


def test_facts_of_a_delivery_come_in_their_order(start: Start) -> None:
    ringback = start(FAST)
    ringback.receiver(APP, [500, 500, 200])
    delivery = submit(ringback)
    wait_until(lambda: delivery.settled)
    facts: list[Fact] = [
        fact for fact in ringback.journal if isinstance(fact, JobAccepted | AttemptFinished)
    ]
    moments = [fact.at for fact in facts]
    assert moments == sorted(moments)
    assert [type(fact) for fact in facts] == [JobAccepted, *[AttemptFinished] * 3]
