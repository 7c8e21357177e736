"""Verbs that assert, for those who prefer them, in this process and over HTTP."""

from collections.abc import Iterator

import pytest

from ringback import Client, Emulator

APP = "https://app.example"


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


def test_a_receiver_gives_the_requests_that_are_as_expected(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP, replies=[503, 204])
    delivery = ringback.submit("Hello", callback=f"{APP}/done?for=1", callback_method="put")
    receiver.assert_received(times=0)
    ringback.run_until_idle()
    arrived = receiver.assert_received(
        times=2,
        method="PUT",
        path="/done",
        headers={"dg-token": ringback.key_id, "authorization": None},
        body=delivery.audio,
    )
    assert arrived == list(receiver.requests)


def test_a_receiver_that_got_something_else_shows_what(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP)
    ringback.submit("Hello", callback=f"{APP}/done")
    ringback.run_until_idle()
    with pytest.raises(AssertionError) as failed:
        receiver.assert_received(method="PUT")
    assert str(failed.value).splitlines() == [
        "https://app.example: 0 of the requests that arrived are as expected, not at least 1",
        "POST https://app.example/done   <-- method POST, not PUT",
    ]


def test_a_delivery_shows_its_timeline_beside_the_expected_one(ringback: Emulator) -> None:
    ringback.receiver(APP, replies=[503, 204])
    delivery = ringback.submit("Hello", callback=f"{APP}/done")
    ringback.run_until_idle()
    delivery.assert_timeline(["+0s POST 503", "+30s POST 204"])
    with pytest.raises(AssertionError) as failed:
        delivery.assert_timeline(["+0s POST 204"])
    assert str(failed.value).splitlines() == [
        f"request {delivery.request_id}: two timelines of 2 and 1 attempts, as it was and as"
        " expected",
        "+0s POST 503    +0s POST 204   <-- differs",
        "+30s POST 204   (nothing)   <-- differs",
    ]


def test_the_verbs_are_there_over_http(ringback: Emulator) -> None:
    with Client(ringback.url, ringback.api_key) as client:
        receiver = client.receiver(APP)
        delivery = client.submit("Hello", callback=f"{APP}/done")
        client.run_until_idle()
        delivery.assert_timeline(["+0s POST 200"])
        with pytest.raises(AssertionError, match="<-- differs"):
            delivery.assert_timeline([])
        receiver.assert_received(times=1, method="POST", body=delivery.audio)
        with pytest.raises(AssertionError, match="another body than the 5 bytes"):
            receiver.assert_received(body=b"other")
