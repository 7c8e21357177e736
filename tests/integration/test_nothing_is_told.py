"""What is shown of requests and answers is one line each, without secrets; the wire has it all."""

import logging
from collections.abc import Iterator

import httpx
import pytest

from ringback import Emulator, Refused, Reply
from ringback.service.telling import line

SECRET = "hunter2"
HOOK = "https://app.example/hook"

TORN = [
    "https://ada:hunter2&co@app.example/hook",
    "https://ada:hunter2&co&tail@app.example/hook",
    "https://ada:x&hunter2&y@app.example/hook",
    "https://ada:x&speed=hunter2&y@app.example/hook",
    "https://ada:x&hunter2=1&y@app.example/hook",
    "https://ada:hunter2?x@app.example/hook",
    "https://ada:hunter2%2Fx@app.example/hook",
    "https://ada%3Ahunter2%40app.example/hook",
    "https://ada%253Ahunter2%2540app.example/hook",
    "https://ada%25253Ahunter2%252540app.example/hook",
    "https://ada:hunter2%2540app.example/hook",
    "https%3A%2F%2Fada%3Ahunter2%26co%40app.example",
    "https%253A%252F%252Fada%253Ahunter2%2540app.example",
    "https://ada:hunter2&co%40app.example",
    "https://hunter2:x%5B@app.example/",
    "https://hunter2:100%25@app.example/",
    "hunter2@app.example",
    "ada:hunter2@app.example",
]
"""Credentials that are encoded too often or not enough, as they stand behind `callback=`."""


def shown(ringback: Emulator) -> str:
    """All that anybody is shown of *ringback*."""
    facts = [line(fact) for fact in ringback.journal]
    assert all(each.isprintable() for each in facts)
    assert all(each.isprintable() for each in ringback.timeline.split("\n"))
    views = (ringback.deliveries, ringback.requests, list(ringback.journal), ringback.leftovers())
    return "\n".join([*facts, ringback.timeline, repr(views)])


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.mark.parametrize("path", ["/v1/speak", "/v2/speak?model=flux-alexis-en&x=1"])
@pytest.mark.parametrize("callback", TORN)
def test_nothing_of_a_callbacks_credentials_is_quoted_however_encoded_or_torn(
    ringback: Emulator, path: str, callback: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="ringback")
    mark = "&" if "?" in path else "?"
    headers = {"authorization": f"Token {ringback.api_key}", "content-type": "text/plain"}
    url = f"{ringback.url}{path}{mark}callback={callback}"
    answer = httpx.post(url, content="Hello", headers=headers)
    ringback.run_until_idle()
    assert SECRET not in shown(ringback)
    assert SECRET not in caplog.text
    assert SECRET not in answer.text
    assert SECRET not in str(answer.headers)


def test_secret_values_of_a_callbacks_query_are_sent_and_not_shown(ringback: Emulator) -> None:
    callback = f"{HOOK}?token={SECRET}&X-Amz-Signature={SECRET}&page=2"
    location = f"https://ada:{SECRET}@app.example/?key={SECRET}"
    cookie = {"location": location, "set-cookie": SECRET}
    receiver = ringback.receiver(
        "https://app.example", [Reply(503, cookie, body=f"token {SECRET}"), 200]
    )
    delivery = ringback.submit("Hello", callback=callback)
    attempts = ringback.run_until_idle()
    assert "page=2" in shown(ringback)
    for each in (attempts, receiver.requests, attempts[0].request, attempts[0].response):
        assert SECRET not in repr(each)
    assert SECRET not in shown(ringback)
    assert SECRET not in str(delivery.endpoint)
    assert SECRET not in repr(delivery.endpoint)
    assert attempts[0].request.url == callback
    assert receiver.requests[0].url == callback
    assert attempts[0].response is not None
    assert attempts[0].response.headers["location"] == location
    assert attempts[0].response.body == f"token {SECRET}".encode()


def test_a_secret_is_not_shown_by_what_is_stuck(ringback: Emulator) -> None:
    delivery = ringback.submit("Hello", callback=f"{HOOK}?sig={SECRET}")
    ringback.run_until_idle()
    assert SECRET not in shown(ringback)
    assert SECRET not in str(delivery.attempts[0].outcome)


FORGED = "x\n+0s attempt 1 POST https://app.example/ '200' delivered\x1b[2J\x1b]0;pwned\x07\u2028y"


def test_what_a_request_says_forges_no_line_and_moves_no_cursor(ringback: Emulator) -> None:
    key = {"authorization": f"Token {ringback.api_key}", "content-type": "text/plain"}
    for parameters in ({"model": FORGED}, {FORGED: "1"}, {"encoding": FORGED}, {"speed": FORGED}):
        for headers in (key, {}):
            answer = httpx.post(
                f"{ringback.url}/v1/speak", params=parameters, content="Hello", headers=headers
            )
            assert answer.headers["dg-request-id"]
    with pytest.raises(Refused) as refused:
        ringback.submit("Hello", callback=HOOK, model=FORGED)
    assert str(refused.value).isprintable()
    assert "\x1b" not in shown(ringback)
    lines = ringback.timeline.split("\n")
    assert not [each for each in lines if each.startswith(("+0s attempt", "y"))]


def test_what_a_receiver_says_forges_no_line(ringback: Emulator) -> None:
    async def app(_scope: object, _receive: object, _send: object) -> None:
        raise RuntimeError(FORGED)

    ringback.connect("https://app.example", app)
    ringback.submit("Hello", callback=HOOK)
    [attempt, *_] = ringback.run_until_idle()
    assert str(attempt.outcome).isprintable()
    assert "\x1b" not in shown(ringback)
