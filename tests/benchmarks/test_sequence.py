"""What eleven attempts cost: five minutes of retries, as one test of a suite runs them.

The receiver answers 500 each time. What is compared is the real time from the submission to the
eleventh outcome, audio (about 20 KB) included.
"""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from ringback import Emulator

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Bench

    Stopwatch = Callable[[Callable[[], object]], float]

pytestmark = pytest.mark.benchmark

ATTEMPTS = 11
TIMES = 10
"""Sequences per round."""

TEXT = "Your order has been packed, and it will be with you on Tuesday."
CALLBACK = "https://app.example/done"
WAIT = timedelta(seconds=30)


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    """An emulator without a plugin around it."""
    with Emulator() as emulator:
        yield emulator


def sequence(ringback: Emulator) -> None:
    """Submit, and let all attempts happen."""
    delivery = ringback.submit(TEXT, callback=CALLBACK)
    ringback.run_until_idle()
    assert delivery.statuses == [500] * ATTEMPTS


def audio_of(ringback: Emulator) -> bytes:
    """What the attempts carry."""
    delivery = ringback.submit(TEXT, callback=CALLBACK)
    ringback.cancel(delivery, "only its audio is wanted")
    return delivery.audio


def test_eleven_attempts_to_a_scripted_receiver(
    bench: "Bench", stopwatch: "Stopwatch", ringback: Emulator
) -> None:
    """Against eleven round trips of the same body on one kept-alive blocking socket."""
    audio = audio_of(ringback)

    def ours() -> float:
        ringback.reset()
        ringback.receiver("https://app.example", replies=[500])
        return stopwatch(lambda: [sequence(ringback) for _ in range(TIMES)]) / TIMES

    head = f"POST /done HTTP/1.1\r\nhost: app.example\r\ncontent-length: {len(audio)}\r\n\r\n"

    def round_trips() -> None:
        for _ in range(ATTEMPTS * TIMES):
            connection.sendall(head.encode() + audio)
            assert connection.recv(65536).startswith(b"HTTP/1.1 500")

    with bench.receiver(500) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pairs = bench.alternate(ours, lambda: stopwatch(round_trips) / TIMES, rounds=15)
    bench.ratio(
        "11 attempts, scripted receiver / 11 kept-alive round trips on a blocking socket",
        pairs,
        "ms",
        factor=1e3,
        at_most=0.7,
        gate=1.5,
    )


def test_eleven_attempts_over_sockets(
    bench: "Bench", stopwatch: "Stopwatch", ringback: Emulator
) -> None:
    """Against what people write today, done right: see `Handwritten`."""
    audio = audio_of(ringback)

    def ours() -> float:
        ringback.reset()
        ringback.connect("https://app.example", f"http://127.0.0.1:{port}")
        return stopwatch(lambda: [sequence(ringback) for _ in range(TIMES)]) / TIMES

    handwritten = Handwritten(audio)
    try:
        with bench.receiver(500) as port:
            pairs = bench.alternate(ours, lambda: stopwatch(handwritten.sequence), rounds=7)
    finally:
        handwritten.stop()
    bench.ratio(
        "11 attempts over sockets / pytest-httpserver + thread + freezegun",
        pairs,
        "ms",
        factor=1e3,
        at_most=0.25,
        gate=0.5,
    )


class Handwritten:
    """A dispatcher in a thread, pytest-httpserver as its receiver, freezegun as its clock.

    Everything is done right: one server for all tests, no client library, no polling. The thread
    waits on a condition that the test notifies when it has moved the frozen time.
    """

    def __init__(self, audio: bytes) -> None:
        from pytest_httpserver import HTTPServer

        self._audio = audio
        self._server = HTTPServer()
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def sequence(self) -> None:
        from freezegun import freeze_time

        self._server.clear()
        self._server.expect_request("/done", method="POST").respond_with_data("", status=500)
        moved, ended = threading.Condition(), threading.Semaphore(0)

        def dispatch() -> None:
            due = datetime.now()
            for _ in range(ATTEMPTS):
                with moved:
                    moved.wait_for(lambda: datetime.now() >= due)
                assert self._post() == 500
                due = datetime.now() + WAIT
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

    def _post(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port)
        try:
            connection.request("POST", "/done", self._audio)
            return connection.getresponse().status
        finally:
            connection.close()
