"""Real clients, made as their own examples make them: they look for the service where it is."""

from collections.abc import Iterator

import pytest

from ringback import Emulator, Interception
from tests.e2e.clients.driving import SDKS, Client, each
from tests.e2e.clients.test_streams import SOUND, TEXT, closes

pytestmark = pytest.mark.needs_tool

CALLBACK = "https://app.example/done"


@pytest.fixture
def interception(ringback: Emulator) -> Iterator[Interception]:
    with Interception(ringback.url) as interception:
        yield interception
        assert (dict(interception.refused), interception.distrusted) == ({}, 0)


@each(SDKS)
def test_a_client_that_is_told_of_no_address_asks_for_a_callback_here(
    client: Client, ringback: Emulator, interception: Interception
) -> None:
    receiver = ringback.receiver("https://app.example", replies=[503, 204])
    told = client.run("ask", ringback, TEXT, interception=interception, callback=CALLBACK)
    ringback.run_until_idle()
    delivery = ringback.deliveries.only()
    assert told == {"answer": {"request_id": delivery.request_id}}
    assert [received.body for received in receiver.requests] == [delivery.audio] * 2


@each(SDKS)
def test_a_client_that_is_told_of_no_address_streams_here(
    client: Client, ringback: Emulator, interception: Interception
) -> None:
    told = client.run("stream", ringback, TEXT, interception=interception, **SOUND)
    assert told["said"] == ["Metadata", "Flushed"]
    assert closes(ringback) == [1000]
