"""What can happen on a stream."""

from typing import get_args

from ringback.core.stream.facts import StreamClosed, StreamFact, StreamFlushed
from tests.conftest import a_request


def test_a_flush_says_what_was_spoken() -> None:
    assert StreamFlushed(0, "request-1", a_request(text="Hello, world.")).text == "Hello, world."


def test_each_fact_of_a_stream_says_so_in_its_name() -> None:
    assert all(fact.name.startswith("stream.") for fact in get_args(StreamFact))


def test_nobody_is_said_to_have_left_who_did_not() -> None:
    assert not StreamClosed(0, "request-1", 1011, "NET-0003").by_client
