"""Work in a thread of its own."""

import asyncio
import threading

import pytest

from ringback.serving.aside import aside


def test_work_aside_is_done_in_another_thread_while_the_loop_turns() -> None:
    async def story() -> str:
        turned = threading.Event()

        def work() -> str:
            assert turned.wait(60)
            return threading.current_thread().name

        waiting = asyncio.create_task(aside(work))
        await asyncio.sleep(0)
        turned.set()
        return await waiting

    assert asyncio.run(story()) == "ringback answering"


def test_what_work_aside_raises_is_raised_where_it_is_awaited() -> None:
    def fail() -> None:
        raise ValueError("no audio")

    with pytest.raises(ValueError, match="no audio"):
        asyncio.run(aside(fail))


def test_work_aside_goes_on_when_nobody_waits_any_more() -> None:
    go, done = threading.Event(), threading.Event()

    def work() -> None:
        assert go.wait(60)
        done.set()

    async def story() -> None:
        waiting = asyncio.create_task(aside(work))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        go.set()
        await asyncio.to_thread(done.wait, 10)
        await asyncio.sleep(0)

    asyncio.run(story())
    assert done.is_set()
