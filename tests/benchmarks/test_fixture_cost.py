"""What a test pays for its fixture: the beginning, one request of its own, and the end."""

import http.client
import logging
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from ringback import Emulator
from ringback.serving.server import Server
from tests.benchmarks.measuring import TEXT, Table, alternate, typical

pytestmark = pytest.mark.benchmark

REQUEST = b'{"text":"%s"}' % TEXT.encode()


@pytest.fixture
def theirs() -> Iterator[HTTPServer]:
    """pytest-httpserver's server, as its plugin starts it: once. It logs nothing."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = HTTPServer()
    server.start()
    yield server
    server.stop()


def post(port: int, key: str) -> bytes:
    """One request as a test's client makes it: over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        headers = {"content-type": "application/json", "authorization": f"Token {key}"}
        connection.request("POST", "/v1/speak", REQUEST, headers)
        response = connection.getresponse()
        assert response.status == 200
        return response.read()
    finally:
        connection.close()


def test_a_fixture_with_one_post(table: Table, ringback_server: Server, theirs: HTTPServer) -> None:
    """Beside pytest-httpserver's fixture and one POST that is answered with the same bytes."""
    with Emulator(server=ringback_server) as ringback:
        audio = post(ringback_server.port, ringback.api_key)

        def reset_and_post() -> None:
            ringback.reset()
            post(ringback_server.port, ringback.api_key)

        def clear_and_post() -> None:
            theirs.clear()
            theirs.expect_request("/v1/speak", method="POST").respond_with_data(
                audio, content_type="audio/mpeg"
            )
            assert post(theirs.port, "any") == audio

        pairs = alternate(
            lambda: typical(reset_and_post, 101), lambda: typical(clear_and_post, 101)
        )
    table.ratio(
        "a test's fixture: reset + one POST / pytest-httpserver's + one POST",
        pairs,
        "ms",
        scale=1e3,
        budget=1.3,
        gate=2.5,
    )


def test_a_reset_alone(table: Table, ringback_server: Server) -> None:
    """Without a request, which is what most of the above is."""
    with Emulator(server=ringback_server) as ringback:
        table.figure(
            "a test's fixture: reset alone",
            typical(ringback.reset, 201) * 1e3,
            "ms",
            budget=0.1,
            gate=0.5,
        )
