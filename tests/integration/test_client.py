"""A test moves from an emulator to a client of a server by one line: the same names, the same
stories, the same errors."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import httpx
import pytest

from ringback import (
    Client,
    ClockBackwards,
    ClockBusy,
    ClockLeap,
    Emulator,
    NeverTrue,
    NothingDue,
    Refused,
    Reply,
    RequestFailure,
    RingbackError,
    Settings,
    SettingsError,
)
from ringback.core.delivery.fault import Fault
from tests.integration.both_faces import APP, HOOK, Gate

Either: TypeAlias = Any
"""An emulator or a client: what both have is what is tested here."""

SETTINGS = Settings(seed=5, api_key="the-key-of-both")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(SETTINGS) as emulator:
        yield emulator


@pytest.fixture(params=["emulator", "client"])
def ringback(request: pytest.FixtureRequest, emulator: Emulator) -> Iterator[Either]:
    if request.param == "emulator":
        yield emulator
    else:
        with Client(emulator.url, emulator.api_key) as client:
            yield client


def test_a_delivery_tells_its_story(ringback: Either) -> None:
    receiver = ringback.receiver(APP, replies=[503, "timeout", Reply(204, after=2)])
    delivery = ringback.submit("Hello", callback=HOOK, callback_method="put")
    assert (delivery.state, delivery.settled, delivery.due_at) == ("scheduled", False, 0)
    made = ringback.run_until_idle()
    assert delivery.timeline == ["+0s PUT 503", "+30s PUT timeout", "+70s PUT 204"]
    assert list(map(str, made)) == delivery.timeline
    assert delivery.statuses == [503, "timeout", 204]
    assert delivery.offsets == [0, 30, 70]
    assert (delivery.state, delivery.settled, delivery.due_at) == ("delivered", True, None)
    assert [each.started_at for each in delivery.attempts] == [0, 30, 70]
    assert [each.finished_at for each in delivery.attempts] == [0, 40, 72]
    assert [each.status for each in delivery.attempts] == [503, None, 204]
    assert delivery.attempts[0].request.headers["dg-token"] == ringback.key_id
    assert delivery.attempts[0].request.method == "PUT"
    assert receiver.requests[-1].body == delivery.audio
    assert delivery.attempts[2].request.body == delivery.audio
    assert ringback.deliveries.only() == delivery
    assert not ringback.pending


def test_what_a_receiver_answered_is_seen(ringback: Either) -> None:
    ringback.receiver(APP, replies=[Reply(202, {"X-Seen": "yes"}, "thanks")])
    delivery = ringback.submit("Hello", callback=HOOK)
    (attempt,) = ringback.run_until_idle()
    assert (attempt.response.status, attempt.response.body) == (202, b"thanks")
    assert attempt.response.headers["x-seen"] == "yes"
    assert str(attempt.outcome) == "answered 202"
    assert (attempt.number, attempt.word, attempt.fault) == (1, "202", None)
    assert attempt.request_id == delivery.request_id


def test_each_verb_moves_as_far(ringback: Either) -> None:
    ringback.receiver(APP, replies=[503])
    delivery = ringback.submit("Hello", callback=HOOK)
    reached = []
    for verb, arguments in (
        ("settle", ()),
        ("advance", (12.5,)),
        ("advance", (timedelta(seconds=1),)),
        ("advance_to", (29,)),
        ("advance_to_next", ()),
        ("step", ()),
        ("advance_to", (datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC),)),
        ("run_until_idle", ()),
    ):
        getattr(ringback, verb)(*arguments)
        reached.append(ringback.clock.elapsed)
    assert reached == [0, 12.5, 13.5, 29, 30, 60, 90, 300]
    assert len(delivery.attempts) == 11
    assert ringback.clock.now == datetime(2026, 1, 1, 0, 5, tzinfo=UTC)
    assert ringback.clock.next_due is None


def test_the_clock_has_the_same_verbs(ringback: Either) -> None:
    ringback.receiver(APP, replies=[503])
    ringback.submit("Hello", callback=HOOK)
    assert [str(each) for each in ringback.clock.settle()] == ["+0s POST 503"]
    assert ringback.clock.next_due == 30
    assert [str(each) for each in ringback.clock.advance_to_next()] == ["+30s POST 503"]


def test_time_moves_until_something_is_so(ringback: Either) -> None:
    receiver = ringback.receiver(APP, replies=[503])
    ringback.submit("Hello", callback=HOOK)
    made = ringback.advance_until(lambda: len(receiver.requests) == 3, within=100)
    assert (len(made), ringback.clock.elapsed) == (3, 60)
    with pytest.raises(NeverTrue):
        ringback.advance_until(lambda: len(receiver.requests) > 5, within=61)
    assert ringback.clock.elapsed == 121


def test_deliveries_are_found(ringback: Either) -> None:
    ringback.receiver(APP)
    one = ringback.submit("One", callback=HOOK)
    two = ringback.submit("Two", callback="https://two.example/done")
    assert list(ringback.deliveries) == [one, two]
    assert ringback.deliveries[-1] == two
    assert list(ringback.deliveries[:1]) == [one]
    assert ringback.deliveries.for_request(two.request_id) == two
    assert list(ringback.deliveries.to(APP)) == [one]
    assert list(ringback.pending) == [one, two]
    ringback.settle()
    assert list(ringback.pending) == [two]
    with pytest.raises(LookupError):
        ringback.deliveries.only()
    with pytest.raises(LookupError):
        ringback.deliveries.for_request("nobody's")


def test_a_delivery_is_given_up_and_sent_again(ringback: Either) -> None:
    receiver = ringback.receiver(APP)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.cancel(delivery, "nobody waits for it")
    assert (delivery.state, delivery.reason) == ("cancelled", "nobody waits for it")
    with pytest.raises(RingbackError, match="only a pending one can be cancelled"):
        ringback.cancel(delivery, "again")
    again = ringback.redeliver(delivery)
    assert again != delivery
    assert again.request_id == delivery.request_id
    ringback.settle()
    assert (delivery.state, again.state) == ("cancelled", "delivered")
    assert receiver.requests[0].body == again.audio


def test_a_job_fails_after_all(ringback: Either) -> None:
    receiver = ringback.receiver(APP)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.fail_job(delivery, err_code="GONE", err_msg="Gone.")
    ringback.run_until_idle()
    if receiver.requests:
        assert b"GONE" in receiver.requests[0].body
    else:
        assert "GONE" in delivery.reason


def test_requests_fail_as_ordered(ringback: Either) -> None:
    ringback.fail_requests(
        503, None, RequestFailure(429, headers={"Retry-After": timedelta(seconds=30)})
    )
    said = []
    for _ in range(3):
        try:
            ringback.submit("Hello", callback=HOOK)
            said.append((200, ""))
        except Refused as error:
            said.append((error.status, error.headers.get("retry-after", "")))
    assert said == [(503, ""), (200, ""), (429, "30")]


def test_a_refusal_is_the_services(ringback: Either) -> None:
    with pytest.raises(Refused) as caught:
        ringback.submit("Hello", callback="ftp://app.example/")
    assert caught.value.status == 400
    assert caught.value.payload["err_code"]


def test_faults_befall_attempts(ringback: Either) -> None:
    receiver = ringback.receiver(APP, faults=["answer lost", None])
    ringback.fault_deliveries(Fault("slow", after=3))
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert len(receiver.requests) == len(delivery.attempts)
    assert delivery.attempts[0].fault is not None


def test_a_receiver_changes_its_mind(ringback: Either) -> None:
    receiver = ringback.receiver(APP, replies=[503, 503, 503])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    assert receiver.unused == 2
    receiver.replies(204)
    ringback.run_until_idle()
    assert delivery.statuses == [503, 204]
    assert receiver.url == APP


def test_what_arrived_is_listed(ringback: Either) -> None:
    ringback.submit("Hello", callback=HOOK)
    (request,) = ringback.requests
    assert (request.method, request.path, request.status) == ("POST", "/v1/speak", 200)
    assert request.content_type == "application/json"
    assert request.headers["content-type"] == "application/json"
    assert request.size > 0
    assert len(ringback.journal) == 1


def test_what_is_left_behind_is_said(ringback: Either, emulator: Emulator) -> None:
    ringback.receiver(APP, replies=[503, 503])
    ringback.submit("Hello", callback=HOOK)
    ringback.fail_requests(500)
    found = {kind: told for kind, told in ringback.leftovers().items() if told}
    assert list(found) == ["pending", "replies", "failures"]
    assert found == {kind: told for kind, told in emulator.leftovers().items() if told}
    assert "accepted at +0s" in ringback.timeline


def test_everything_begins_again(ringback: Either) -> None:
    ringback.receiver(APP)
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    ringback.advance(5)
    ringback.reset()
    assert ringback.clock.elapsed == 0
    assert not ringback.deliveries
    assert not ringback.requests
    assert ringback.api_key == SETTINGS.api_key


def a_mistake(ringback: Either) -> None:
    """Have a client go to a path that there is not."""
    authorization = f"Token {ringback.api_key}"
    httpx.post(f"{ringback.url}/v1/spek", headers={"authorization": authorization})
    assert ringback.leftovers()["wrong_paths"]


def test_another_test_is_told_of_no_mistake_of_this_one(ringback: Either) -> None:
    a_mistake(ringback)
    ringback.reset()
    assert ringback.leftovers()["wrong_paths"]
    ringback.end_test()
    assert not ringback.leftovers().get("wrong_paths")
    assert ringback.clock.elapsed == 0


ERRORS: dict[str, tuple[type[Exception], Callable[[Either], object]]] = {
    "nothing is due": (NothingDue, lambda it: it.step()),
    "nothing comes next": (NothingDue, lambda it: it.advance_to_next()),
    "a step back": (ClockBackwards, lambda it: it.advance(-1)),
    "a moment that has passed": (ClockBackwards, lambda it: it.advance_to(-1)),
    "a date that has passed": (
        ClockBackwards,
        lambda it: it.advance_to(datetime(2020, 1, 1, tzinfo=UTC)),
    ),
    "a date that is far away": (
        ClockLeap,
        lambda it: it.advance_to(datetime(2040, 1, 1, tzinfo=UTC)),
    ),
    "beyond all dates": (ValueError, lambda it: it.advance(10**15)),
    "no number": (ValueError, lambda it: it.advance(float("nan"))),
    "an unknown reply": (SettingsError, lambda it: it.receiver(APP, replies=["timout"])),
    "a reply that is no list": (SettingsError, lambda it: it.receiver(APP, replies=503)),
    "an unknown fault": (SettingsError, lambda it: it.receiver(APP, faults=["answer lots"])),
    "no origin": (SettingsError, lambda it: it.receiver("app.example")),
    "a query": (SettingsError, lambda it: it.receiver(f"{HOOK}?a=b")),
    "no base URL": (SettingsError, lambda it: it.connect(APP, "nowhere")),
    "an unknown failure": (SettingsError, lambda it: it.fail_requests("cutt")),
    "a failure of no status": (SettingsError, lambda it: it.fail_requests(20)),
    "no origin to look for": (SettingsError, lambda it: list(it.deliveries.to("app"))),
}


@pytest.mark.parametrize("case", ERRORS)
def test_each_mistake_is_the_same_error(case: str, ringback: Either) -> None:
    kind, mistake = ERRORS[case]
    with pytest.raises(kind):
        mistake(ringback)


def test_two_movers_are_told_of_each_other(ringback: Either, emulator: Emulator) -> None:
    gate = Gate()
    emulator.connect(APP, gate.asgi)
    emulator.submit("Hello", callback=HOOK)
    with Client(emulator.url, emulator.api_key) as other:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as pool:
            moving = pool.submit(other.run_until_idle)
            gate.wait()
            with pytest.raises(ClockBusy, match="run_until_idle"):
                ringback.advance(1)
            gate.opened.release()
            assert len(moving.result(60)) == 1
