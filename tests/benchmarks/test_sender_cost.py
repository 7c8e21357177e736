"""What the dispatcher spends, in CPU, on bringing 20 KB over a socket.

The reference is the least that asyncio can do: a Protocol written for this one exchange, with a
connection of its own too, that takes what comes first for the answer. The receiver runs in another
process, whose time is not counted.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from ringback import AsyncEmulator, Emulator, Settings
from tests.benchmarks.measuring import CALLBACK, ORIGIN, TEXT, Table, alternate, receiver

pytestmark = pytest.mark.benchmark

AT_ONCE = 32
DELIVERIES = 20 * AT_ONCE


class Minimal(asyncio.Protocol):
    """Sends some bytes, and reads a status from what comes first."""

    def __init__(self, request: bytes) -> None:
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._request = request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send all."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take the status, and close."""
        self.status.set_result(int(data[9:12]))
        self._transport.close()


async def by_hand(port: int, at_once: int, audio: bytes) -> float:
    """CPU seconds per delivery of the reference."""
    head = f"POST /done HTTP/1.1\r\nhost: app.example\r\ncontent-length: {len(audio)}\r\n"
    request = f"{head}connection: close\r\n\r\n".encode() + audio
    loop = asyncio.get_running_loop()

    async def deliver() -> None:
        for _ in range(DELIVERIES // at_once):
            _, exchange = await loop.create_connection(lambda: Minimal(request), "127.0.0.1", port)
            assert await exchange.status == 200

    begun = time.process_time()
    await asyncio.gather(*(deliver() for _ in range(at_once)))
    return (time.process_time() - begun) / DELIVERIES


async def by_dispatcher(port: int, at_once: int) -> float:
    """CPU seconds per delivery of ours: clock, journal, message and sender, all of it.

    The clock flows, everything is due at once, and so many attempts are let go at a time.
    """
    async with AsyncEmulator(Settings(clock="real")) as ringback:
        ringback.connect(ORIGIN, f"http://127.0.0.1:{port}")
        service = ringback._service
        service.clock.agenda.slots = at_once
        for _ in range(DELIVERIES):
            ringback.submit(TEXT, callback=CALLBACK)
        ended = asyncio.Event()
        ringback.journal.on_append = lambda _: (
            None if service.engine.dispatcher.pending else ended.set()
        )
        begun = time.process_time()
        await ended.wait()
        spent = time.process_time() - begun
        assert all(delivery.statuses == [200] for delivery in ringback.deliveries)
    return spent / DELIVERIES


def cpu(measure: Callable[..., Awaitable[float]], *arguments: object) -> Callable[[], float]:
    """What a coroutine measures on a loop of its own."""

    async def measured() -> float:
        return await measure(*arguments)

    return lambda: asyncio.run(measured())


@pytest.fixture
def audio() -> bytes:
    """What is delivered."""
    with Emulator() as ringback:
        return ringback.submit(TEXT, callback=CALLBACK).audio


@pytest.mark.parametrize("at_once", [AT_ONCE, 1])
def test_a_delivery_beside_a_protocol_by_hand(table: Table, audio: bytes, at_once: int) -> None:
    """The same bytes to the same receiver."""
    with receiver(200) as port:
        pairs = alternate(cpu(by_dispatcher, port, at_once), cpu(by_hand, port, at_once, audio))
    table.ratio(
        f"CPU per 20 KB delivery, {at_once} at once / a Protocol by hand",
        pairs,
        "µs",
        scale=1e6,
        budget=4.5,
        gate=8,
    )


def test_many_at_once_are_no_dearer_than_one_at_a_time(table: Table) -> None:
    """Per delivery."""
    with receiver(200) as port:
        pairs = alternate(cpu(by_dispatcher, port, AT_ONCE), cpu(by_dispatcher, port, 1))
    table.ratio(
        f"CPU per 20 KB delivery, {AT_ONCE} at once / one at a time",
        pairs,
        "µs",
        scale=1e6,
        budget=1,
        gate=1.6,
    )
