"""Verbs over HTTP: one moves at a time, nobody else waits for it, and anybody may go away."""

import http.client
import threading
from collections.abc import Iterator

import pytest

from ringback import Emulator, Server
from tests.integration.asking import Said, ask, get, post
from tests.integration.both_faces import APP, HOOK, Gate, wait_until


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


class Moving:
    """A verb that is under way in a thread of its own, at a receiver that waits to be let go."""

    def __init__(self, emulator: Emulator) -> None:
        self.gate = Gate()
        emulator.connect(APP, self.gate.asgi)
        emulator.submit("Hello", callback=HOOK)
        self._said: list[Said] = []
        key = {"authorization": f"Token {emulator.api_key}"}
        self._thread = threading.Thread(
            target=lambda: self._said.append(ask(emulator.url, "POST", "/clock/idle", **key))
        )
        self._thread.start()
        self.gate.wait()

    def end(self) -> Said:
        self.gate.opened.release()
        self._thread.join(60)
        return self._said[0]


def test_of_two_movers_the_second_is_told_who_the_first_is(ringback: Emulator) -> None:
    moving = Moving(ringback)
    said = ask(ringback.url, "POST", "/clock/advance", {"seconds": 1})
    assert said.status == 409
    assert "run_until_idle" in said.detail
    assert get(ringback.url, "/clock")["mover"] == "run_until_idle"
    assert len(moving.end().json["attempts"]) == 1


def test_a_verb_that_waits_keeps_nobody_else_from_being_answered() -> None:
    server = Server()
    try:
        with Emulator(server=server) as one, Emulator(server=server) as two:
            moving = Moving(one)
            two.receiver(APP)
            two.submit("Hello", callback=HOOK)
            key = {"authorization": f"Token {two.api_key}"}
            assert len(post(server.url, "/clock/idle", **key)["attempts"]) == 1
            assert moving.end().status == 200
    finally:
        server.stop()


def test_a_verb_goes_on_when_whoever_asked_has_gone(ringback: Emulator) -> None:
    gate = Gate()
    ringback.connect(APP, gate.asgi)
    delivery = ringback.submit("Hello", callback=HOOK)
    connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=60)
    connection.request("POST", "/_ringback/clock/idle")
    gate.wait()
    connection.close()
    gate.opened.release()
    wait_until(lambda: delivery.settled)
    wait_until(lambda: not ringback.clock._virtual.mover)
    assert delivery.statuses == [200]


def test_an_emulator_that_ends_in_the_middle_of_a_verb_says_so() -> None:
    server = Server()
    try:
        emulator = Emulator(server=server).open()
        moving = Moving(emulator)
        emulator.close()
        said = moving.end()
        assert said.status == 409
        assert "this emulator has ended" in said.detail
    finally:
        server.stop()


def test_a_server_that_stops_in_the_middle_of_a_verb_leaves_the_emulator_whole() -> None:
    server = Server()
    with Emulator(server=server) as emulator:
        gate = Gate()
        emulator.connect(APP, gate.asgi)
        delivery = emulator.submit("Hello", callback=HOOK)
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
        connection.request("POST", "/_ringback/clock/idle")
        gate.wait()
        server.stop()
        with pytest.raises((http.client.HTTPException, OSError)):
            connection.getresponse()
        connection.close()
        gate.opened.release()
        wait_until(lambda: not emulator.clock._virtual.mover)
        assert delivery.statuses == [200]
        emulator.advance(1)
