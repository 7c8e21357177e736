"""Real clients ask for callbacks: they are given the id, their application the audio."""

import pytest

from ringback import Emulator
from tests.e2e.clients.driving import SDKS, Client, each

pytestmark = pytest.mark.needs_tool

TEXT = "Hello, how can I help you today?"
CALLBACK = "https://ada:s3%40cret@app.example/hook?call=7&of=100%25"


@each(SDKS)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_client_is_given_the_id_of_what_its_application_receives(
    client: Client, method: str, ringback: Emulator
) -> None:
    receiver = ringback.receiver("https://app.example", replies=[503, 204])

    told = client.run("ask", ringback, TEXT, callback=CALLBACK, callback_method=method)
    assert not receiver.requests
    ringback.run_until_idle()

    delivery = ringback.deliveries.only()
    assert told == {"answer": {"request_id": delivery.request_id}}
    assert delivery.timeline == [f"+0s {method} 503", f"+30s {method} 204"]
    for received in receiver.requests:
        assert received.method == method
        assert received.url == "https://app.example/hook?call=7&of=100%25"
        assert received.body == delivery.audio
        assert received.headers["dg-request-id"] == delivery.request_id
        assert received.headers["dg-token"] == ringback.key_id
        assert received.headers["authorization"] == "Basic YWRhOnMzQGNyZXQ="  # ada:s3@cret


@each(SDKS)
def test_a_client_need_not_name_the_method(client: Client, ringback: Emulator) -> None:
    receiver = ringback.receiver("https://app.example")
    client.run("ask", ringback, TEXT, callback="http://app.example:8080/hook")
    ringback.connect("http://app.example:8080", receiver)
    ringback.run_until_idle()
    assert [received.method for received in receiver.requests] == ["POST"]
