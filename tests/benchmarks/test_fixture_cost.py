"""What a test pays for its fixture: beginning, one request, end."""

import http.client
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from ringback import Emulator

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer
    from ringback.serving.server import Server

    from tests.benchmarks.conftest import Bench

    Stopwatch = Callable[[Callable[[], object]], float]

pytestmark = pytest.mark.benchmark

TIMES = 50
"""Fixtures per round."""

TEXT = "Your order has been packed, and it will be with you on Tuesday."
REQUEST = b'{"text":"%s"}' % TEXT.encode()


def post(port: int, headers: dict[str, str]) -> bytes:
    """One request as a test's client makes it: over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("POST", "/v1/speak", REQUEST, headers)
        response = connection.getresponse()
        assert response.status == 200
        return response.read()
    finally:
        connection.close()


@pytest.fixture
def ours(ringback_server: "Server") -> Iterator[Emulator]:
    """An emulator behind the plugin's own server."""
    with Emulator(server=ringback_server) as emulator:
        yield emulator


@pytest.fixture
def theirs() -> "Iterator[HTTPServer]":
    """pytest-httpserver's server, as its plugin starts it: once."""
    from pytest_httpserver import HTTPServer

    server = HTTPServer()
    server.start()
    yield server
    server.stop()


def test_reset_and_one_post(
    bench: "Bench",
    stopwatch: "Stopwatch",
    ours: Emulator,
    ringback_server: "Server",
    theirs: "HTTPServer",
) -> None:
    """Against pytest-httpserver's fixture, which clears the server, and one POST of the same."""
    headers = {"content-type": "application/json", "authorization": f"Token {ours.api_key}"}
    audio = post(ringback_server.port, headers)

    def one_of_ours() -> None:
        ours.reset()
        assert len(post(ringback_server.port, headers)) == len(audio)
        assert not any(ours.leftovers().values())

    def one_of_theirs() -> None:
        theirs.clear()
        theirs.expect_request("/v1/speak", method="POST").respond_with_data(
            audio, content_type="audio/mpeg"
        )
        assert len(post(theirs.port, headers)) == len(audio)

    pairs = bench.alternate(
        lambda: stopwatch(lambda: [one_of_ours() for _ in range(TIMES)]) / TIMES,
        lambda: stopwatch(lambda: [one_of_theirs() for _ in range(TIMES)]) / TIMES,
        rounds=9,
    )
    bench.ratio(
        "fixture: reset + one POST / pytest-httpserver's fixture + one POST",
        pairs,
        "ms",
        factor=1e3,
        at_most=1.3,
        gate=2,
    )


def test_reset_alone(bench: "Bench", stopwatch: "Stopwatch", ours: Emulator) -> None:
    """Without a request."""
    rounds = [stopwatch(lambda: [ours.reset() for _ in range(TIMES)]) / TIMES for _ in range(15)]
    bench.figure("fixture: reset alone", sorted(rounds)[7] * 1e3, "ms", at_most=0.1, gate=0.5)
