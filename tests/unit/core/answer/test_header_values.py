"""The headers that a test adds to an answer."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ringback.core.answer.header_values import read_headers
from ringback.core.base.headers import Headers
from ringback.errors import SettingsError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("30", "30"),
        (30, "30"),
        (0, "0"),
        (timedelta(minutes=2), "120"),
        (timedelta(), "0"),
        (NOON, "Thu, 01 Jan 2026 12:00:00 GMT"),
        (NOON + timedelta(seconds=0.9), "Thu, 01 Jan 2026 12:00:00 GMT"),
        (NOON.astimezone(timezone(timedelta(hours=-5))), "Thu, 01 Jan 2026 12:00:00 GMT"),
        ("soon, as a proxy says it", "soon, as a proxy says it"),
    ],
)
def test_retry_after_is_text_whole_seconds_or_a_date(value: Any, sent: str) -> None:
    assert read_headers({"Retry-After": value}).items_as_sent == (("Retry-After", sent),)


def test_other_headers_are_text_whole_numbers_or_dates() -> None:
    given: dict[str, Any] = {
        "X-RateLimit-Remaining": 0,
        "Last-Modified": NOON,
        "x-debt": -1,
    }
    assert dict(read_headers(given)) == {
        "x-ratelimit-remaining": "0",
        "last-modified": "Thu, 01 Jan 2026 12:00:00 GMT",
        "x-debt": "-1",
    }


def test_a_header_may_be_sent_twice() -> None:
    twice = Headers([("warning", "a"), ("warning", "b")])
    assert read_headers(twice) == twice


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([("a", "b")], "headers is a mapping of names to values, not [('a', 'b')]"),
        ({"": "a"}, "headers: '' is not the name of a header"),
        ({"a b": "a"}, "headers: 'a b' is not the name of a header"),
        ({"a\r\nb": "a"}, "headers: 'a\\r\\nb' is not the name of a header"),
        ({1: "a"}, "headers: 1 is not the name of a header"),
        (
            {"Content-Length": 3},
            "headers: 'Content-Length' is given to every answer as it must be; leave it out",
        ),
        (
            {"transfer-encoding": "chunked"},
            "headers: 'transfer-encoding' is given to every answer as it must be; leave it out",
        ),
        ({"retry-after": -1}, "headers: 'retry-after' is whole seconds, 0 or more, or a moment"),
        (
            {"Retry-After": timedelta(seconds=-1)},
            "headers: 'Retry-After' is whole seconds, 0 or more, or a moment",
        ),
        (
            {"Retry-After": timedelta(seconds=1.5)},
            "headers: 'Retry-After' is whole seconds, 0 or more, or a moment",
        ),
        (
            {"x-wait": timedelta(seconds=1)},
            "headers: 'x-wait' has no unit of time; write its value as text",
        ),
        (
            {"Retry-After": datetime(2026, 1, 1)},  # noqa: DTZ001 - the mistake
            "headers: the moment of 'Retry-After' is an aware datetime, not 2026-01-01 00:00:00",
        ),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(given: Any, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_headers(given)
    assert str(refused.value) == message


@pytest.mark.parametrize("value", ["", " a", "a ", "s3cret\r\n", "s3cret\0", "é", True, 1.5, None])
def test_a_value_that_cannot_be_sent_is_refused_and_not_shown(value: Any) -> None:
    with pytest.raises(SettingsError, match=r"^headers: the value of 'Cookie' is printable") as no:
        read_headers({"Cookie": value})
    assert "s3cret" not in str(no.value)
