"""`Settings.keep` bounds what an emulator remembers, and forgets nothing that is pending."""

import gc
import hashlib
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from ringback import Emulator, Settings
from ringback.receiving import scripted

HOOK = "https://app.example/hook"
WAITING = "https://later.example/hook"


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator(Settings(keep=10)) as emulator:
        yield emulator


def test_the_oldest_that_are_settled_are_forgotten_and_counted(ringback: Emulator) -> None:
    ringback.receiver("https://app.example")
    made = []
    for _ in range(50):
        ringback.submit("Hello", callback=HOOK)
        made += ringback.settle()
    assert [attempt.status for attempt in made] == [200] * 50
    assert len(ringback.deliveries) == 10
    assert [each.request_id for each in ringback.deliveries] == [
        attempt.request_id for attempt in made[-10:]
    ]
    assert 10 <= len(ringback.requests) <= 11
    assert 10 <= len(ringback.journal) <= 11
    assert ringback.dropped["deliveries"] == 40
    assert ringback.dropped["requests"] == 50 - len(ringback.requests)
    assert ringback.timeline.count("delivered") == 10


def test_what_is_pending_is_never_forgotten_and_still_delivered(ringback: Emulator) -> None:
    receiver = ringback.receiver("https://later.example", replies=[503, 200])
    ringback.receiver("https://app.example")
    first = ringback.submit("First", callback=WAITING)
    ringback.settle()
    for _ in range(50):
        ringback.submit("Hello", callback=HOOK)
        ringback.settle()
    assert [each.request_id for each in ringback.pending] == [first.request_id]
    assert ringback.deliveries[0] == first
    assert ringback.deliveries.for_request(first.request_id) == first
    ringback.run_until_idle()
    assert first.statuses == [503, 200]
    assert receiver.requests[0].body == receiver.requests[1].body != b""
    assert not ringback.pending


def test_of_very_many_that_are_made_in_one_walk_the_latest_are_returned(ringback: Emulator) -> None:
    ringback.receiver("https://app.example", replies=[503, 200])
    for _ in range(30):
        ringback.submit("Hello", callback=HOOK)
    made = ringback.run_until_idle()
    assert ringback.dropped["deliveries"] == 20
    assert made
    assert made[-1].status == 200
    assert len(ringback.deliveries.to("https://app.example")) == 10


def test_no_body_is_kept_but_the_digest_of_what_was_sent(ringback: Emulator) -> None:
    receiver = ringback.receiver("https://app.example")
    delivery = ringback.submit("Hello", callback=HOOK)
    [attempt] = ringback.run_until_idle()
    assert receiver.requests[0].body == delivery.audio
    assert attempt.request.body == b""
    assert attempt.request.digest == hashlib.sha256(delivery.audio).hexdigest()
    assert attempt.request.headers["content-length"] == str(len(delivery.audio))
    assert [(request.body, request.size) for request in ringback.requests] == [(b"", 17)]


def test_headers_are_kept_if_they_are_short(ringback: Emulator) -> None:
    url = f"{ringback.url}/v1/speak"
    httpx.post(url, headers={"x-one": "1: a", "authorization": "Token k"})
    httpx.post(url, headers={"x-one": "1" * 3000})
    first, second = ringback.requests
    assert first.headers["x-one"] == "1: a"
    assert first.headers["authorization"] == "Token k"
    assert len(second.headers) == 0


def test_a_long_query_is_kept_only_so_far(ringback: Emulator) -> None:
    ringback.submit("Hello", callback=HOOK, tag=["x" * 100] * 100)
    assert len(ringback.requests[0].query) == 2048


def test_what_cannot_be_kept_is_refused() -> None:
    for keep in (0, -1, 1.5, "10"):
        with pytest.raises(ValueError, match="keep is"):
            Settings(keep=keep)  # type: ignore[arg-type] # the mistake


def test_a_receiver_keeps_the_latest_requests_and_fewer_bodies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scripted, "WHOLE", 3)
    with Emulator(Settings(keep=10)) as ringback:
        receiver = ringback.receiver("https://app.example")
        audio = ringback.submit("Hello", callback=HOOK).audio
        for _ in range(50):
            ringback.submit("Hello", callback=HOOK)
        ringback.settle()
        assert 10 <= len(receiver.requests) <= 11
        assert [each.body for each in receiver.requests[-3:]] == [audio] * 3
        digest = hashlib.sha256(audio).hexdigest()
        assert {(each.body, each.digest) for each in receiver.requests[:-3]} == {(b"", digest)}


def test_a_receiver_keeps_everything_where_everything_is_kept() -> None:
    with Emulator() as ringback:
        receiver = ringback.receiver("https://app.example")
        for _ in range(150):
            ringback.submit("Hello", callback=HOOK)
        ringback.settle()
        assert len(receiver.requests) == 150
        assert all(each.body for each in receiver.requests)


def test_what_is_remembered_does_not_grow_with_what_was_asked(ringback: Emulator) -> None:
    def asked(times: int) -> Counter[str]:
        for _ in range(times):
            ringback.submit("Hello", callback=HOOK)
            ringback.settle()
        gc.collect()
        mine = [type(each) for each in gc.get_objects()]
        # `__module__` of a class made elsewhere may be anything.
        return Counter(
            each.__name__ for each in mine if str(each.__module__).startswith("ringback.")
        )

    ringback.receiver("https://app.example")
    before = asked(220)
    grown = asked(660) - before
    assert {name: count for name, count in grown.items() if count > 20} == {}
