"""An emulator of the test's own loop is moved over HTTP too, by whoever leaves that loop free."""

import asyncio

import pytest

from ringback import AsyncEmulator, Client, RingbackError
from tests.integration.both_faces import APP, HOOK, Application


@pytest.mark.asyncio
async def test_time_is_moved_from_outside_while_the_loop_is_free() -> None:
    async with AsyncEmulator() as ringback:
        app = Application(status=503)
        ringback.connect(APP, app.asgi)
        delivery = ringback.submit("Hello", callback=HOOK)
        await ringback.settle()
        with Client(ringback.url) as client:
            await asyncio.to_thread(client.run_until_idle)
        assert len(delivery.attempts) == 11
        assert not app.errors


@pytest.mark.asyncio
async def test_a_loop_that_nobody_has_awaited_yet_is_asked_for() -> None:
    async with AsyncEmulator() as ringback:
        ringback.connect(APP, Application().asgi)
        delivery = ringback.submit("Hello", callback=HOOK)
        with Client(ringback.url) as client, pytest.raises(RingbackError, match="await"):
            await asyncio.to_thread(client.run_until_idle)
        await ringback.run_until_idle()
        assert delivery.statuses == [200]


@pytest.mark.asyncio
async def test_it_begins_again_from_outside() -> None:
    async with AsyncEmulator() as ringback:
        ringback.submit("Hello", callback=HOOK)
        with Client(ringback.url) as client:
            await asyncio.to_thread(client.reset)
        assert not ringback.deliveries
        ringback.receiver(APP)
        delivery = ringback.submit("Hello again", callback=HOOK)
        await ringback.run_until_idle()
        assert delivery.statuses == [200]
