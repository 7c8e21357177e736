"""Eleven attempts beside WireMock's webhooks, whose delays are scaled down, for they are real.

WireMock repeats nothing. So its mapping has eleven webhooks, each with a delay of its own, and they
are sent whatever is answered. The receiver refuses ten times and accepts the eleventh, over a
socket; it is the same for both. What is compared is the real time of a test.
"""

import base64
import http.client
import json
import logging
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

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
from tests.benchmarks.rivals import started_wiremock, wiremock
from tests.benchmarks.starting import free_port

pytestmark = [pytest.mark.benchmark, pytest.mark.needs_tool]

STATUSES = [503] * (ATTEMPTS - 1) + [200]
SECONDS_BETWEEN = 30
SCALE = 1000
"""How many times as fast as the service the webhooks come."""


class Receiver:
    """Refuses ten times, accepts the eleventh, and remembers when each came."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = HTTPServer(host="127.0.0.1", threaded=True)
        self._server.expect_request("/done").respond_with_handler(self._answer)
        self._server.start()
        self._turn = threading.Lock()
        self.came: list[float] = []
        self.all_came = threading.Event()

    @property
    def url(self) -> str:
        """Its origin."""
        return self._server.url_for("").rstrip("/")

    def begin(self) -> None:
        """Forget what came."""
        self.came.clear()
        self.all_came.clear()

    def stop(self) -> None:
        """Listen no longer."""
        self._server.stop()

    def _answer(self, request: Request) -> Response:
        assert len(request.data) > 19_000
        with self._turn:
            self.came.append(time.perf_counter())
            number = len(self.came)
        if number == ATTEMPTS:
            self.all_came.set()
        return Response(status=STATUSES[number - 1])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """One for both."""
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def wiremock_port(tmp_path: Path) -> Iterator[int]:
    """A WireMock that sends eleven webhooks for a request, and has begun to listen."""
    for tool in ("npm", "java"):
        if shutil.which(tool) is None:
            pytest.skip(f"WireMock needs {tool}")
    wiremock(
        tmp_path,
        {
            "request": {"method": "POST", "urlPath": "/v1/speak"},
            "response": {"status": 200, "jsonBody": {"request_id": "anything"}},
            "serveEventListeners": [_webhook(number) for number in range(ATTEMPTS)],
        },
    )
    port = free_port()
    command = started_wiremock(tmp_path, port)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.kill()


def _webhook(number: int) -> dict[str, object]:
    delay = round(1000 * SECONDS_BETWEEN / SCALE * number)
    parameters = {
        "method": "POST",
        "url": "{{originalRequest.query.callback}}",
        "headers": {"content-type": "audio/mpeg"},
        "base64Body": base64.b64encode(bytes(20_000)).decode(),
        "delay": {"type": "fixed", "milliseconds": delay},
    }
    return {"name": "webhook", "parameters": parameters}


def _wait_for(port: int) -> None:
    """Until WireMock says that it is healthy."""
    given_up_at = time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/__admin/health")
            if connection.getresponse().status == 200:
                return
        except ConnectionError:
            time.sleep(0.02)
        finally:
            connection.close()
        assert time.monotonic() < given_up_at


def sent_by_wiremock(port: int, receiver: Receiver) -> None:
    """One test's worth: none may come before its time, by the scale."""
    receiver.begin()
    submitted = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        callback = quote(f"{receiver.url}/done", safe="")
        headers = {"content-type": "application/json"}
        body = json.dumps({"text": TEXT})
        connection.request("POST", f"/v1/speak?callback={callback}", body, headers)
        answer = connection.getresponse()
        answer.read()  # closed before, WireMock sends nothing
        assert answer.status == 200
    finally:
        connection.close()
    assert receiver.all_came.wait(60)
    for number, moment in enumerate(receiver.came):
        assert (moment - submitted) * SCALE >= SECONDS_BETWEEN * number


def sent_by_ours(ringback: Emulator, receiver: Receiver) -> None:
    """The same test, where each has to come at its second."""
    receiver.begin()
    ringback.reset()
    ringback.connect(ORIGIN, receiver.url)
    delivery = ringback.submit(TEXT, callback=CALLBACK)
    ringback.run_until_idle()
    assert delivery.statuses == STATUSES
    offsets = [attempt.offset for attempt in delivery.attempts]
    assert offsets == [SECONDS_BETWEEN * number for number in range(ATTEMPTS)]
    assert len(receiver.came) == ATTEMPTS


def test_eleven_attempts_beside_webhooks(
    table: Table, receiver: Receiver, wiremock_port: int
) -> None:
    """Java has compiled what it runs often, before anything is measured."""
    for _ in range(10):
        sent_by_wiremock(wiremock_port, receiver)
    with Emulator() as ringback:
        pairs = alternate(
            lambda: typical(lambda: sent_by_ours(ringback, receiver), 5),
            lambda: typical(lambda: sent_by_wiremock(wiremock_port, receiver), 3),
            rounds=5,
        )
    table.ratio(
        f"11 attempts over sockets / WireMock's webhooks, {SCALE} times as fast as the service",
        pairs,
        "ms",
        scale=1e3,
        gate=1,
    )
