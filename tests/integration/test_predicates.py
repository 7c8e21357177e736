"""Predicates of ordered failures: the test's own functions, asked in the middle of a request."""

import sys
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from ringback import AsyncEmulator, ClockBusy, ClockClosed, Emulator, Refused, SettingsError
from ringback.core.facts import RequestRejected
from ringback.core.request.speak import SpeakRequest
from tests.integration.streaming import opened

HOOK = "https://app.example/hook"
HELLO = {"text": "Hello"}

Ask = Callable[[Emulator], httpx.Response]
Move = Callable[[Emulator], object]

pytestmark = pytest.mark.rule("ordered-failures")


def ask(ringback: Emulator, text: str = "Hello") -> httpx.Response:
    """Do what an application does, over HTTP."""
    return httpx.post(
        f"{ringback.url}/v1/speak",
        params={"callback": HOOK},
        json={"text": text},
        headers={"authorization": f"Token {ringback.api_key}"},
        trust_env=False,
        timeout=20,
    )


def bad(request: SpeakRequest) -> bool:
    raise KeyError(request.text)


class Elsewhere:
    """Does something in another thread, and waits for it."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.work = work

    def __call__(self, _: SpeakRequest) -> bool:
        thread = threading.Thread(target=self.work, daemon=True)
        thread.start()
        thread.join(10)
        assert not thread.is_alive(), "it waits for what waits for it"
        return True


# -- errors ----------------------------------------------------------------------------------------


def test_what_a_predicate_raises_is_raised_by_submit_and_nothing_is_accepted(
    ringback: Emulator,
) -> None:
    ringback.fail_requests(None, when=bad)
    with pytest.raises(KeyError, match="Hello"):
        ringback.submit("Hello", callback=HOOK)
    assert not ringback.deliveries
    assert not ringback.requests
    ringback.settle()


MOVES: dict[str, Move] = {
    "settle": lambda ringback: ringback.settle(),
    "advance": lambda ringback: ringback.clock.advance(30),
    "step": lambda ringback: ringback.step(),
    "run_until_idle": lambda ringback: ringback.run_until_idle(),
    "advance_until": lambda ringback: ringback.advance_until(lambda: True, within=5),
    "sync": lambda ringback: ringback.clock.sync(),
    "reset": lambda ringback: ringback.reset(),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES.keys())
def test_over_http_its_request_is_answered_with_500_and_the_next_verb_raises_it(
    ringback: Emulator, move: Move
) -> None:
    ringback.fail_requests(None, when=bad)
    answer = ask(ringback)
    assert answer.status_code == 500
    assert answer.json() == {
        "err_code": "INTERNAL_SERVER_ERROR",
        "err_msg": "A predicate of an ordered failure failed.",
        "request_id": answer.headers["dg-request-id"],
    }
    assert [reception.status for reception in ringback.requests] == [500]
    assert not ringback.deliveries
    assert (
        "refused at +0s  500 INTERNAL_SERVER_ERROR: A predicate of an ordered failure failed."
        " (fail_requests(when=…): KeyError: 'Hello')"
    ) in ringback.timeline
    with pytest.raises(KeyError, match="Hello") as caught:
        move(ringback)
    assert caught.value.__notes__ == [
        "This is from a predicate (when=…): request"
        f" {answer.json()['request_id']} was answered with 500."
    ]
    assert caught.traceback[-1].name == "bad"
    assert ringback.clock.elapsed == 0
    ringback.settle()


def test_it_is_raised_once_for_all_that_came_before(ringback: Emulator) -> None:
    ringback.fail_requests(None, when=bad)
    assert [ask(ringback, text).status_code for text in ("one", "two")] == [500, 500]
    with pytest.raises(KeyError, match="one") as caught:
        ringback.advance(1)
    assert caught.value.__notes__[-1] == "It is the first of 2 such errors."
    assert ringback.advance(1) == []


def test_it_is_raised_at_the_end_of_the_verb_in_which_it_came_about(ringback: Emulator) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        transport = httpx.ASGITransport(ringback.app)
        headers = {"authorization": f"Token {ringback.api_key}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
            assert (await http.post("/v1/speak", json=HELLO, headers=headers)).status_code == 500
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    ringback.connect("https://app.example", application)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.fail_requests(None, when=bad)
    with pytest.raises(KeyError):
        ringback.run_until_idle()
    assert delivery.statuses == [204]


@pytest.mark.asyncio
async def test_an_awaited_verb_raises_it_too(async_ringback: AsyncEmulator) -> None:
    async_ringback.fail_requests(None, when=bad)
    headers = {"authorization": f"Token {async_ringback.api_key}"}
    async with httpx.AsyncClient(base_url=async_ringback.url, headers=headers) as http:
        assert (await http.post("/v1/speak", json=HELLO)).status_code == 500
    with pytest.raises(KeyError):
        await async_ringback.settle()


def test_what_no_verb_has_raised_is_left_over(ringback: Emulator) -> None:
    ringback.fail_requests(None, when=lambda _: pytest.fail("not this one"))
    answer = ask(ringback)
    assert answer.status_code == 500
    (left,) = ringback.leftovers()["errors"]
    assert left.startswith("Failed: not this one This is from a predicate (when=…): request")
    with pytest.raises(pytest.fail.Exception):
        ringback.settle()
    assert ringback.leftovers()["errors"] == []


def test_a_predicate_that_calls_sys_exit_ends_no_server(ringback: Emulator) -> None:
    ringback.fail_requests(None, when=lambda _: sys.exit(3))
    assert ask(ringback).status_code == 500
    ringback.fail_requests(None)
    with pytest.raises(SystemExit):
        ringback.settle()
    assert ask(ringback).status_code == 500
    ringback._service.clock.unheard.clear()


def test_an_upgrade_is_answered_with_500_as_a_request_is(ringback: Emulator) -> None:
    ringback.fail_requests(None, when=bad)
    with pytest.raises(InvalidStatus) as refused, opened(ringback):
        pass
    assert refused.value.response.status_code == 500
    with pytest.raises(KeyError):
        ringback.settle()


def test_a_request_that_is_refused_anyway_asks_no_predicate(ringback: Emulator) -> None:
    ringback.fail_requests(None, when=bad)
    with pytest.raises(Refused):
        ringback.submit("Hello", callback=HOOK, model="nobody")
    assert ringback.leftovers()["errors"] == []


# -- calling the emulator --------------------------------------------------------------------------


CALLS: dict[str, Callable[[Emulator], object]] = {
    "fail": lambda ringback: ringback.fail_requests(429),
    "cancel": lambda ringback: ringback.cancel(ringback.deliveries[0], "enough"),
    "deliveries": lambda ringback: [ringback.deliveries[0].state, ringback.timeline],
    "submit": lambda ringback: ringback.receiver(HOOK.removesuffix("/hook")),
    "identify": lambda ringback: ringback.identify(ringback.deliveries[0].audio),
    "clock": lambda ringback: [ringback.clock.now, ringback.clock.next_due],
    "request": lambda ringback: httpx.get(f"{ringback.url}/v1/models", trust_env=False),
}


@pytest.mark.parametrize("there", [False, True], ids=["here", "in another thread"])
@pytest.mark.parametrize("asked", ["submit", "http"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
@pytest.mark.ringback(allow_pending=True, allow_unused_failures=True, allow_unrouted=True)
def test_a_predicate_may_call_the_emulator(
    ringback: Emulator, call: Callable[[Emulator], object], asked: str, there: bool
) -> None:
    ringback.submit("First", callback=HOOK)

    def when(request: SpeakRequest) -> bool:
        if there:
            return Elsewhere(lambda: call(ringback))(request)
        call(ringback)
        return True

    ringback.fail_requests(503, when=when)
    if asked == "http":
        assert ask(ringback).status_code == 503
    else:
        with pytest.raises(Refused, match=r"^503"):
            ringback.submit("Hello", callback=HOOK)
    ringback.settle()


@pytest.mark.ringback(allow_pending=True, allow_unused_failures=True)
def test_a_failure_that_a_predicate_orders_is_for_the_next_request(ringback: Emulator) -> None:
    def when(request: SpeakRequest) -> bool:
        ringback.fail_requests(429)
        return False

    ringback.fail_requests(None, when=when)
    assert ask(ringback).status_code == 200
    assert ask(ringback).status_code == 429


@pytest.mark.parametrize("verb", ["settle", "run_until_idle"])
def test_a_predicate_that_moves_the_clock_is_refused_before_it_waits_for_itself(
    ringback: Emulator, verb: str
) -> None:
    ringback.fail_requests(None, when=lambda _: bool(getattr(ringback, verb)()))
    assert ask(ringback).status_code == 500
    with pytest.raises(ClockBusy, match=rf"^{verb}\(\) was called .* a predicate of fail"):
        ringback.settle()
    with pytest.raises(ClockBusy):
        ringback.submit("Hello", callback=HOOK)


def test_an_emulator_that_a_predicate_ends_accepts_nothing_more() -> None:
    with Emulator() as ringback:

        def when(_: SpeakRequest) -> bool:
            ringback.close()
            return True

        ringback.fail_requests(None, when=when)
        with pytest.raises(ClockClosed):
            ringback.submit("Hello", callback=HOOK)
        assert not ringback.deliveries


def test_two_requests_at_once_do_not_meet_one_failure(ringback: Emulator) -> None:
    both = threading.Barrier(2)
    asked: list[str] = []

    def when(request: SpeakRequest) -> bool:
        asked.append(request.text)
        if len(asked) <= 2:
            both.wait(10)
        return True

    ringback.fail_requests(429, 503, when=when)
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(ask(ringback).status_code))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(statuses) == [429, 503]
    rejected = [fact for fact in ringback.journal if isinstance(fact, RequestRejected)]
    assert len(rejected) == 2


def test_what_is_no_predicate_is_refused_where_it_is_given(ringback: Emulator) -> None:
    when: Any = "Hello"
    with pytest.raises(SettingsError, match="cannot be asked"):
        ringback.fail_requests(503, when=when)
