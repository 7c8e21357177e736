"""How a request is read from its messages, and how an answer is sent as some."""

import asyncio

from starlette.types import Message

from ringback.core.answer import Answer
from ringback.core.body import MAX_BODY
from ringback.serving.exchange import read_body, send


def test_no_more_is_kept_of_a_body_than_shows_that_it_is_too_large() -> None:
    pieces = iter(range(20))

    async def receive() -> Message:
        more = next(pieces) < 19
        return {"type": "http.request", "body": b"x" * (MAX_BODY // 2), "more_body": more}

    body = asyncio.run(read_body(receive))
    assert body is not None
    assert len(body) == MAX_BODY + 1


def test_a_long_answer_lets_the_loop_hear_that_its_caller_has_gone() -> None:
    sent: list[int] = []

    async def count(message: Message) -> None:
        sent.append(len(message.get("body", b"")))

    async def answer() -> int:
        task = asyncio.ensure_future(send(count, Answer(200, [], b"x" * 1_000_000, "r-1", True)))
        await asyncio.sleep(0)
        so_far = len(sent)
        await task
        return so_far

    assert asyncio.run(answer()) == 5  # the head and four pieces
    assert sum(sent) == 1_000_000
