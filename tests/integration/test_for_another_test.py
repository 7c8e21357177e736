"""An emulator that several tests share begins again for each, and keeps what is for all of them."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from ringback import AsyncEmulator, Emulator

APP = "https://app.example"
HOOK = f"{APP}/done"


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


def test_what_is_kept_is_connected_again_from_its_beginning(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP, replies=[503, 204], faults=[None, "answer lost"])
    ringback.keep_connected()
    key, ids = ringback.api_key, set()
    for _ in range(2):
        delivery = ringback.submit("Hello", callback=HOOK)
        ids.add(delivery.request_id)
        ringback.run_until_idle()
        assert delivery.statuses == [503, "answer lost", 204]
        receiver.assert_received(times=3)
        ringback.end_test()
        assert (ringback.clock.elapsed, list(receiver.requests)) == (0, [])
        assert ringback.api_key == key
    assert len(ids) == 2, "an application that outlives a test would take it for a duplicate"


def test_what_one_test_connects_is_gone_for_the_next_and_what_it_hides_is_back(
    ringback: Emulator,
) -> None:
    ringback.receiver(APP, replies=[204])
    ringback.keep_connected()
    ringback.receiver(APP, replies=[201])
    ringback.receiver("https://two.example", replies=[500, 204])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.statuses == [201]
    assert ringback.leftovers()["faults"] == [], "a kept route may be hidden by a test's own"
    assert len(ringback.leftovers()["replies"]) == 1
    ringback.end_test()
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.statuses == [204]
    assert not any(ringback.leftovers().values())


def test_what_is_kept_owes_nothing_before_it_is_reached(ringback: Emulator) -> None:
    ringback.receiver(APP, replies=[503, 204], faults=[None, None, "timeout"])
    assert len(ringback.leftovers()["replies"] + ringback.leftovers()["faults"]) == 2
    ringback.keep_connected()
    assert not any(ringback.leftovers().values())
    ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    left = ringback.leftovers()
    assert len(left["replies"] + left["faults"]) == 2, "it was reached, and the rest is missing"
    ringback.end_test()
    assert not any(ringback.leftovers().values())


def test_nothing_that_was_found_is_told_to_the_next_test(ringback: Emulator) -> None:
    async def breaks(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("no mailbox")

    ringback.connect(APP, breaks)
    ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    assert ringback.leftovers()["crashes"]
    ringback.reset()
    assert ringback.leftovers()["crashes"]
    assert ringback.crashes
    ringback.end_test()
    assert not any(ringback.leftovers().values())
    assert not ringback.crashes


def test_a_reset_keeps_what_is_kept_too(ringback: Emulator) -> None:
    ringback.receiver(APP, replies=[204])
    ringback.keep_connected()
    ringback.receiver("https://two.example")
    ringback.reset()
    assert ringback.submit("Hello", callback=HOOK).state == "scheduled"
    assert [str(each) for each in ringback.run_until_idle()] == ["+0s POST 204"]


def test_one_that_was_closed_is_open_for_the_next_test() -> None:
    ringback = Emulator().open()
    ringback.receiver(APP)
    ringback.keep_connected()
    ringback.close()
    ringback.end_test()
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.statuses == [200]
    ringback.close()


def test_the_awaited_face_begins_again_on_another_loop() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def test(ringback: AsyncEmulator) -> list[int | str]:
        delivery = ringback.submit("Hello", callback=HOOK)
        await ringback.run_until_idle()
        return delivery.statuses

    ringback = AsyncEmulator().open()
    ringback.connect(APP, app)
    ringback.keep_connected()
    for _ in range(2):
        assert asyncio.run(test(ringback)) == [204]
        ringback.end_test()
    ringback.close()
