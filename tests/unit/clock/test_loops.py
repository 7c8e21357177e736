"""The loop on which exchanges run."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ringback.clock import loops
from ringback.clock.loops import CallersLoop, EngineLoop, SharedLoop
from ringback.clock.real import LoopThread
from ringback.clock.turns import drained, turn
from ringback.errors import ClockClosed, ClockError


@pytest.fixture
def new_threads() -> Callable[[], list[str]]:
    """The names of the threads that were not there when the test began."""
    before = set(threading.enumerate())
    return lambda: [thread.name for thread in set(threading.enumerate()) - before]


async def thread_name() -> str:
    return threading.current_thread().name


def test_a_thread_starts_when_it_is_needed_and_not_before(
    new_threads: Callable[[], list[str]],
) -> None:
    loop = EngineLoop(own_thread=True)
    assert new_threads() == []
    assert loop.submit(thread_name()).result(5) == "ringback engine"
    assert loop.ensure() is loop.ensure()
    loop.stop()
    assert new_threads() == []


def test_a_loop_that_was_never_needed_stops_without_ado(
    new_threads: Callable[[], list[str]],
) -> None:
    loop = EngineLoop(own_thread=True)
    loop.call_soon(lambda: pytest.fail("there is nobody to call it"))
    loop.stop()
    assert new_threads() == []


def test_two_threads_that_need_it_at_once_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[LoopThread] = []
    both = threading.Barrier(2)

    class Slow(LoopThread):
        def __init__(self, name: str) -> None:
            started.append(self)
            super().__init__(name)

    def ensure() -> asyncio.AbstractEventLoop:
        both.wait(5)
        return loop.ensure()

    monkeypatch.setattr(loops, "LoopThread", Slow)
    for _ in range(20):
        loop, started[:] = EngineLoop(own_thread=True), []
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.submit(ensure), pool.submit(ensure)
        assert first.result() is second.result()
        assert len(started) == 1
        loop.stop()


def test_a_stopped_loop_takes_no_more_work(
    new_threads: Callable[[], list[str]],
) -> None:
    """The coroutine is closed too, or Python would warn that it was never awaited."""
    for used in (True, False):
        loop = EngineLoop(own_thread=True)
        if used:
            loop.submit(thread_name()).result(5)
        loop.stop()
        with pytest.raises(ClockClosed, match="this emulator has ended"):
            loop.submit(thread_name())
        loop.call_soon(lambda: pytest.fail("it is closed"))
    assert new_threads() == []


def test_without_a_thread_it_is_the_loop_of_the_first_await() -> None:
    loop = EngineLoop(own_thread=False)

    async def story() -> None:
        assert loop.ensure() is asyncio.get_running_loop()
        happened = asyncio.Event()
        loop.call_soon(happened.set)
        await happened.wait()

    asyncio.run(story())
    loop.stop()


def test_a_second_loop_is_refused_while_the_first_is_open() -> None:
    loop = EngineLoop(own_thread=False)

    async def ensure() -> asyncio.AbstractEventLoop:
        return loop.ensure()

    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    assert first.run_until_complete(ensure()) is first
    with pytest.raises(ClockError, match="was first awaited on another event loop"):
        second.run_until_complete(ensure())
    first.close()
    assert second.run_until_complete(ensure()) is second
    second.close()


def test_a_loop_that_was_closed_is_lost_until_there_is_another() -> None:
    loop = EngineLoop(own_thread=False)

    async def ensure() -> bool:
        was_lost = loop.lost
        loop.ensure()
        return was_lost

    assert [asyncio.run(ensure()) for _ in range(2)] == [False, True]


def test_a_thread_of_ones_own_is_never_lost() -> None:
    loop = EngineLoop(own_thread=True)
    loop.ensure()
    loop.stop()
    assert not loop.lost


def test_a_loop_of_the_caller_is_there_while_it_is_not_running_and_outlives_the_emulator() -> None:
    own = asyncio.new_event_loop()
    loop = CallersLoop(own)
    assert loop.ensure() is own
    assert not loop.restless()
    loop.call_soon(lambda: None)
    assert loop.restless()
    loop.stop()
    assert not own.is_closed()
    own.close()
    with pytest.raises(ClockClosed, match="has been closed"):
        loop.ensure()


def test_emulators_that_share_a_loop_have_one_thread_and_leave_it_running() -> None:
    engine = EngineLoop(own_thread=True)
    one, other = SharedLoop(engine), SharedLoop(engine)
    try:
        assert one.ensure() is other.ensure() is engine.ensure()
        one.stop()
        with pytest.raises(ClockClosed):
            one.ensure()
        assert other.submit(turn()).result(10) is None
    finally:
        engine.stop()


def test_who_shares_a_loop_does_not_wait_for_what_others_do_there() -> None:
    engine = EngineLoop(own_thread=True)
    turns = 0

    async def never_rest() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def rest() -> int:
        before = turns
        await drained()
        return turns - before

    try:
        busy = SharedLoop(engine).submit(never_rest())
        assert SharedLoop(engine).submit(rest()).result(10) <= 2
        busy.cancel()
    finally:
        engine.stop()
