"""How a request is read from its messages."""

import asyncio

from starlette.types import Message

from ringback.core.body import MAX_BODY
from ringback.serving.exchange import read_body


def test_no_more_is_kept_of_a_body_than_shows_that_it_is_too_large() -> None:
    pieces = iter(range(20))

    async def receive() -> Message:
        more = next(pieces) < 19
        return {"type": "http.request", "body": b"x" * (MAX_BODY // 2), "more_body": more}

    body = asyncio.run(read_body(receive))
    assert body is not None
    assert len(body) == MAX_BODY + 1
