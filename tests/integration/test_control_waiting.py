"""Whoever asks the control API to wait is answered when it is so, and told why when it is not."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ringback import Emulator
from tests.integration.asking import Said, ask, get, post
from tests.integration.both_faces import APP, HOOK, wait_until


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as emulator:
        emulator.receiver(APP)
        yield emulator


class Asking:
    """A request that is under way in a thread of its own."""

    def __init__(self, url: str, body: dict[str, Any]) -> None:
        self._said: list[Said] = []
        self._thread = threading.Thread(
            target=lambda: self._said.append(ask(url, "POST", "/wait", body))
        )
        self._thread.start()

    @property
    def said(self) -> Said:
        self._thread.join(60)
        return self._said[0]


def until_heard(ringback: Emulator) -> None:
    """Wait until somebody listens to the journal."""
    wait_until(lambda: bool(ringback.journal._listeners))


CASES: dict[str, dict[str, Any]] = {
    "idle": {"for": "idle"},
    "delivery": {"for": "delivery"},
    "attempts": {"for": "attempts", "count": 1},
    "fact": {"for": "fact", "since": 2},
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_waited_for_is_told_when_it_has_come(case: str, ringback: Emulator) -> None:
    ringback.submit("Hello", callback=HOOK)
    asking = Asking(ringback.url, CASES[case] | {"timeout": 60})
    until_heard(ringback)
    ringback.run_until_idle()
    assert asking.said.status == 200
    assert asking.said.json["clock"]["pending"] == 0


def test_the_delivery_of_a_request_is_waited_for(ringback: Emulator) -> None:
    delivery = ringback.submit("Hello", callback=HOOK)
    body = {"for": "delivery", "request_id": delivery.request_id, "timeout": 60}
    asking = Asking(ringback.url, body)
    until_heard(ringback)
    ringback.run_until_idle()
    assert asking.said.status == 200


def test_a_request_that_is_still_to_come_is_waited_for(ringback: Emulator) -> None:
    asking = Asking(ringback.url, {"for": "request", "timeout": 60})
    until_heard(ringback)
    ringback.submit("Hello", callback=HOOK)
    assert asking.said.status == 200


def test_what_is_so_already_is_answered_at_once(ringback: Emulator) -> None:
    answer = post(ringback.url, "/wait", {"for": "idle"})
    assert answer["next"] == len(ringback.journal)


def test_what_does_not_come_is_answered_with_the_timeline(ringback: Emulator) -> None:
    ringback.submit("Hello", callback=HOOK)
    said = ask(ringback.url, "POST", "/wait", {"for": "idle", "timeout": 0.01})
    assert said.status == 408
    assert "The clock is paused, and deliveries are pending: POST clock/idle" in said.detail
    assert said.json["timeline"] == ringback.timeline


def test_a_wait_ends_with_the_emulator(ringback: Emulator) -> None:
    ringback.submit("Hello", callback=HOOK)
    asking = Asking(ringback.url, {"for": "idle", "timeout": 60})
    until_heard(ringback)
    post(ringback.url, "/reset")
    assert asking.said.status == 409
    assert "began again" in asking.said.detail


def test_whoever_has_gone_is_not_waited_for(ringback: Emulator) -> None:
    import http.client

    connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=60)
    body = b'{"for": "request", "timeout": 600}'
    headers = {"content-type": "application/json"}
    connection.request("POST", "/_ringback/wait", body, headers)
    until_heard(ringback)
    journal = ringback.journal
    connection.close()
    wait_until(lambda: not journal._listeners)
    assert get(ringback.url, "/clock")["in_flight"] == 0
