"""`ringback serve` as a process of its own: what it says, and how it ends."""

import fcntl
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlencode

import httpx
import pytest
from websockets.sync.client import connect

READY = re.compile(r"ringback ready url=http://127\.0\.0\.1:(?P<port>\d+) clock=(\S+) pid=(\d+)\n")
HOOK = "https://app.example/hook"
ONE_PENDING = "ringback stopped with 1 delivery pending\n"
ALL_SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])


class Serve:
    """A `ringback serve` that has said that it is ready."""

    def __init__(self, process: "subprocess.Popen[str]", ready: str, started_in: float) -> None:
        self.process = process
        self.ready = ready
        self.started_in = started_in
        match = READY.fullmatch(ready)
        assert match, ready
        self.port = int(match["port"])

    def line(self) -> str:
        """The next line, as soon as it is written."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def speak(self, callback: str | None = HOOK, key: str = "anybody's") -> str:
        """Have a text spoken, and return the request id, or nothing if the answer is audio."""
        query = "?" + urlencode({"callback": callback}) if callback else ""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"authorization": f"Token {key}", "content-type": "application/json"}
            connection.request("POST", f"/v1/speak{query}", b'{"text": "Hello"}', headers)
            answer = connection.getresponse()
            assert answer.status == 200
            body = answer.read()
            return str(json.loads(body)["request_id"]) if callback else ""
        finally:
            connection.close()

    def end(self, *signals: signal.Signals) -> tuple[int, str, str]:
        """Send *signals*, and return the exit code, what was still said, and the error output."""
        for number in signals:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@contextmanager
def serving(*options: str, port: int = 0) -> Iterator[Serve]:
    """Run `ringback serve`, and end it whatever happens."""
    began = time.monotonic()
    with start(*options, port=port) as process:
        # A test that goes wrong must not wait for a line that never comes.
        watchdog = threading.Timer(30, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            yield Serve(process, process.stdout.readline(), time.monotonic() - began)
        finally:
            watchdog.cancel()
            process.kill()


def start(*options: str, port: int = 0) -> "subprocess.Popen[str]":
    """Start `ringback serve` on *port*."""
    return subprocess.Popen(
        [sys.executable, "-m", "ringback", "serve", "--port", str(port), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def failing_twice() -> Iterator[str]:
    """The base URL of a receiver that answers 503, 503 and then 204."""
    statuses = iter((503, 503, 204))

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(next(statuses))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def silent_receiver() -> Iterator[str]:
    """The base URL of a receiver that takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield "http://127.0.0.1:{1}".format(*listener.getsockname())


def test_the_ready_line_is_true_at_once() -> None:
    with serving() as served:
        served.speak(callback=None)
        assert served.ready == (
            f"ringback ready url=http://127.0.0.1:{served.port} clock=real"
            f" pid={served.process.pid}\n"
        )
        assert re.fullmatch(r"\+[\d.]+s speak 200 audio request=\S+\n", served.line())


def test_each_step_of_a_stream_is_a_line() -> None:
    with serving("--clock", "paused") as served:
        url = f"ws://127.0.0.1:{served.port}/v1/speak"
        with connect(url, additional_headers={"authorization": "Token any"}, proxy=None) as stream:
            for message in ({"type": "Speak", "text": "Hello"}, {"type": "Flush"}, {}):
                stream.send(json.dumps(message))
            said = [re.sub(r"request=\S+", "request=…", served.line()) for _ in range(3)]
    assert said == [
        "+0s stream 101 opened request=…\n",
        "+0s stream flushed 5 characters request=…\n",
        "+0s stream closed 1008 DATA-0000 (Commands are Speak (with text), Flush, Clear and Close.)"
        " request=…\n",
    ]


def test_each_attempt_is_a_line(failing_twice: str) -> None:
    # A million seconds a second, so that the retries are there before anybody has to wait.
    with serving("--clock", "x1000000", "--connect", f"https://app.example={failing_twice}") as it:
        request = it.speak()
        accepted, *attempts = (it.line() for _ in range(4))
        end = it.end(signal.SIGTERM)

    assert "clock=x1000000" in it.ready
    assert re.fullmatch(
        rf"\+[\d.]+s speak 200 accepted request={request} callback={re.escape(HOOK)}\n", accepted
    )
    said = [re.sub(r"[\d.]+s", "…s", line) for line in attempts]
    tail = f"request={request} (answered"
    assert said == [
        f"+…s attempt 1 POST {HOOK} '503' next=+…s {tail} 503)\n",
        f"+…s attempt 2 POST {HOOK} '503' next=+…s {tail} 503)\n",
        f"+…s attempt 3 POST {HOOK} '204' delivered {tail} 204)\n",
    ]
    assert end == (0, "", "")


def test_a_real_clock_delivers_at_once(failing_twice: str) -> None:
    with serving("--connect", f"https://app.example={failing_twice}") as served:
        served.speak()
        served.line()
        assert f"attempt 1 POST {HOOK} '503' next=+30." in served.line()


@ALL_SIGNALS
def test_a_signal_ends_it_cleanly_within_a_second(number: signal.Signals) -> None:
    with serving("--clock", "paused") as served:
        request_id = served.speak()
        accepted = served.line()
        began = time.monotonic()
        end = served.end(number)
        took = time.monotonic() - began

    assert "accepted" in accepted
    assert end == (0, f"{ONE_PENDING}pending request={request_id} callback={HOOK}\n", "")
    # Starting is the measure of how busy the machine is.
    assert took < max(1, served.started_in)


def test_a_signal_waits_for_no_receiver_and_no_client(silent_receiver: str) -> None:
    with (
        serving("--connect", f"https://app.example={silent_receiver}") as served,
        socket.create_connection(("127.0.0.1", served.port)) as idle,
    ):
        idle.sendall(b"POST /v1/speak HTTP/1.1\r\n")
        request_id = served.speak()
        served.line()
        end = served.end(signal.SIGTERM)

    assert end == (0, f"{ONE_PENDING}pending request={request_id} callback={HOOK}\n", "")


def test_signals_that_come_during_the_end_do_not_change_it() -> None:
    with serving("--clock", "paused") as served:
        request_id = served.speak()
        served.line()
        served.process.send_signal(signal.SIGINT)
        stopped = [served.line(), served.line()]
        end = served.end(signal.SIGINT, signal.SIGTERM)

    assert stopped == [ONE_PENDING, f"pending request={request_id} callback={HOOK}\n"]
    assert end == (0, "", "")


def test_a_reader_that_stops_reading_delays_neither_answers_nor_the_end() -> None:
    with serving("--clock", "paused") as served:
        assert served.process.stdout is not None
        fcntl.fcntl(served.process.stdout, fcntl.F_SETPIPE_SZ, 4096)
        for _ in range(64):  # twice what the pipe holds
            served.speak()
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(timeout=30) == 0


def test_a_reader_that_goes_away_changes_nothing() -> None:
    with serving() as served:
        assert served.process.stdout is not None
        served.process.stdout.close()
        for _ in range(3):
            served.speak(callback=None)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(timeout=30) == 0
        assert served.process.stderr is not None
        assert served.process.stderr.read() == ""


def test_a_port_in_use_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start(port=port) as process:
            said, complaint = process.communicate(timeout=30)

    assert process.returncode == 4
    assert said == ""
    assert complaint == (
        f"Error: port {port} on 127.0.0.1 is in use; choose another, or 0 to have one picked\n"
    )


def test_a_setting_is_given_by_name_and_in_yaml() -> None:
    with serving("--set", "request_failure=429", "--set", "permitted_ports=[81]") as served:
        answer = httpx.post(
            f"http://127.0.0.1:{served.port}/v1/speak",
            params={"callback": "http://app.example:81/"},
            json={"text": "Hello"},
            headers={"authorization": "Token any"},
            trust_env=False,
        )
        assert (answer.status_code, answer.json()["err_code"]) == (429, "Too Many Requests")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("retries", "'retries': write NAME=VALUE, with the equals sign"),
        ("retrys=3", "unknown setting 'retrys'; did you mean 'retries'?"),
        ("retries=[", "retries: '[' is no YAML value"),
        ("retries=many", "retries is 0 or more, not 'many'"),
        ("request_failure={wait: 5}", "a failure has no 'wait', but status, code"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_before_anything_starts(
    change: str, complaint: str
) -> None:
    with start("--set", change) as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert complaint in err


def test_a_page_of_a_stranger_is_refused_in_one_line_of_the_log_and_may_be_allowed() -> None:
    stranger = "https://evil.example"
    with serving(
        "--allow-origin", "https://app.example", "--allow-host-header", "rb.test"
    ) as serve:
        url = f"http://127.0.0.1:{serve.port}/v1/models"
        assert httpx.get(url, headers={"origin": stranger}).status_code == 403
        assert serve.line().startswith(
            "guard 403 FORBIDDEN_ORIGIN: Origin 'https://evil.example' may not talk to this server."
        )
        headers = {"origin": "https://app.example", "host": "rb.test"}
        assert httpx.get(url, headers=headers).status_code == 200
