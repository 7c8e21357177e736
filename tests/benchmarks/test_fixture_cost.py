"""What a test pays for its fixture: the beginning, one request of its own, and the end."""

import logging
from collections.abc import Iterator
from contextlib import closing

import pytest
from pytest_httpserver import HTTPServer

from ringback import Emulator
from ringback.serving.server import Server
from tests.benchmarks.clients import CLIENTS
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


@pytest.mark.parametrize("name", CLIENTS)
def test_a_fixture_with_one_post(
    table: Table, ringback_server: Server, theirs: HTTPServer, name: str
) -> None:
    """Beside pytest-httpserver's fixture and one POST that is answered with the same bytes."""
    with (
        Emulator(server=ringback_server) as ringback,
        closing(CLIENTS[name]()) as client,
    ):
        headers = {
            "content-type": "application/json",
            "authorization": f"Token {ringback.api_key}",
        }

        def post(base: str) -> bytes:
            status, body = client.post(f"{base}/v1/speak", REQUEST, headers)
            assert status == 200
            return body

        def reset_and_post() -> None:
            ringback.reset()
            assert post(ringback.url) == audio

        def clear_and_post() -> None:
            theirs.clear()
            theirs.expect_request("/v1/speak", method="POST").respond_with_data(
                audio, content_type="audio/mpeg"
            )
            assert post(base) == audio

        audio = post(ringback.url)
        base = theirs.url_for("").rstrip("/")
        pairs = alternate(
            lambda: typical(reset_and_post, 101), lambda: typical(clear_and_post, 101)
        )
    table.ratio(
        f"a test's fixture: reset + one POST by {name} / pytest-httpserver's + the same",
        pairs,
        "ms",
        scale=1e3,
        budget=1.3,
        gate=3,
    )


def test_a_reset_alone(table: Table, ringback_server: Server) -> None:
    """Without a request."""
    with Emulator(server=ringback_server) as ringback:
        table.figure(
            "a test's fixture: reset alone",
            typical(ringback.reset, 201) * 1e3,
            "ms",
            budget=0.1,
            gate=0.5,
        )
