"""Whose a delivery is: what a test hands back to an emulator acts on that delivery, or on none."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ringback import AsyncEmulator, Delivery, Emulator, NotRunning, RingbackError, State

APP = "https://app.example"
HOOK = "https://app.example/hook"

Make = Callable[..., Emulator]
Verb = Callable[[Emulator | AsyncEmulator, Delivery], object]

VERBS: dict[str, Verb] = {
    "cancel": lambda ringback, delivery: ringback.cancel(delivery, "enough"),
    "fail_job": lambda ringback, delivery: ringback.fail_job(delivery),
    "redeliver": lambda ringback, delivery: ringback.redeliver(delivery),
}

each_verb = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())


def untouched(ringback: Emulator | AsyncEmulator) -> bool:
    """Whether the one delivery of *ringback* is as it was submitted."""
    (delivery,) = ringback.deliveries
    failed = [fact for fact in ringback.journal if fact.name == "speak.failed"]
    return delivery.state is State.SCHEDULED and not failed


# -- of another emulator, and from before --------------------------------------------------------


@each_verb
@pytest.mark.ringback(allow_pending=True)
def test_a_delivery_of_another_emulator_is_refused_and_nothing_is_done(
    make_ringback: Make, verb: Verb
) -> None:
    ringback, other = make_ringback(), make_ringback()
    ringback.submit("Hello", callback=HOOK)
    foreign = other.submit("Hello", callback=HOOK)
    with pytest.raises(RingbackError, match=rf"^delivery {foreign.request_id} belongs to another "):
        verb(ringback, foreign)
    assert untouched(ringback)
    assert untouched(other)


@each_verb
@pytest.mark.ringback(allow_pending=True)
def test_a_delivery_from_before_a_reset_is_refused_in_words_of_its_own(
    ringback: Emulator, verb: Verb
) -> None:
    stale = ringback.submit("Hello", callback=HOOK)
    for _ in range(2):
        ringback.reset()
        ringback.submit("Hello", callback=HOOK)
        with pytest.raises(RingbackError, match=r" is from before reset\(\)"):
            verb(ringback, stale)
        assert untouched(ringback)


@each_verb
def test_a_delivery_from_before_an_emulator_was_opened_again_is_refused_too(verb: Verb) -> None:
    ringback = Emulator()
    with ringback:
        stale = ringback.submit("Hello", callback=HOOK)
    with pytest.raises(NotRunning, match="is not running"):
        verb(ringback, stale)
    with ringback, pytest.raises(RingbackError, match="is from before"):
        verb(ringback, stale)


@each_verb
def test_an_emulator_that_is_awaited_refuses_them_as_well(
    async_ringback: AsyncEmulator, verb: Verb
) -> None:
    with Emulator() as other:
        foreign = other.submit("Hello", callback=HOOK)
        with pytest.raises(RingbackError, match="belongs to another emulator"):
            verb(async_ringback, foreign)


@each_verb
def test_what_is_no_delivery_is_refused_with_the_way_to_one(ringback: Emulator, verb: Verb) -> None:
    request_id: Any = "01b0a7ea-7c00-7000-8000-000000000001"
    with pytest.raises(TypeError, match=r"is no delivery: take one of ringback\.deliveries"):
        verb(ringback, request_id)


def test_a_delivery_from_before_a_reset_can_still_be_looked_at(ringback: Emulator) -> None:
    ringback.receiver(APP, replies=[503, 204])
    stale = ringback.submit("Hello", callback=HOOK)
    ringback.advance(0)
    audio = stale.audio
    ringback.reset()
    assert stale.timeline == ["+0s POST 503"]
    assert stale.state is State.SCHEDULED
    assert stale.audio == audio
    assert stale not in ringback.deliveries


def test_a_hold_from_before_a_reset_keeps_nothing_still(ringback: Emulator) -> None:
    with ringback.hold("an upload"):
        ringback.reset()
        ringback.advance(5)
    ringback.advance(5)
    assert ringback.clock.elapsed == 10


# -- more than one delivery of a request ---------------------------------------------------------


@pytest.mark.rule("failed-jobs")
def test_a_redelivery_fails_without_the_original(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP)
    original = ringback.submit("Hello", callback=HOOK)
    again = ringback.redeliver(original)
    ringback.fail_job(again)
    ringback.run_until_idle()
    assert [request.headers["content-type"] for request in receiver.requests] == [
        "audio/mpeg",
        "application/json",
    ]
    assert receiver.requests[0].body == original.audio


@pytest.mark.rule("failed-jobs")
def test_the_original_fails_without_its_redelivery(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP)
    original = ringback.submit("Hello", callback=HOOK)
    again = ringback.redeliver(original)
    ringback.fail_job(original)
    ringback.run_until_idle()
    assert json.loads(receiver.requests[0].body)["request_id"] == original.request_id
    assert receiver.requests[1].body == again.audio


@pytest.mark.rule("failed-jobs")
def test_what_failed_is_delivered_again_as_it_was(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP)
    original = ringback.submit("Hello", callback=HOOK)
    ringback.fail_job(original, err_code="SLOW_UPLOAD")
    ringback.run_until_idle()
    ringback.redeliver(ringback.redeliver(original))
    ringback.run_until_idle()
    first, second, third = receiver.requests
    assert json.loads(first.body)["err_code"] == "SLOW_UPLOAD"
    assert first == second == third


@pytest.mark.rule("failed-jobs")
def test_what_failed_untold_cannot_be_delivered_again(make_ringback: Make) -> None:
    ringback = make_ringback(callback_errors=False)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.fail_job(delivery)
    with pytest.raises(RingbackError, match=r"there is nothing to send again$"):
        ringback.redeliver(delivery)
    assert len(ringback.deliveries) == 1


@pytest.mark.rule("failed-jobs")
def test_the_audio_of_a_delivery_is_what_was_asked_for_whatever_it_brings(
    ringback: Emulator,
) -> None:
    receiver = ringback.receiver(APP)
    failing, other = (ringback.submit("Hello", callback=HOOK) for _ in range(2))
    ringback.fail_job(failing)
    ringback.run_until_idle()
    assert failing.audio == other.audio == receiver.requests[1].body
    assert receiver.requests[0].body != failing.audio


# -- whoever plays a scenario --------------------------------------------------------------------


def test_a_scenario_sees_its_own_request_and_not_those_that_its_application_makes(
    ringback: Emulator, tmp_path: Path
) -> None:
    made: list[Delivery] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        made.append(ringback.submit("More", callback="https://more.example/hook"))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    ringback.connect(APP, application)
    ringback.receiver("https://more.example")
    path = tmp_path / "one.ringback.yaml"
    path.write_text(
        "version: 1\nname: One\n"
        f"submit: {{text: Hello, callback: {HOOK!r}}}\n"
        "expect: {attempts: [+0s], each: {body: {same_as: audio}}, state: delivered}\n"
    )
    assert ringback.play(path).timeline == ("+0s POST 204",)
    assert [delivery.statuses for delivery in made] == [[200]]
