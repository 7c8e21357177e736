"""Every fact comes as an event: as it happens, from any place on, and to whoever reads."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ringback import Emulator, Settings
from ringback.control import events
from tests.integration.asking import ask, get, post
from tests.integration.both_faces import APP, HOOK, wait_until


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as emulator:
        emulator.receiver(APP)
        yield emulator


class Stream:
    """The events of a stream, as they come."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer

    def next(self) -> dict[str, str]:
        """The next event, by its fields."""
        found: dict[str, str] = {}
        while True:
            line = self._answer.readline().decode()
            assert line, "the stream has ended"
            line = line.rstrip("\n")
            if line.startswith(":"):
                continue
            if not line and found:
                return found
            name, _, value = line.partition(": ")
            if name:
                found[name] = value

    def facts(self, count: int) -> list[str]:
        return [self.next()["event"] for _ in range(count)]


@contextmanager
def streaming(url: str, query: str = "", **headers: str) -> Iterator[Stream]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", f"/_ringback/events{query}", headers=named)
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer)
    finally:
        connection.close()


def names(ringback: Emulator) -> list[str]:
    return [fact.name for fact in ringback.journal]


def test_facts_come_as_they_happen(ringback: Emulator) -> None:
    with streaming(ringback.url) as stream:
        ringback.submit("Hello", callback=HOOK)
        assert stream.facts(1) == ["speak.accepted"]
        ringback.run_until_idle()
        assert stream.facts(3) == names(ringback)[1:]


def test_an_event_says_what_the_journal_says(ringback: Emulator) -> None:
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    told = get(ringback.url, "/journal")["facts"]
    with streaming(ringback.url) as stream:
        assert [json.loads(stream.next()["data"]) for _ in told] == told


def test_a_stream_begins_where_it_is_told(ringback: Emulator) -> None:
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    with streaming(ringback.url, "?since=2") as stream:
        assert stream.facts(2) == names(ringback)[2:]


def test_a_stream_resumes_behind_its_last_event(ringback: Emulator) -> None:
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    with streaming(ringback.url) as stream:
        last = [stream.next() for _ in range(2)][-1]["id"]
    with streaming(ringback.url, "?since=0", last_event_id=last) as stream:
        assert stream.facts(2) == names(ringback)[2:]


def test_a_stream_tells_of_a_reset_and_goes_on(ringback: Emulator) -> None:
    with streaming(ringback.url) as stream:
        ringback.submit("Hello", callback=HOOK)
        last = stream.next()["id"]
        post(ringback.url, "/reset")
        assert stream.facts(1) == ["reset"]
        ringback.submit("Hello again", callback=HOOK)
        assert stream.facts(1) == ["speak.accepted"]
    with streaming(ringback.url, last_event_id=last) as stream:
        assert stream.facts(2) == ["reset", "speak.accepted"]


def test_what_is_not_kept_any_more_is_counted() -> None:
    with Emulator(Settings(keep=10)) as ringback:
        ringback.receiver(APP)
        for _ in range(10):
            ringback.submit("Hello", callback=HOOK)
            ringback.run_until_idle()
        with streaming(ringback.url) as stream:
            event = stream.next()
            assert json.loads(event["data"])["facts"] == ringback.dropped["facts"] > 0
            assert stream.facts(len(ringback.journal)) == names(ringback)


def test_a_stream_that_is_never_read_is_cut_off_and_can_be_resumed(
    ringback: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = threading.Event()
    cut_off = events._Stream._cut_off

    def told(stream: events._Stream) -> None:
        cut_off(stream)
        cut.set()

    monkeypatch.setattr(events, "PATIENCE", 0.05)
    monkeypatch.setattr(events._Stream, "_cut_off", told)
    for _ in range(600):
        ringback.submit("Hello", callback=HOOK)
    get(ringback.url, "/clock")
    assert ringback._server is not None
    ringback._server._bound()._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    host, _, port = ringback.url.removeprefix("http://").partition(":")
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect((host, int(port)))
        deaf.sendall(b"GET /_ringback/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert cut.wait(60)
    assert get(ringback.url, "/clock")["pending"] == 600
    monkeypatch.undo()  # on a busy machine, too, this one has its time
    wait_until(lambda: not ringback.journal._listeners)
    with streaming(ringback.url, "?since=599") as stream:
        assert stream.facts(1) == ["speak.accepted"]


def test_a_silent_stream_says_that_it_is_there(
    ringback: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.01)
    connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=60)
    connection.request("GET", "/_ringback/events")
    answer = connection.getresponse()
    assert [answer.readline() for _ in range(3)][2] == b": still here\n"
    connection.close()


@pytest.mark.parametrize("last", ["x", "1-x", "-", "99999999999999999999", "\x1b[2J"])
def test_a_place_that_is_none_is_refused(last: str, ringback: Emulator) -> None:
    said = ask(ringback.url, "GET", "/events", Last_Event_ID=last)
    assert said.status == 422
    assert "\x1b" not in said.detail


def test_no_receiver_can_forge_an_event(ringback: Emulator) -> None:
    ringback.receiver(APP, replies=[{"status": 200}["status"]])
    ringback.submit("Hello\n\nevent: forged\ndata: {}\n\n", callback=HOOK)
    ringback.run_until_idle()
    with streaming(ringback.url) as stream:
        data: list[Any] = [stream.next() for _ in range(4)]
    assert [each["event"] for each in data] == names(ringback)


def test_a_stream_ends_with_its_emulator() -> None:
    with Emulator() as ringback:
        connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=60)
        connection.request("GET", "/_ringback/events")
        answer = connection.getresponse()
        answer.readline()
    assert b": " not in answer.read(100)
    connection.close()
