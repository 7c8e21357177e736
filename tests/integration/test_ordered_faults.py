"""Faults for one delivery, for those that a predicate picks, and for all of a test."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from ringback import Emulator, Fault, SettingsError
from ringback.core.delivery.fault import FaultLike
from ringback.core.request.speak import SpeakRequest

APP = "https://app.example"
HOOK = f"{APP}/hook"
OTHER = "https://other.example"

Make = Callable[..., Emulator]


def speak(ringback: Emulator, text: str) -> httpx.Response:
    return httpx.post(
        f"{ringback.url}/v1/speak",
        params={"callback": HOOK},
        headers={"Authorization": f"Token {ringback.api_key}"},
        json={"text": text},
    )


def long(request: SpeakRequest) -> bool:
    return len(request.text) > 10


def test_one_delivery_is_submitted_with_faults_of_its_own(ringback: Emulator) -> None:
    ringback.receiver(APP)
    one = ringback.submit("One", callback=HOOK, faults=["answer lost", 503])
    other = ringback.submit("Two", callback=HOOK)
    ringback.run_until_idle()
    assert one.statuses == ["answer lost", 503, 200]
    assert [each.fault for each in one.attempts] == ["answer lost", "503", None]
    assert other.statuses == [200]


def test_a_predicate_picks_the_deliveries_that_meet_faults(ringback: Emulator) -> None:
    ringback.receiver(APP)
    ringback.fault_deliveries("answer lost", when=long)
    ids = [speak(ringback, text).json()["request_id"] for text in ("Hello", "Hello " * 9)]
    ringback.run_until_idle()
    short, picked = (ringback.deliveries.for_request(each) for each in ids)
    assert (short.statuses, picked.statuses) == ([200], ["answer lost", 200])


def test_without_a_predicate_every_delivery_meets_them_wherever_it_goes(
    ringback: Emulator,
) -> None:
    for origin in (APP, OTHER):
        ringback.receiver(origin)
        ringback.submit("Hello", callback=f"{origin}/hook")
    ringback.fault_deliveries("reset after", None)
    ringback.submit("Again", callback=HOOK)
    ringback.submit("Again", callback=f"{OTHER}/hook")
    ringback.run_until_idle()
    assert [each.statuses for each in ringback.deliveries] == [
        [200],
        [200],
        ["reset", 200],
        ["reset", 200],
    ]


@pytest.mark.ringback(allow_unused_faults=True)
def test_a_deliverys_own_faults_come_before_those_of_an_order_and_of_an_origin(
    ringback: Emulator,
) -> None:
    ringback.receiver(APP, faults=[501, 501])
    ringback.fault_deliveries(502, when=lambda request: request.text != "Hello")
    deliveries = [
        ringback.submit("Mine", callback=HOOK, faults=[503]),
        ringback.submit("Ordered", callback=HOOK),
        ringback.submit("Hello", callback=HOOK),
    ]
    ringback.run_until_idle()
    assert [each.statuses for each in deliveries] == [[503, 200], [502, 200], [501, 501, 200]]


@pytest.mark.ringback(faults=["refused", {"fault": "slow", "after": 2}])
def test_the_marker_says_what_befalls_every_delivery_of_a_test(
    ringback: Emulator, make_ringback: Make
) -> None:
    for each in (ringback, make_ringback()):
        each.receiver(APP)
        delivery = each.submit("Hello", callback=HOOK)
        each.run_until_idle()
        assert delivery.statuses == ["refused", 200]
        assert delivery.attempts[1].finished_at == 32


def test_a_copy_that_is_delivered_again_meets_none_of_its_faults(ringback: Emulator) -> None:
    ringback.receiver(APP)
    delivery = ringback.submit("Hello", callback=HOOK, faults=[503])
    ringback.run_until_idle()
    again = ringback.redeliver(delivery)
    ringback.run_until_idle()
    assert again.statuses == [200]


# -- what was never met ----------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["submit", "predicate"])
def test_faults_that_no_attempt_met_are_told_of(make_ringback: Make, way: str) -> None:
    with Emulator() as ringback:
        ringback.receiver(APP)
        faults: list[FaultLike] = [None, "reset"]
        if way == "submit":
            delivery = ringback.submit("Hello", callback=HOOK, faults=faults)
            whose = f"request {delivery.request_id}"
        else:
            ringback.fault_deliveries(*faults, when=lambda request: True)
            ringback.submit("Hello", callback=HOOK)
            whose = "fault_deliveries(…)"
        ringback.run_until_idle()
        (sentence,) = ringback.leftovers()["faults"]
    assert sentence.startswith(f"{whose}: no attempt reached entry 2 (reset) of faults=[…]. ")


def test_an_order_that_fits_no_delivery_is_told_of() -> None:
    with Emulator() as ringback:
        ringback.receiver(APP)
        ringback.fault_deliveries("reset", when=long)
        ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        assert len(ringback.leftovers()["faults"]) == 1


# -- what cannot be meant --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ([None] * 12, "faults=… has 12 entries, one for each attempt, and a delivery has 11 att"),
        (["answer lots"], "unknown fault 'answer lots'; did you mean 'answer lost'?"),
        (["cut"], "'cut' is no fault of a callback; that is how an answer of the service breaks"),
        ("reset", "faults must be a list: write faults=.'reset'."),
    ],
)
def test_faults_that_cannot_be_meant_are_refused_where_they_are_written(
    ringback: Emulator, faults: Any, message: str
) -> None:
    ways: list[Callable[[], object]] = [
        lambda: ringback.connect(APP, "http://127.0.0.1:9", faults),
        lambda: ringback.receiver(APP, [200], faults),
        lambda: ringback.submit("Hello", callback=HOOK, faults=faults),
    ]
    if not isinstance(faults, str):
        ways.append(lambda: ringback.fault_deliveries(*faults))
    pattern = message.replace("faults=…", r"faults=\[…\]").replace(".'reset'.", r"\['reset'\]")
    for way in ways:
        with pytest.raises(SettingsError, match=f"^{pattern}"):
            way()
    assert not ringback.deliveries
    assert not ringback.requests


def test_an_order_of_nothing_is_refused(ringback: Emulator) -> None:
    with pytest.raises(SettingsError, match=r"^fault_deliveries\(\) orders nothing: write the fau"):
        ringback.fault_deliveries(when=long)


def test_what_a_predicate_raises_is_raised_where_the_request_was_submitted(
    ringback: Emulator,
) -> None:
    def fails(request: SpeakRequest) -> bool:
        raise LookupError("in the predicate")

    ringback.fault_deliveries("reset", when=fails)
    with pytest.raises(LookupError, match="in the predicate"):
        ringback.submit("Hello", callback=HOOK)
    assert speak(ringback, "Hello").status_code == 500
    with pytest.raises(LookupError, match="in the predicate"):
        ringback.settle()
    assert len(ringback.leftovers()["faults"]) == 1
    ringback.reset()


def test_a_predicate_may_call_the_emulator(ringback: Emulator) -> None:
    ringback.receiver(APP)

    def among_few(request: SpeakRequest) -> bool:
        return len(ringback.deliveries) < 1

    ringback.fault_deliveries(Fault("answer replaced", status=504), when=among_few)
    first, second = (ringback.submit("Hello", callback=HOOK) for _ in range(2))
    ringback.run_until_idle()
    assert (first.statuses, second.statuses) == ([504, 200], [200])
