"""What the dispatcher spends, in CPU, on bringing 20 KB over a socket.

The reference is the least that asyncio can do: a Protocol written for this one exchange, with a
connection of its own too, that looks for a status line and checks nothing. The receiver runs in
another process, whose time is not counted.
"""

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from ringback import AsyncEmulator, Settings
from ringback.clock.guard import set_alarm
from ringback.core.message import CallbackMessage
from ringback.sending.http import HttpSender
from ringback.sending.sender import UNLIMITED

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Bench

pytestmark = pytest.mark.benchmark

AT_ONCE = 32
DELIVERIES = 640
"""Deliveries per round: many times `AT_ONCE`."""

TEXT = "Your order has been packed, and it will be with you on Tuesday."
CALLBACK = "https://app.example/done"


class Minimal(asyncio.Protocol):
    """Sends some bytes, and takes what comes first for the answer."""

    def __init__(self, request: bytes, done: "asyncio.Future[int]") -> None:
        self._request = request
        self._done = done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._transport.close()
        self._done.set_result(int(data[9:12]))


async def minimal(deliveries: int, at_once: int, port: int, request: bytes) -> float:
    """CPU seconds per delivery of the reference."""
    loop = asyncio.get_running_loop()

    async def deliver() -> None:
        for _ in range(deliveries // at_once):
            done: asyncio.Future[int] = loop.create_future()
            await loop.create_connection(lambda done=done: Minimal(request, done), "127.0.0.1", port)  # type: ignore[misc]
            assert await done == 200

    begun = time.process_time()
    await asyncio.gather(*(deliver() for _ in range(at_once)))
    return (time.process_time() - begun) / deliveries


async def bare_sender(deliveries: int, at_once: int, port: int, message: CallbackMessage) -> float:
    """CPU seconds per delivery of our sender alone."""
    sender = HttpSender(set_alarm, base=("http", "127.0.0.1", port))

    async def deliver() -> None:
        from ringback.core.callback import split

        endpoint = split(CALLBACK)
        for _ in range(deliveries // at_once):
            outcome = await sender.send(message, endpoint, UNLIMITED)
            assert outcome.word == "200"

    begun = time.process_time()
    await asyncio.gather(*(deliver() for _ in range(at_once)))
    return (time.process_time() - begun) / deliveries


async def dispatcher(deliveries: int, at_once: int, port: int) -> float:
    """CPU seconds per delivery of all of it: submission, clock, journal, message and sender.

    The clock runs by itself. A new job is submitted when an attempt ends, so that *at_once* of
    them are always under way.
    """
    async with AsyncEmulator(Settings(clock="real")) as ringback:
        ringback.connect("https://app.example", f"http://127.0.0.1:{port}")
        engine = ringback._service.engine
        engine._slots = asyncio.Semaphore(at_once)
        for _ in range(deliveries):
            ringback.submit(TEXT, callback=CALLBACK)
        begun = time.process_time()
        while engine.dispatcher.pending:
            await asyncio.sleep(0.02)
        return (time.process_time() - begun) / deliveries


def test_x(bench: "Bench") -> None:
    async def sample() -> CallbackMessage:
        async with AsyncEmulator() as ringback:
            ringback.receiver("https://app.example")
            delivery = ringback.submit(TEXT, callback=CALLBACK)
            await ringback.run_until_idle()
            return delivery.attempts[0].request

    message = asyncio.run(sample())
    head = f"POST /done HTTP/1.1\r\nhost: app.example\r\nconnection: close\r\ncontent-length: {len(message.body)}\r\n\r\n"
    request = head.encode() + message.body
    with bench.receiver(200) as port:
        for n in (1, AT_ONCE):
            for f in (bare_sender,):
                pairs = bench.alternate(
                    lambda: asyncio.run(f(DELIVERIES, n, port, message)),
                    lambda: asyncio.run(minimal(DELIVERIES, n, port, request)),
                    5,
                )
                bench.ratio(f"sender {n}", pairs, "µs", factor=1e6)
            pairs = bench.alternate(
                lambda: asyncio.run(dispatcher(DELIVERIES, n, port)),
                lambda: asyncio.run(minimal(DELIVERIES, n, port, request)),
                5,
            )
            bench.ratio(f"dispatcher {n}", pairs, "µs", factor=1e6)
