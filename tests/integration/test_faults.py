"""What each fault does to an attempt, whoever receives it."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ringback import (
    Aborted,
    AsyncEmulator,
    Delivery,
    Emulator,
    Fault,
    Headers,
    Settings,
    SettingsError,
    State,
    Stuck,
)
from ringback.core.delivery.fault import FaultLike
from ringback.core.facts import AttemptCopied
from ringback.service.telling import line
from tests.integration.storing import WAYS, Store, listening

APP = "https://app.example"
HOOK = f"{APP}/hook"
SECRET = "https://ada:s3cret@app.example/hook"

Make = Callable[..., Emulator]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture(params=WAYS)
def connect(
    request: pytest.FixtureRequest, ringback: Emulator, store: Store
) -> Iterator[Callable[..., None]]:
    """Connect the store in one of the ways, with faults; what a script saw is in the store too."""

    def to(receiver: Any) -> Callable[..., None]:
        return lambda faults: ringback.connect(APP, receiver, faults)

    if request.param == "socket":
        with listening(store) as url:
            yield to(url)
    elif request.param == "scripted":
        receiver = ringback.receiver("https://unused.example")
        receiver.answer = answered_by(store)  # type: ignore[method-assign]
        yield to(receiver)
    else:
        yield to(getattr(store, request.param))


def answered_by(store: Store) -> Any:
    from ringback.core.delivery.reply import Reply, answer_of

    return lambda message: answer_of(Reply(store.take(message.headers, message.body), body="done"))


TIMELINES: list[tuple[FaultLike, list[str], int]] = [
    ("refused", ["+0s POST refused", "+30s POST 200"], 1),
    ("reset before", ["+0s POST reset", "+30s POST 200"], 1),
    ("reset", ["+0s POST reset", "+30s POST 200"], 1),
    ("timeout", ["+0s POST timeout", "+40s POST 200"], 1),
    (502, ["+0s POST 502", "+30s POST 200"], 1),
    ("reset during", ["+0s POST reset", "+30s POST 200"], 1),
    ("reset after", ["+0s POST reset", "+30s POST 200"], 2),
    ("reset in answer", ["+0s POST reset", "+30s POST 200"], 2),
    ("answer lost", ["+0s POST answer lost", "+30s POST 200"], 2),
    (Fault("answer replaced", status=504), ["+0s POST 504", "+30s POST 200"], 2),
    (Fault("slow", after=3), ["+0s POST 200"], 1),
    (Fault("slow", after=10), ["+0s POST 200"], 1),
    (Fault("slow", after=10.1), ["+0s POST timeout", "+40s POST 200"], 2),
    ("garbage", ["+0s POST not http", "+30s POST 200"], 2),
    ("wrong length", ["+0s POST 200"], 1),
    ("1xx flood", ["+0s POST not http", "+30s POST 200"], 2),
    ("endless body", ["+0s POST timeout", "+40s POST 200"], 2),
    ("huge header", ["+0s POST not http", "+30s POST 200"], 2),
    ("duplicate", ["+0s POST 200"], 2),
    (Fault("duplicate", after=5), ["+0s POST 200"], 2),
    ("late copy", ["+0s POST 200"], 2),
    ("swapped", ["+10s POST 200"], 1),
    ("no credential", ["+0s POST 200"], 1),
    ("body cut", ["+0s POST 200"], 1),
]


@pytest.mark.parametrize(("fault", "timeline", "stored"), TIMELINES, ids=lambda each: str(each))
def test_what_comes_of_each_fault_is_the_same_whoever_receives(
    ringback: Emulator,
    store: Store,
    connect: Callable[..., None],
    fault: FaultLike,
    timeline: list[str],
    stored: int,
) -> None:
    connect([fault])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == timeline
    assert delivery.state is State.DELIVERED
    assert [each.fault for each in delivery.attempts[:1]] == [str(fault)]
    assert f"[fault: {fault}]" in ringback.timeline
    assert len(store.stored) == stored


def sent(store: Store) -> tuple[Headers, bytes]:
    ((headers, body),) = store.stored
    return headers, body


@pytest.mark.parametrize(
    ("fault", "authorization"),
    [
        ("no credential", None),
        ("wrong credential", "Basic YWRhOndyb25n"),
        ("foreign credential", "Basic c3RyYW5nZXI6Zm9yZWlnbg=="),
    ],
)
def test_a_receiver_sees_no_credential_or_a_wrong_one(
    ringback: Emulator,
    store: Store,
    connect: Callable[..., None],
    fault: str,
    authorization: str | None,
) -> None:
    connect([fault])
    delivery = ringback.submit("Hello", callback=SECRET)
    ringback.run_until_idle()
    headers, body = sent(store)
    assert headers.get("authorization") == authorization
    assert delivery.attempts[0].request.headers.get("authorization") == authorization
    assert body == delivery.audio


def test_a_receiver_sees_no_dg_token_or_a_foreign_one(
    ringback: Emulator, store: Store, connect: Callable[..., None]
) -> None:
    store.begin_again([503, 503, 200])
    connect(["no dg-token", "foreign dg-token"])
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    none, foreign, own = (headers.get("dg-token") for headers, _ in store.stored)
    assert none is None
    assert foreign not in (None, ringback.key_id)
    assert own == ringback.key_id


def test_a_receiver_sees_a_body_that_is_cut_and_one_that_is_altered_in_one_bit(
    ringback: Emulator, store: Store, connect: Callable[..., None]
) -> None:
    store.begin_again([503, 503, 200])
    connect([Fault("body cut", at=100), "bit flipped"])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    (headers, cut), (_, altered), (_, whole) = store.stored
    assert whole == delivery.audio
    assert (headers["content-length"], cut) == ("100", whole[:100])
    differing = [a ^ b for a, b in zip(altered, whole, strict=True) if a != b]
    assert [each.bit_count() for each in differing] == [1]


@pytest.mark.parametrize("at", [None, 0, 5])
def test_a_connection_that_breaks_in_the_request_brings_a_part_of_the_body(
    ringback: Emulator, store: Store, connect: Callable[..., None], at: int | None
) -> None:
    connect([Fault("reset during", at=at)])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    first = delivery.attempts[0]
    assert str(first.outcome) == "connection reset while sending"
    expected = delivery.audio[: len(delivery.audio) // 2 if at is None else at]
    assert store.broken in ([expected], [])  # a script sees nothing that is not whole
    assert [body for _, body in store.stored] == [delivery.audio]
    assert first.request.body == delivery.audio
    assert not ringback.crashes


# -- copies ----------------------------------------------------------------------------------------


def test_a_second_copy_comes_when_its_time_has_come(
    ringback: Emulator, store: Store, connect: Callable[..., None]
) -> None:
    store.begin_again([200, 409])
    connect([Fault("duplicate", after=5)])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    assert (delivery.state, len(store.stored)) == (State.DELIVERED, 1)
    assert delivery.attempts[0].copy is None
    assert ringback.leftovers()["faults"] == [
        f"a copy of attempt 1 of request {delivery.request_id}, due at +5s, has not come:"
        " run_until_idle() brings what is due"
    ]
    ringback.advance(4.9)
    assert len(store.stored) == 1
    ringback.advance(0.1)
    (first, second) = store.stored
    assert first[1] == second[1]
    (attempt,) = delivery.attempts
    assert (str(attempt.copy), attempt.copied_at) == ("answered 409", 5)
    assert delivery.timeline == ["+0s POST 200"]
    assert "copy at +5s: answered 409" in ringback.timeline
    (fact,) = [each for each in ringback.journal if isinstance(each, AttemptCopied)]
    assert line(fact) == (
        f"+5s copy of attempt 1 '409' request={delivery.request_id} (answered 409)"
    )


def test_a_second_copy_may_come_between_the_attempts(
    ringback: Emulator, store: Store, connect: Callable[..., None]
) -> None:
    store.begin_again([503, 200, 409, 204])
    connect([Fault("duplicate", after=5), Fault("duplicate", after=60)])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 503", "+30s POST 409", "+60s POST 204"]
    assert [str(each.copy) for each in delivery.attempts] == [
        "answered 200",  # which the dispatcher does not hear
        "answered 204",
        "None",
    ]
    assert [each.copied_at for each in delivery.attempts] == [5, 90, None]


def test_a_late_copy_comes_once_its_delivery_has_succeeded(
    ringback: Emulator, store: Store, connect: Callable[..., None]
) -> None:
    store.begin_again([503, 503, 200, 409, 410])
    connect(["late copy", Fault("late copy", after=45)])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 503", "+30s POST 503", "+60s POST 200"]
    told = [(str(each.copy), each.copied_at) for each in delivery.attempts]
    assert told == [("answered 409", 90), ("answered 410", 105), ("None", None)]


@pytest.mark.ringback(allow_unused_faults=True, retries=1)
def test_no_late_copy_comes_of_a_delivery_that_never_succeeds(
    ringback: Emulator, store: Store, connect: Callable[..., None]
) -> None:
    store.begin_again([503])
    connect(["late copy"])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert (delivery.state, len(store.stored)) == (State.EXHAUSTED, 2)
    assert ringback.leftovers()["faults"] == [
        f"a copy of attempt 1 of request {delivery.request_id}, for it comes once its delivery has"
        " succeeded, has not come: run_until_idle() brings what is due"
    ]


def test_what_fails_at_a_late_copy_is_found_out(make_ringback: Make) -> None:
    calls = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        calls.append(scope["path"])
        if len(calls) > 1:
            raise KeyError("seen before")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    with Emulator() as ringback:
        ringback.connect(APP, app, ["late copy"])
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        assert str(delivery.attempts[0].copy).startswith("answered 500 (the app raised KeyError")
        assert len(ringback.crashes) == 1


def test_a_copy_that_hangs_is_given_up_and_its_delivery_stands(make_ringback: Make) -> None:
    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    ringback = make_ringback(guard=0.2)
    ringback.receiver(APP, faults=["late copy"])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    ringback.connect(APP, hangs)
    with pytest.raises(Stuck, match=r"the copy of attempt 1 of"):
        ringback.run_until_idle()
    assert (delivery.state, delivery.statuses) == (State.DELIVERED, [200])
    assert isinstance(delivery.attempts[0].copy, Aborted)


def test_copies_come_where_time_flows() -> None:
    store = Store()
    with Emulator(Settings(clock="x1000")) as ringback:
        ringback.connect(APP, store.asgi, [Fault("duplicate", after=2)])
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        assert (len(store.stored), delivery.statuses) == (2, [200])


def test_copies_come_on_a_loop_of_ones_own() -> None:
    async def copied(store: Store) -> float | None:
        async with AsyncEmulator() as ringback:
            ringback.connect(APP, store.asgi, ["late copy"])
            delivery = ringback.submit("Hello", callback=HOOK)
            await ringback.run_until_idle()
            return delivery.attempts[0].copied_at

    store = Store()
    assert asyncio.run(copied(store)) == 30
    assert len(store.stored) == 2


def test_a_copy_of_what_is_kept_no_longer_comes_all_the_same(make_ringback: Make) -> None:
    ringback = make_ringback(keep=1)
    store = Store()
    ringback.connect(APP, store.asgi)
    ringback.fault_deliveries("late copy", when=lambda request: request.text == "One")
    ringback.submit("One", callback=HOOK)
    for _ in range(3):
        ringback.submit("Two", callback=HOOK)
    ringback.run_until_idle()
    bodies = [body for _, body in store.stored]
    assert len(bodies) == 5
    assert bodies[-1] == bodies[0]


# -- order -----------------------------------------------------------------------------------------


def arrived(store: Store, *deliveries: Delivery) -> str:
    """The deliveries in the order of their arrivals, by letters."""
    ids = {each.request_id: "ABCDEF"[place] for place, each in enumerate(deliveries)}
    return "".join(ids[headers["dg-request-id"]] for headers, _ in store.stored)


def test_two_deliveries_are_swapped(
    ringback: Emulator, store: Store, connect: Callable[..., None]
) -> None:
    connect([])
    first = ringback.submit("One", callback=HOOK, faults=["swapped"])
    second, third = (ringback.submit("Two", callback=HOOK) for _ in range(2))
    ringback.run_until_idle()
    assert arrived(store, first, second, third) == "BAC"
    assert first.timeline == ["+0s POST 200"]
    assert first.attempts[0].fault == "swapped"


def test_the_one_that_goes_first_may_come_later_and_others_too_are_swapped_in_pairs(
    ringback: Emulator, store: Store, connect: Callable[..., None]
) -> None:
    connect(["swapped"])
    deliveries = []
    for _ in range(4):
        deliveries.append(ringback.submit("Hello", callback=HOOK))
        ringback.advance(4)
    ringback.run_until_idle()
    assert arrived(store, *deliveries) == "BADC"
    assert [each.offsets for each in deliveries] == [[4], [0], [4], [0]]


@pytest.mark.parametrize(("fault", "offset"), [("swapped", 10), (Fault("swapped", after=3), 3)])
def test_who_would_be_swapped_waits_for_another_no_longer_than_said(
    ringback: Emulator,
    store: Store,
    connect: Callable[..., None],
    fault: FaultLike,
    offset: int,
) -> None:
    connect([])
    first = ringback.submit("One", callback=HOOK, faults=[fault])
    ringback.advance(offset - 1)
    assert not store.stored
    assert first.state is State.SCHEDULED
    ringback.run_until_idle()
    assert first.offsets == [offset]


def test_who_stands_back_can_be_cancelled(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP)
    first = ringback.submit("One", callback=HOOK, faults=["swapped"])
    ringback.settle()
    ringback.cancel(first, "nobody wants it")
    second = ringback.submit("Two", callback=HOOK)
    ringback.run_until_idle()
    assert (first.statuses, second.statuses, len(receiver.requests)) == ([], [200], 1)


def test_deliveries_to_other_origins_are_not_swapped_with(ringback: Emulator) -> None:
    for origin in (APP, "https://other.example"):
        ringback.receiver(origin)
    first = ringback.submit("One", callback=HOOK, faults=["swapped"])
    other = ringback.submit("Two", callback="https://other.example/hook")
    ringback.run_until_idle()
    assert (first.offsets, other.offsets) == ([10], [0])


# -- in real time, over a socket -------------------------------------------------------------------


def test_over_a_socket_an_attempt_is_really_slow_and_takes_no_virtual_time(
    ringback: Emulator, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def noted(alarm: Any, seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("ringback.sending.http.pause", noted)
    with listening(store) as url:
        ringback.connect(APP, url, [Fault("slow", after=4, real=True)])
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
    assert waited == [0.5] * 8
    assert delivery.attempts[0].finished_at == 0
    assert [body for _, body in store.stored] == [delivery.audio]


@pytest.mark.ringback(clock="real", attempt_timeout=0.2, allow_pending=True)
def test_where_time_flows_an_attempt_may_be_too_slow_to_arrive(
    ringback: Emulator, store: Store
) -> None:
    with listening(store) as url:
        ringback.connect(APP, url, [Fault("slow", after=60, real=True)])
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.step()
    assert delivery.statuses == ["timeout"]
    assert not store.stored


# -- what cannot be meant --------------------------------------------------------------------------


@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
def test_what_is_slow_in_real_time_needs_a_socket(
    ringback: Emulator, store: Store, interface: str
) -> None:
    faults = [None, Fault("slow", after=1, real=True)]
    message = (
        f"{APP}: 'slow (after 1 s, in real time)' is for a receiver behind a socket: connect(…,"
        " 'http://127.0.0.1:PORT'), or leave out real=True for virtual seconds"
    )
    with pytest.raises(SettingsError, match=f"^{re.escape(message)}$"):
        ringback.connect(APP, getattr(store, interface), faults)
    with pytest.raises(SettingsError, match=f"^{re.escape(message)}$"):
        ringback.receiver(APP, faults=faults)


def test_two_applications_on_one_route_are_refused_as_what_they_are(
    ringback: Emulator, store: Store
) -> None:
    with pytest.raises(SettingsError, match="a route leads to one receiver, and these are 2"):
        ringback.connect(APP, [store.asgi, store.wsgi])
