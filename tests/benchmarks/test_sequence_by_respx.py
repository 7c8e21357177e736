"""Eleven attempts beside what is written by hand without a socket: respx, and an injected sleep.

The receiver refuses ten times and accepts the eleventh. What is compared is the real time from the
submission to the last outcome, and the assertion on when each attempt was made.
"""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from ringback import Emulator
from tests.benchmarks.measuring import (
    ATTEMPTS,
    CALLBACK,
    ORIGIN,
    TEXT,
    Table,
    alternate,
    typical,
)

pytestmark = pytest.mark.benchmark

STATUSES = [503] * (ATTEMPTS - 1) + [200]
OFFSETS = [30.0 * number for number in range(ATTEMPTS)]

Sleep = Callable[[float], Awaitable[None]]


class Dispatcher:
    """An application's own: posts until it is accepted, and sleeps by what it was given."""

    def __init__(self, client: httpx.AsyncClient, sleep: Sleep) -> None:
        self._client = client
        self._sleep = sleep

    async def deliver(self, url: str, audio: bytes) -> None:
        """Try, and try again half a minute later, ten times."""
        for number in range(ATTEMPTS):
            if number:
                await self._sleep(30)
            response = await self._client.post(url, content=audio)
            if response.is_success:
                return


class Time:
    """What an injected sleep counts, for it waits for nothing."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds have passed."""
        self.seconds += seconds


async def mocked(client: httpx.AsyncClient, audio: bytes) -> None:
    """One test's worth."""
    import respx  # it comes with the extra `docs`, which the other tests do without

    time, offsets = Time(), list[float]()

    def answer(_: httpx.Request) -> httpx.Response:
        offsets.append(time.seconds)
        return httpx.Response(STATUSES[len(offsets) - 1])

    with respx.mock as mock:
        route = mock.post(CALLBACK).mock(side_effect=answer)
        await Dispatcher(client, time.sleep).deliver(CALLBACK, audio)
        assert [call.response.status_code for call in route.calls] == STATUSES
    assert offsets == OFFSETS


def emulated(ringback: Emulator) -> None:
    """The same test with ours, its fixture's reset included."""
    ringback.reset()
    ringback.receiver(ORIGIN, replies=STATUSES)
    delivery = ringback.submit(TEXT, callback=CALLBACK)
    ringback.run_until_idle()
    assert delivery.statuses == STATUSES
    assert [attempt.offset for attempt in delivery.attempts] == OFFSETS


def test_eleven_attempts_beside_respx(table: Table) -> None:
    """One client and one loop for all of its tests, and the client reads no certificates."""
    with Emulator() as ringback, asyncio.Runner() as runner:
        audio = ringback.submit(TEXT, callback=CALLBACK).audio
        client = httpx.AsyncClient(verify=False)
        try:
            pairs = alternate(
                lambda: typical(lambda: emulated(ringback), 41),
                lambda: typical(lambda: runner.run(mocked(client, audio)), 21),
                rounds=11,
            )
        finally:
            runner.run(client.aclose())
    table.ratio(
        "11 attempts, scripted receiver / respx, httpx and a dispatcher with an injected sleep",
        pairs,
        "ms",
        scale=1e3,
        gate=1,
    )
