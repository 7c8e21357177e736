"""The endpoint as an application, called by a client in the same process."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from ringback import AnswerCut, AsyncEmulator, Emulator, RequestFailure, RingbackError
from ringback.core.request.body import MAX_BODY

HELLO = {"text": "Hello, how can I help you today?"}
CALLBACK = {"callback": "https://app.example/hook"}


def client(ringback: Emulator | AsyncEmulator) -> httpx.AsyncClient:
    """A client whose server is *ringback*, without a socket between them."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(ringback.app),
        base_url="http://deepgram.example",
        headers={"authorization": f"Token {ringback.api_key}", "content-type": "text/plain"},
    )


# -- broken off ------------------------------------------------------------------------------------


@pytest.mark.rule("ordered-failures")
@pytest.mark.parametrize("failure", ["cut", RequestFailure(429, breaks="cut", after_bytes=0)])
@pytest.mark.parametrize("parameters", [{}, CALLBACK])
@pytest.mark.ringback(allow_pending=True)
@pytest.mark.asyncio
async def test_an_answer_that_is_cut_off_is_a_public_error_in_the_client(
    ringback: Emulator, failure: RequestFailure, parameters: dict[str, str]
) -> None:
    ringback.fail_requests(failure)
    async with client(ringback) as http:
        with pytest.raises(AnswerCut, match=r"in the middle of this answer: that was ordered$"):
            await http.post("/v1/speak", params=parameters, json=HELLO)
        assert (await http.post("/v1/speak", json=HELLO)).status_code == 200
    assert issubclass(AnswerCut, RingbackError)
    assert issubclass(AnswerCut, ConnectionError)


@pytest.mark.asyncio
async def test_whoever_waits_when_the_emulator_ends_is_told_that_it_has_ended() -> None:
    async with AsyncEmulator() as ringback, client(ringback) as http:
        ringback.fail_requests(RequestFailure(delay=60))
        waiting = asyncio.ensure_future(http.post("/v1/speak", json=HELLO))
        await ringback.settle()
        ringback.close()
        with pytest.raises(AnswerCut, match=r"has ended$"):
            await waiting


@pytest.mark.asyncio
async def test_a_request_that_began_before_a_reset_is_accepted_by_nobody(
    ringback: Emulator,
) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"Hello"
        ringback.reset()
        yield b", world"

    async with client(ringback) as http:
        with pytest.raises(AnswerCut, match=r"has ended$"):
            await http.post("/v1/speak", params=CALLBACK, content=body())
    assert not ringback.requests
    assert not ringback.deliveries


# -- what arrived ----------------------------------------------------------------------------------


@pytest.mark.parametrize("over", ["process", "sockets"])
@pytest.mark.asyncio
async def test_of_a_body_that_is_too_large_nothing_is_made_up(
    ringback: Emulator, over: str
) -> None:
    sent = bytes(range(1, 251)) * 12_000
    url = ringback.url if over == "sockets" else "http://deepgram.example"
    transport = None if over == "sockets" else httpx.ASGITransport(ringback.app)
    headers = {"authorization": f"Token {ringback.api_key}", "content-type": "text/plain"}
    async with httpx.AsyncClient(transport=transport, trust_env=False) as http:
        answer = await http.post(f"{url}/v1/speak", content=sent, headers=headers)
    assert answer.status_code == 413
    (reception,) = ringback.requests
    assert reception.size == len(sent)
    assert reception.body == sent[: MAX_BODY + 1]


@pytest.mark.asyncio
async def test_a_body_has_the_size_that_arrived(ringback: Emulator) -> None:
    async with client(ringback) as http:
        await http.post("/v1/speak", content=b"Hello")
    ringback.cancel(ringback.submit("Hello", **CALLBACK), "seen enough")
    assert [(each.body, each.size) for each in ringback.requests] == [
        (b"Hello", 5),
        (b'{"text": "Hello"}', 17),
    ]
