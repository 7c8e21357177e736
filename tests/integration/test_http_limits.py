"""Limits and cancellations of the HTTP sender. The test rings the alarm: nothing waits."""

import asyncio
from collections.abc import Sequence

import pytest

from ringback.core.delivery.outcome import Outcome, TimedOut, succeeded
from ringback.sending.exchange import Exchange
from ringback.sending.http import HttpSender
from ringback.sending.sender import UNLIMITED, Limits
from tests.integration.conftest import FakeAlarm, Rude
from tests.integration.messages import (
    APP,
    LONG_AUDIO,
    OK,
    SECURE_APP,
    counting_sockets,
    message_to,
    noted,
    open_sockets,
    some_turns,
)
from tests.integration.rude_receiver import (
    Behaviour,
    RudeReceiver,
    answers,
    answers_and_stays,
    hangs,
    hangs_without_reading,
    hears_the_hello,
)

LIMITS = Limits(connect=1.0, total=10.0)


def attempt_by(sender: HttpSender, body: bytes = LONG_AUDIO) -> "asyncio.Task[Outcome]":
    return asyncio.create_task(sender.send(message_to(APP, body), APP, LIMITS))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "behaviour",
    [
        hangs,
        hangs_without_reading,
        answers_and_stays(b"HTTP/1.1 200 OK\r\nContent-"),
        answers_and_stays(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"),
    ],
    ids=["silent", "not reading", "stopped in the head", "stopped in the body"],
)
async def test_the_total_limit_ends_the_waiting_for_an_answer(
    rude: Rude, alarm: FakeAlarm, behaviour: Behaviour
) -> None:
    receiver = rude(behaviour)
    attempt = attempt_by(HttpSender(alarm, base=receiver.base))
    await noted(receiver)
    alarm.ring(10.0)
    assert await attempt == TimedOut(10.0, "answer")
    receiver.may_read.set()
    assert await noted(receiver) == "they left"


@pytest.mark.asyncio
async def test_an_alarm_may_ring_in_a_thread_of_its_own(rude: Rude, alarm: FakeAlarm) -> None:
    asyncio.get_running_loop().set_debug(True)  # the loop then minds who calls it
    receiver = rude(hangs)
    attempt = attempt_by(HttpSender(alarm, base=receiver.base))
    await noted(receiver)
    alarm.ring(10.0)
    await some_turns()
    assert attempt.done()
    assert await attempt == TimedOut(10.0, "answer")


@pytest.mark.asyncio
async def test_the_connect_limit_ends_a_handshake_that_hangs(rude: Rude, alarm: FakeAlarm) -> None:
    receiver = rude(hears_the_hello)
    sender = HttpSender(alarm, base=("https", receiver.host, receiver.port))
    attempt = asyncio.create_task(sender.send(message_to(SECURE_APP), SECURE_APP, LIMITS))
    await noted(receiver)
    alarm.ring(1.0)
    assert await attempt == TimedOut(1.0, "connect")
    assert await noted(receiver) == "they left"


@pytest.mark.asyncio
@pytest.mark.parametrize("limit", [1.0, 10.0])
async def test_either_limit_ends_a_look_up_that_hangs(alarm: FakeAlarm, limit: float) -> None:
    asked = asyncio.Event()

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.set()
        await asyncio.Event().wait()
        return []

    attempt = attempt_by(HttpSender(alarm, allow_hosts=["app.example"], resolve=resolve))
    await asked.wait()
    alarm.ring(limit)
    assert await attempt == TimedOut(limit, "connect")


@pytest.mark.asyncio
async def test_the_connect_limit_is_over_once_connected(rude: Rude, alarm: FakeAlarm) -> None:
    receiver = rude(hangs)
    attempt = attempt_by(HttpSender(alarm, base=receiver.base))
    await noted(receiver)
    alarm.ring(1.0)
    await some_turns()
    assert not attempt.done()
    alarm.ring(10.0)
    assert await attempt == TimedOut(10.0, "answer")


@pytest.mark.asyncio
async def test_no_limit_outlives_its_attempt(rude: Rude, alarm: FakeAlarm) -> None:
    sender = HttpSender(alarm, base=rude(answers(OK)).base)
    assert succeeded(await sender.send(message_to(APP), APP, LIMITS))
    assert alarm.cancelled == [1.0, 10.0]
    alarm.ring(1.0)
    alarm.ring(10.0)
    await some_turns()


@pytest.mark.asyncio
async def test_without_limits_no_alarm_is_set(rude: Rude, alarm: FakeAlarm) -> None:
    sender = HttpSender(alarm, base=rude(answers(OK)).base)
    assert succeeded(await sender.send(message_to(APP), APP, UNLIMITED))
    assert alarm.set_for == []


def test_an_alarm_that_rings_after_its_loop_has_closed_does_no_harm(alarm: FakeAlarm) -> None:
    with RudeReceiver(answers(OK)) as receiver:
        sender = HttpSender(alarm, base=receiver.base)
        assert succeeded(asyncio.run(sender.send(message_to(APP), APP, LIMITS)))
    alarm.ring(10.0)
    assert alarm.faults == []


@pytest.mark.asyncio
async def test_cancelling_an_attempt_closes_its_connection(rude: Rude, alarm: FakeAlarm) -> None:
    receiver = rude(hangs_without_reading)
    attempt = attempt_by(HttpSender(alarm, base=receiver.base))
    await noted(receiver)
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    receiver.may_read.set()
    assert await noted(receiver) == "they left"


@pytest.mark.asyncio
@counting_sockets
async def test_cancelling_in_the_moment_of_connecting_closes_the_connection_too(
    rude: Rude, alarm: FakeAlarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = rude(hangs_without_reading)
    connection_made = Exchange.connection_made

    def cancelled(exchange: Exchange, transport: asyncio.BaseTransport) -> None:
        connection_made(exchange, transport)
        attempt.cancel()

    monkeypatch.setattr(Exchange, "connection_made", cancelled)
    before = open_sockets()
    attempt = attempt_by(HttpSender(alarm, base=receiver.base))
    with pytest.raises(asyncio.CancelledError):
        await attempt
    await noted(receiver)
    assert open_sockets() == before + 1  # the receiver's end


@pytest.mark.asyncio
async def test_cancelling_wins_over_a_limit_that_passes_at_the_same_time(
    rude: Rude, alarm: FakeAlarm
) -> None:
    receiver = rude(hangs)
    attempt = attempt_by(HttpSender(alarm, base=receiver.base))
    await noted(receiver)
    alarm.ring(10.0)
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
