"""Who else moves the clock meanwhile: receivers, threads, coroutines."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from ringback import AsyncEmulator, Attempt, ClockBusy, Emulator
from tests.integration.both_faces import APP, HOOK, VERBS, Application, Gate, times, url_of
from tests.integration.conftest import Rude


@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_receiver_that_moves_the_clock_is_told_to_answer_first(verb: str, interface: str) -> None:
    """I9: a mover inside a receiver raises and changes nothing."""
    with Emulator() as ringback:
        app = Application(lambda: getattr(ringback, verb)(*VERBS[verb]))
        ringback.connect(APP, getattr(app, interface))
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.settle()
        (error,) = app.errors
        assert isinstance(error, ClockBusy)
        assert f"{verb}() was called inside a receiver" in str(error)
        assert delivery.statuses == [500]
        assert ringback.clock.elapsed == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("verb", VERBS)
async def test_a_receiver_that_awaits_the_clock_is_told_to_answer_first(verb: str) -> None:
    errors: list[BaseException] = []

    async def mover(scope: Any, receive: Any, send: Any) -> None:
        try:
            await getattr(ringback, verb)(*VERBS[verb])
        except ClockBusy as error:
            errors.append(error)
            raise

    async with AsyncEmulator() as ringback:
        ringback.connect(APP, mover)
        delivery = ringback.submit("Hello", callback=HOOK)
        await ringback.settle()
        assert [f"{verb}() was called inside a receiver" in str(error) for error in errors] == [
            True
        ]
        assert delivery.statuses == [500]


@pytest.mark.asyncio
async def test_what_a_receiver_has_started_may_move_the_clock_once_it_has_answered() -> None:
    followed: list[list[Attempt]] = []
    tasks: list[asyncio.Task[None]] = []
    answered = asyncio.Event()

    async def follow_up() -> None:
        await answered.wait()
        followed.append(await ringback.advance(30))

    async with AsyncEmulator() as ringback:
        app = Application(lambda: tasks.append(asyncio.create_task(follow_up())), status=503)
        ringback.connect(APP, app.asgi, faults=[None, 204])
        ringback.submit("Hello", callback=HOOK)
        await ringback.settle()
        answered.set()
        await asyncio.gather(*tasks)
        assert times(followed[0]) == [30]


def test_a_receiver_of_another_process_or_thread_is_refused_too(rude: Rude) -> None:
    """It is no child of the walk, so nothing but the walk itself says that it is inside one."""
    errors: list[BaseException] = []
    with Emulator() as ringback:

        def move(visit: Any) -> None:
            visit.read_request()
            for verb in ("advance", "step", "run_until_idle"):
                try:
                    getattr(ringback, verb)(*VERBS[verb])
                except ClockBusy as error:
                    errors.append(error)
            visit.say(b"HTTP/1.1 204 No Content\r\n\r\n")

        ringback.connect(APP, url_of(rude(move)))
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.settle()
        assert delivery.statuses == [204]
    assert ["was called while settle() is moving this clock" in str(error) for error in errors] == [
        True,
        True,
        True,
    ]


def test_a_mover_beside_another_is_refused_and_settle_joins(
    gate: Gate, beside: Callable[..., "Future[Any]"]
) -> None:
    with Emulator() as ringback:
        ringback.connect(APP, gate.asgi)
        ringback.submit("Hello", callback=HOOK)
        walk = beside(ringback.advance, 30)
        gate.wait()
        with pytest.raises(ClockBusy, match=r"advance\(\) was called while advance\(\) is moving"):
            ringback.advance(30)
        joined = [beside(ringback.settle) for _ in range(3)]
        gate.opened.release()
        assert times(walk.result(10)) == [0]
        assert [each.result(10) for each in joined] == [[], [], []]
        assert ringback.clock.elapsed == 30


@pytest.mark.asyncio
async def test_two_coroutines_cannot_move_the_clock_at_once(gate: Gate) -> None:
    async with AsyncEmulator() as ringback:
        ringback.connect(APP, gate.asgi)
        ringback.submit("Hello", callback=HOOK)
        walk = asyncio.create_task(ringback.advance(30))
        await asyncio.to_thread(gate.wait)
        with pytest.raises(ClockBusy, match=r"step\(\) was called while advance\(\) is moving"):
            await ringback.step()
        joined = asyncio.create_task(ringback.settle())
        await asyncio.sleep(0)
        gate.opened.release()
        assert times(await walk) == [0]
        assert await joined == []
