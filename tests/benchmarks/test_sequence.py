"""What eleven attempts cost: five minutes of retries, as one test of a suite runs them.

The receiver answers 500 each time. What is compared is the real time from the submission to the
eleventh outcome, with 20 KB of audio in each attempt.
"""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import httpx
import pytest
from freezegun import freeze_time
from pytest_httpserver import HTTPServer

from ringback import Emulator
from tests.benchmarks.clients import CLIENTS, Client
from tests.benchmarks.measuring import (
    ATTEMPTS,
    CALLBACK,
    ORIGIN,
    TEXT,
    Table,
    alternate,
    receiver,
    typical,
)

pytestmark = pytest.mark.benchmark

WAIT = timedelta(seconds=30)


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    """An emulator without a plugin around it."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def audio(ringback: Emulator) -> bytes:
    """What the attempts carry."""
    delivery = ringback.submit(TEXT, callback=CALLBACK)
    assert 19_000 < len(delivery.audio) < 22_000
    return delivery.audio


def sequence(ringback: Emulator) -> None:
    """Submit, and let all attempts happen."""
    delivery = ringback.submit(TEXT, callback=CALLBACK)
    ringback.run_until_idle()
    assert delivery.statuses == [500] * ATTEMPTS


def test_eleven_attempts_to_a_scripted_receiver(
    table: Table, ringback: Emulator, audio: bytes
) -> None:
    """Beside eleven round trips of the same body on one kept-alive blocking socket.

    Its receiver has a core of its own. Where the scheduler puts both on one core, which it does at
    times, the round trips cost a third.
    """

    def ours() -> float:
        ringback.reset()
        ringback.receiver(ORIGIN, replies=[500])
        return typical(lambda: sequence(ringback), 41)

    head = f"POST /done HTTP/1.1\r\nhost: app.example\r\ncontent-length: {len(audio)}\r\n\r\n"
    request = head.encode() + audio

    def round_trips() -> None:
        for _ in range(ATTEMPTS):
            connection.sendall(request)
            assert connection.recv(65536).startswith(b"HTTP/1.1 500")

    with (
        receiver(500, apart=True) as port,
        socket.create_connection(("127.0.0.1", port)) as connection,
    ):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pairs = alternate(ours, lambda: typical(round_trips, 41), rounds=11)
    table.ratio(
        "11 attempts, scripted receiver / 11 round trips on a kept blocking socket",
        pairs,
        "ms",
        scale=1e3,
        budget=0.7,
        gate=2,
    )


async def app(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads all of it, and refuses."""
    await receive()
    await send({"type": "http.response.start", "status": 500, "headers": []})
    await send({"type": "http.response.body"})


def test_eleven_attempts_to_an_application(table: Table, ringback: Emulator, audio: bytes) -> None:
    """Beside eleven requests of the same body by httpx's transport for applications."""

    def ours() -> float:
        ringback.reset()
        ringback.connect(ORIGIN, app)
        return typical(lambda: sequence(ringback), 21)

    async def by_httpx() -> float:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            spans = []
            for _ in range(11):
                begun = time.perf_counter()
                for _ in range(ATTEMPTS):
                    response = await client.post("/done", content=audio)
                    assert response.status_code == 500
                spans.append(time.perf_counter() - begun)
            return median(spans)

    table.ratio(
        "11 attempts, an application of this process / 11 requests by httpx.ASGITransport",
        alternate(ours, lambda: asyncio.run(by_httpx())),
        "ms",
        scale=1e3,
        budget=1,
        gate=2,
    )


@pytest.mark.parametrize("name", CLIENTS)
def test_eleven_attempts_over_sockets(
    table: Table, ringback: Emulator, audio: bytes, name: str
) -> None:
    """Beside what is written by hand for want of us, with everything done right."""

    def ours() -> float:
        ringback.reset()
        ringback.connect(ORIGIN, f"http://127.0.0.1:{port}")
        return typical(lambda: sequence(ringback), 11)

    with receiver(500) as port, Handwritten(audio, CLIENTS[name]()) as handwritten:
        pairs = alternate(ours, lambda: typical(handwritten.sequence, 5))
    table.ratio(
        f"11 attempts over sockets / pytest-httpserver, thread, {name}, freezegun",
        pairs,
        "ms",
        scale=1e3,
        budget=0.25,
        gate=0.8,
    )


class Handwritten:
    """A dispatcher in a thread, pytest-httpserver as its receiver, freezegun as its clock.

    All done right: one server and one client for all tests, and no polling. The thread waits on a
    condition, which the test notifies when it has moved the frozen time.
    """

    def __init__(self, audio: bytes, client: Client) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._audio = audio
        self._client = client
        self._server = HTTPServer()
        self._server.start()

    def __enter__(self) -> "Handwritten":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.stop()

    def sequence(self) -> None:
        """One test's worth."""
        self._server.clear()
        self._server.expect_request("/done", method="POST").respond_with_data(status=500)
        url = self._server.url_for("/done")
        moved, ended = threading.Condition(), threading.Semaphore(0)

        def wait_until(due: datetime) -> None:
            with moved:
                moved.wait_for(lambda: datetime.now(UTC) >= due)

        def dispatch() -> None:
            due = datetime.now(UTC)
            for _ in range(ATTEMPTS):
                wait_until(due)
                assert self._client.post(url, self._audio) == (500, b"")
                due = datetime.now(UTC) + WAIT
                ended.release()

        with freeze_time("2026-01-01") as frozen:
            thread = threading.Thread(target=dispatch)
            thread.start()
            for _ in range(ATTEMPTS):
                ended.acquire()
                with moved:
                    frozen.tick(WAIT)
                    moved.notify()
            thread.join()
        assert len(self._server.log) == ATTEMPTS
