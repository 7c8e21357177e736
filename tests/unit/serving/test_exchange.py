"""How a request is read from its messages."""

import asyncio
import random
from collections.abc import Iterator
from functools import cache

import pytest
from starlette.types import Message

from ringback.core.request.body import MAX_BODY
from ringback.serving.exchange import Body, read_body


@cache
def some_bytes(size: int) -> bytes:
    """Bytes that are nowhere the same for long."""
    return random.Random(size).randbytes(size)


def read(sent: bytes, piece: int) -> Body | None:
    """What is kept of *sent*, which comes in pieces of so many bytes."""
    starts: Iterator[int] = iter(range(0, max(len(sent), 1), piece))

    async def receive() -> Message:
        start = next(starts)
        more = start + piece < len(sent)
        return {"type": "http.request", "body": sent[start : start + piece], "more_body": more}

    return asyncio.run(read_body(receive))


@pytest.mark.parametrize("piece", [65_521, MAX_BODY // 2, 4 * MAX_BODY])
@pytest.mark.parametrize("size", [0, 1, MAX_BODY])
def test_a_body_that_may_be_accepted_is_kept_whole(size: int, piece: int) -> None:
    sent = some_bytes(size)
    assert read(sent, piece) == Body(sent, size)


@pytest.mark.parametrize("piece", [65_521, MAX_BODY // 2, MAX_BODY, 4 * MAX_BODY])
@pytest.mark.parametrize("size", [MAX_BODY + 1, 3_000_000, 3 * MAX_BODY])
def test_of_a_body_that_is_too_large_the_true_beginning_is_kept_and_all_is_counted(
    size: int, piece: int
) -> None:
    sent = some_bytes(size)
    assert read(sent, piece) == Body(sent[: MAX_BODY + 1], size)


def test_a_caller_who_has_gone_leaves_no_body() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    assert asyncio.run(read_body(receive)) is None
