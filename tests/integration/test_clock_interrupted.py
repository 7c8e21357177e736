"""Walks that are cancelled or interrupted, and what the next one finds."""

import asyncio
from concurrent.futures import Future

import pytest

from ringback import AsyncEmulator, Emulator
from tests.integration.both_faces import APP, HOOK, Gate, times, wait_until


@pytest.mark.asyncio
async def test_a_cancelled_walk_stays_where_it_was_and_its_attempt_ends_by_itself(
    gate: Gate,
) -> None:
    """I2: after a cancelled walk elapsed is some instant in between."""
    async with AsyncEmulator() as ringback:
        gate._status = 503
        ringback.connect(APP, gate.asgi)
        delivery = ringback.submit("Hello", callback=HOOK)
        gate.opened.release()
        walk = asyncio.create_task(ringback.advance(90))
        for _ in range(2):
            await asyncio.to_thread(gate.wait)
        walk.cancel()
        with pytest.raises(asyncio.CancelledError):
            await walk
        assert ringback.clock.elapsed == 30
        assert delivery.state == "in flight"
        meanwhile = ringback.submit("Meanwhile", callback=HOOK)

        following = asyncio.create_task(ringback.settle())
        await asyncio.sleep(0)
        gate.opened.release(2)
        made = await following
        assert [(each.request_id, each.started_at) for each in made] == [
            (delivery.request_id, 30),
            (meanwhile.request_id, 30),
        ]
        assert ringback.clock.next_due == 60


@pytest.mark.asyncio
async def test_the_attempt_of_a_cancelled_walk_ends_without_another_walk(gate: Gate) -> None:
    async with AsyncEmulator() as ringback:
        ringback.connect(APP, gate.asgi)
        delivery = ringback.submit("Hello", callback=HOOK)
        walk = asyncio.create_task(ringback.settle())
        await asyncio.to_thread(gate.wait)
        walk.cancel()
        with pytest.raises(asyncio.CancelledError):
            await walk
        gate.opened.release()
        await asyncio.to_thread(wait_until, lambda: delivery.settled)
        assert delivery.statuses == [200]
        assert await ringback.settle() == []


@pytest.mark.asyncio
async def test_a_walk_may_be_cancelled_before_it_has_begun() -> None:
    async with AsyncEmulator() as ringback:
        ringback.receiver(APP)
        ringback.submit("Hello", callback=HOOK)
        walk = asyncio.create_task(ringback.advance(90))
        await asyncio.sleep(0)
        walk.cancel()
        with pytest.raises(asyncio.CancelledError):
            await walk
        assert ringback.clock.elapsed == 0
        assert times(await ringback.advance(90)) == [0]


def test_a_keyboard_interrupt_leaves_a_clock_that_works(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It arrives where the test waits; the attempt goes on, and the next verb settles it."""

    def interrupted(self: "Future[object]", timeout: float | None = None) -> object:
        gate.wait()
        raise KeyboardInterrupt

    with Emulator() as ringback:
        ringback.connect(APP, gate.asgi)
        delivery = ringback.submit("Hello", callback=HOOK)
        with monkeypatch.context() as patched:
            patched.setattr(Future, "result", interrupted)
            with pytest.raises(KeyboardInterrupt):
                ringback.advance(30)
        assert (ringback.clock.elapsed, delivery.state) == (0, "in flight")
        gate.opened.release()
        assert times(ringback.settle()) == [0]
        assert delivery.statuses == [200]
