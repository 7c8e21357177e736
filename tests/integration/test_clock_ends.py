"""The end of an emulator, in the middle of a walk too: who is told, and that nothing remains."""

import asyncio
import gc
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from ringback import AsyncEmulator, ClockClosed, ClockError, Emulator, Settings
from tests.integration.both_faces import (
    APP,
    GUARD,
    HOOK,
    VERBS,
    Application,
    Face,
    Gate,
    never_answers,
    times,
    url_of,
    wait_until,
)
from tests.integration.conftest import Rude
from tests.integration.rude_receiver import hangs


@pytest.mark.parametrize("verb", [*VERBS, "sync"])
def test_every_verb_of_a_closed_clock_says_that_it_is_closed(face: Face, verb: str) -> None:
    """I18: afterwards every call raises ClockClosed."""
    clock = face.emulator.clock
    face.emulator.close()
    with pytest.raises(ClockClosed, match=rf"{verb}\(\): this emulator has ended; start a new one"):
        face.call(verb, *VERBS.get(verb, ()))
    with pytest.raises(ClockClosed), clock.hold("too late"):
        raise AssertionError
    assert clock.elapsed == 0


def test_whoever_is_blocked_when_the_emulator_ends_is_woken(
    gate: Gate, beside: Callable[..., "Future[Any]"]
) -> None:
    ringback = Emulator(Settings(guard=300)).open()
    ringback.connect(APP, gate.asgi)
    delivery = ringback.submit("Hello", callback=HOOK)
    walk = beside(ringback.advance, 30)
    gate.wait()
    joined = beside(ringback.settle)
    ringback.close()
    for blocked in (walk, joined):
        with pytest.raises(ClockClosed, match="this emulator has ended"):
            blocked.result(60)  # the guard is longer
    assert delivery.statuses == ["aborted"]
    assert delivery.reason == "aborted: the emulator was closed"
    assert ringback.clock.elapsed == 0


def test_whoever_is_blocked_by_a_blocked_loop_is_woken_too(
    beside: Callable[..., "Future[Any]"],
) -> None:
    arrived, release = threading.Event(), threading.Event()

    def block() -> None:
        arrived.set()
        release.wait(10)

    ringback = Emulator().open()
    ringback.connect(APP, Application(block).asgi)
    ringback.submit("Hello", callback=HOOK)
    walk = beside(ringback.settle)
    assert arrived.wait(60)
    closed = beside(ringback.close)
    with pytest.raises(ClockClosed):
        walk.result(5)
    release.set()
    closed.result(5)


def test_a_hold_does_not_keep_an_emulator_from_ending(
    beside: Callable[..., "Future[Any]"],
) -> None:
    ringback = Emulator().open()
    with ringback.hold("for ever"):
        walk = beside(ringback.advance, 30)
        wait_until(lambda: "engine" in " ".join(thread.name for thread in threading.enumerate()))
        ringback.close()
        with pytest.raises(ClockClosed):
            walk.result(5)


@pytest.mark.asyncio
async def test_whoever_awaits_when_the_emulator_ends_is_woken(gate: Gate) -> None:
    ringback = AsyncEmulator().open()
    ringback.connect(APP, gate.asgi)
    delivery = ringback.submit("Hello", callback=HOOK)
    walk = asyncio.create_task(ringback.advance(30))
    await asyncio.to_thread(gate.wait)
    joined = asyncio.create_task(ringback.settle())
    await asyncio.sleep(0)
    ringback.close()
    for awaited in (walk, joined):
        with pytest.raises(ClockClosed, match="this emulator has ended"):
            await awaited
    assert delivery.statuses == ["aborted"]
    gate.opened.release()


def test_an_emulator_may_be_closed_by_its_own_receiver() -> None:
    with Emulator() as ringback:
        ringback.connect(APP, Application(ringback.close).asgi)
        ringback.submit("Hello", callback=HOOK)
        with pytest.raises(ClockClosed):
            ringback.settle()


def test_a_scripted_walk_starts_no_thread() -> None:
    before = set(threading.enumerate())
    with Emulator() as ringback:
        ringback.receiver(APP, [503])
        ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("over", ["ASGI", "sockets"])
def test_nothing_remains_of_an_emulator_that_ends_in_the_middle(
    over: str, gate: Gate, rude: Rude, beside: Callable[..., "Future[Any]"]
) -> None:
    """I18: no thread, task or socket remains: Python would warn of what is left to collect."""
    receiver, before = rude(hangs), set(threading.enumerate())
    ringback = Emulator().open()
    ringback.connect(APP, gate.asgi if over == "ASGI" else url_of(receiver))
    ringback.submit("Hello", callback=HOOK)
    walk = beside(ringback.settle)
    wait_until(lambda: not receiver.requests.empty() or gate.arrived.acquire(blocking=False))
    ringback.close()
    with pytest.raises(ClockClosed):
        walk.result(5)
    gc.collect()
    remaining = [thread.name for thread in set(threading.enumerate()) - before]
    assert "ringback engine" not in remaining


@pytest.mark.asyncio
async def test_no_task_remains_of_an_async_emulator(rude: Rude) -> None:
    """I18."""
    tasks, receiver = asyncio.all_tasks(), rude(hangs)
    async with AsyncEmulator() as ringback:
        ringback.connect(APP, url_of(receiver))
        ringback.submit("Hello", callback=HOOK)
        walk = asyncio.create_task(ringback.settle())
        await asyncio.to_thread(receiver.requests.get, timeout=60)
        walk.cancel()
    with pytest.raises((asyncio.CancelledError, ClockClosed)):
        await walk
    assert asyncio.all_tasks() == tasks
    gc.collect()


def test_an_async_emulator_serves_one_loop_at_a_time() -> None:
    ringback = AsyncEmulator().open()
    ringback.connect(APP, Application(status=503).asgi)
    ringback.submit("Hello", callback=HOOK)
    with asyncio.Runner() as first, asyncio.Runner() as second:
        assert times(first.run(ringback.settle())) == [0]
        with pytest.raises(ClockError, match="use one emulator per loop"):
            second.run(ringback.settle())
    assert times(asyncio.run(ringback.advance(30))) == [30]
    ringback.close()


def test_an_attempt_whose_loop_was_closed_holds_nobody_up() -> None:
    """A loop that is closed without cancelling its tasks takes them along."""
    ringback = AsyncEmulator(Settings(guard=GUARD)).open()
    arrived = asyncio.Event()
    ringback.connect(APP, Application(arrived.set, then=never_answers).asgi)
    delivery = ringback.submit("Hello", callback=HOOK)
    loop = asyncio.new_event_loop()
    walk = loop.create_task(ringback.settle())
    loop.run_until_complete(arrived.wait())
    assert delivery.state == "in flight"
    remains = asyncio.all_tasks(loop)
    for task in remains:
        task._log_destroy_pending = False  # type: ignore[attr-defined]
    loop.close()
    del remains, task
    walk.get_coro().close()
    del walk
    gc.collect()
    assert asyncio.run(ringback.settle()) == []
    assert delivery.statuses == ["aborted"]
    assert delivery.reason == "aborted: the event loop that it ran on was closed"
    ringback.close()
