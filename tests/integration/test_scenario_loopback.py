"""The real receiver answers its script, in order, and remembers what came."""

import threading
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ringback.core.delivery.reply import Reply
from ringback.scenario.certificates import certify
from ringback.scenario.loopback import LoopbackReceiver


def send(receiver: LoopbackReceiver, method: str = "POST", body: bytes = b"") -> HTTPResponse:
    """One request over a connection of its own."""
    connection = HTTPConnection(urlsplit(receiver.url).netloc, timeout=60)
    connection.request(method, "/hook?a=b%20c", body, {"X-Name": "value", "Host": "app.example"})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def test_replies_come_in_order_with_the_last_one_repeated() -> None:
    with LoopbackReceiver([Reply(503), Reply(204)]) as receiver:
        assert [send(receiver).status for _ in range(4)] == [503, 204, 204, 204]


def test_an_answer_has_its_headers() -> None:
    with LoopbackReceiver([Reply(302, {"location": "/elsewhere"}, "gone")]) as receiver:
        response = send(receiver)
    assert response.getheader("location") == "/elsewhere"
    assert response.getheader("content-length") == "4"


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_has_no_body_gets_none(status: int) -> None:
    with LoopbackReceiver([Reply(status, body="ignored")]) as receiver:
        assert send(receiver).getheader("content-length") is None


def test_what_came_is_remembered_as_it_came() -> None:
    with LoopbackReceiver([]) as receiver:
        send(receiver, "PUT", b"audio")
    (request,) = receiver.requests
    assert (request.method, request.url) == ("PUT", "http://app.example/hook?a=b%20c")
    assert request.body == b"audio"
    assert ("X-Name", "value") in request.headers.items_as_sent


def test_a_caller_that_does_not_hang_up_keeps_no_other_waiting() -> None:
    with LoopbackReceiver([]) as receiver:
        first = HTTPConnection(urlsplit(receiver.url).netloc, timeout=60)
        first.request("POST", "/")
        assert first.getresponse().status == 200
        assert send(receiver).status == 200
        first.close()


def test_it_speaks_tls_under_the_name_of_the_callback(tmp_path: Path) -> None:
    context, ca_file = certify(tmp_path, "app.example")
    with LoopbackReceiver([], context) as receiver:
        assert receiver.url.startswith("https://127.0.0.1:")
    assert Path(ca_file).read_text().startswith("-----BEGIN CERTIFICATE-----")


def test_it_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    with LoopbackReceiver([]):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
