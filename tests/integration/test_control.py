"""The control API does over HTTP what the emulator does in process."""

from collections.abc import Iterator

import pytest

from ringback import Emulator, Server, Settings
from tests.integration.asking import ask, get, post
from tests.integration.both_faces import APP, HOOK, wait_until


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator(Settings(seed=1)) as emulator:
        yield emulator


def test_a_delivery_is_arranged_moved_and_seen_over_http(ringback: Emulator) -> None:
    url = ringback.url
    post(url, "/receivers", {"origin": APP, "replies": [503, "timeout", {"status": 204}]})
    delivery = ringback.submit("Hello", callback=HOOK)
    moved = post(url, "/clock/idle")
    assert [each["line"] for each in moved["attempts"]] == delivery.timeline
    assert (moved["clock"]["elapsed"], moved["clock"]["now"]) == (70, "2026-01-01T00:01:10Z")
    seen = get(url, f"/deliveries/{delivery.request_id}")
    assert (seen["state"], seen["timeline"]) == ("delivered", delivery.timeline)
    assert seen["statuses"] == delivery.statuses
    assert seen["offsets"] == delivery.offsets
    assert len(get(url, "/receivers/0")["requests"]) == 3


def test_each_verb_moves_as_far_as_the_emulators_own(ringback: Emulator) -> None:
    url = ringback.url
    post(url, "/receivers", {"origin": APP, "replies": [503]})
    ringback.submit("Hello", callback=HOOK)
    reached = [post(url, "/clock/settle")["clock"]["elapsed"]]
    reached += [post(url, "/clock/advance", {"seconds": 29.5})["clock"]["elapsed"]]
    reached += [post(url, "/clock/next")["clock"]["elapsed"]]
    reached += [post(url, "/clock/step")["clock"]["elapsed"]]
    reached += [post(url, "/clock/advance", {"to": "2026-01-01T00:01:30Z"})["clock"]["elapsed"]]
    assert reached == [0, 29.5, 30, 60, 90]
    assert len(post(url, "/clock/idle")["attempts"]) == 7


def test_verify_says_what_a_failing_fixture_says(ringback: Emulator) -> None:
    url = ringback.url
    post(url, "/failures", {"failures": [503, "cut"]})
    verdict = post(url, "/verify", {})
    assert not verdict["ok"]
    assert verdict["leftovers"] == {k: v for k, v in ringback.leftovers().items() if v}
    assert verdict["leftovers"]["failures"][0] in verdict["text"]
    assert post(url, "/verify", {"allow": ["failures"]})["ok"]


def test_a_reset_begins_again_and_says_what_was_dropped(ringback: Emulator) -> None:
    delivery = ringback.submit("Hello", callback=HOOK)
    key = ringback.api_key
    dropped = post(ringback.url, "/reset")
    assert (dropped["pending"], dropped["deliveries"]) == ([delivery.request_id], 1)
    assert not ringback.deliveries
    assert get(ringback.url, "/clock")["elapsed"] == 0
    assert ringback.api_key == key


def test_a_clock_goes_on_in_another_mode(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP)
    ringback.submit("Hello", callback=HOOK)
    assert ask(ringback.url, "PUT", "/clock", {"mode": "x100"}).json["mode"] == "x100"
    wait_until(lambda: bool(receiver.requests))
    assert ask(ringback.url, "PUT", "/clock", {"mode": "paused"}).json["mode"] == "paused"
    before = get(ringback.url, "/clock")["elapsed"]
    assert get(ringback.url, "/clock")["elapsed"] == before


def test_each_of_several_emulators_is_asked_by_its_key() -> None:
    server = Server()
    try:
        with Emulator(server=server) as one, Emulator(server=server) as two:
            one.advance(5)
            for emulator, elapsed in ((one, 5), (two, 0)):
                clock = get(server.url, "/clock", authorization=f"Token {emulator.api_key}")
                assert clock["elapsed"] == elapsed
            assert "2 emulators are served here" in ask(server.url, "GET", "/clock").detail
            said = ask(server.url, "GET", "/clock", authorization="Token nobody's")
            assert said.status == 401
            assert "this key is no emulator's here" in said.detail
            assert not one.leftovers()["unknown_keys"]
    finally:
        server.stop()
