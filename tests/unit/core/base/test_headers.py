"""Headers keep their order and spelling, are found in any case, and hide credentials."""

import pytest

from ringback.core.base.headers import (
    NO_HEADERS,
    Headers,
    is_header_name,
    is_header_value,
)
from ringback.core.base.masking import SECRET_NAMES

SENT = [("Content-Type", "audio/mpeg"), ("dg-token", "k"), ("Set-Cookie", "a"), ("set-cookie", "b")]


@pytest.mark.parametrize("name", ["Content-Type", "content-type", "CONTENT-TYPE"])
def test_a_header_is_found_in_any_case(name: str) -> None:
    assert Headers(SENT)[name] == "audio/mpeg"
    assert name in Headers(SENT)


def test_an_absent_header_is_a_key_error_and_has_a_default() -> None:
    with pytest.raises(KeyError, match="authorization"):
        Headers(SENT)["authorization"]
    assert Headers(SENT).get("authorization") is None
    assert "authorization" not in Headers(SENT)


def test_what_is_no_text_is_no_header() -> None:
    absent: list[object] = [1, None, b"dg-token"]
    assert not [name for name in absent if Headers(SENT).__contains__(name)]


def test_a_repeated_header_gives_its_first_value_and_all_of_them_on_request() -> None:
    headers = Headers(SENT)
    assert headers["set-cookie"] == "a"
    assert headers.all("SET-COOKIE") == ["a", "b"]
    assert headers.all("x-none") == []


def test_names_are_counted_once_in_the_order_of_their_first_appearance() -> None:
    assert list(Headers(SENT)) == ["content-type", "dg-token", "set-cookie"]
    assert len(Headers(SENT)) == 3
    assert len(NO_HEADERS) == 0


def test_spelling_order_and_repetition_are_kept_as_sent() -> None:
    assert Headers(SENT).items_as_sent == tuple(SENT)
    assert Headers(dict(SENT[:2])).items_as_sent == tuple(SENT[:2])


def test_headers_made_of_headers_lose_nothing() -> None:
    assert Headers(Headers(SENT)).items_as_sent == tuple(SENT)


def test_headers_are_equal_whatever_their_case_and_order() -> None:
    one = Headers([("A", "1"), ("b", "2")])
    other = Headers([("B", "2"), ("a", "1")])
    assert one == other
    assert hash(one) == hash(other)
    assert one == {"a": "1", "B": "2"}


def test_headers_differ_in_value_in_number_and_from_what_is_no_mapping() -> None:
    assert Headers([("a", "1")]) != Headers([("a", "2")])
    assert Headers([("a", "1")]) != Headers([("b", "1")])
    assert Headers([("a", "1")]) != Headers([("a", "1"), ("a", "1")])
    assert Headers([("a", "1")]) != {"a": "2"}
    assert Headers([("a", "1")]) != [("a", "1")]


@pytest.mark.parametrize("name", sorted(SECRET_NAMES))
def test_credentials_are_kept_and_never_shown(name: str) -> None:
    headers = Headers([(name.title(), "s3cret"), ("dg-request-id", "r")])
    assert headers[name] == "s3cret"
    assert headers.masked() == [(name.title(), "***"), ("dg-request-id", "r")]
    assert repr(headers) == f"Headers({{{name.title()!r}: '***', 'dg-request-id': 'r'}})"


def test_the_headers_that_hold_credentials_are_known() -> None:
    assert {"authorization", "proxy-authorization", "cookie", "set-cookie"} < SECRET_NAMES
    assert "sec-websocket-protocol" in SECRET_NAMES


@pytest.mark.parametrize("name", ["a", "X-Request-Id", "!#$%&'*+.^_`|~"])
def test_a_token_can_name_a_header(name: str) -> None:
    assert is_header_name(name)


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\n", "é", None, 1])
def test_nothing_else_can_name_a_header(name: object) -> None:
    assert not is_header_name(name)


@pytest.mark.parametrize("value", ["a", "a b", "~", "Basic YTpi"])
def test_printable_text_can_be_a_headers_value(value: str) -> None:
    assert is_header_value(value)


@pytest.mark.parametrize("value", ["", " a", "a ", "a\tb", "a\n", "é", "\x7f", None, 1])
def test_what_programs_disagree_about_is_no_headers_value(value: object) -> None:
    assert not is_header_value(value)


def test_credentials_print_masked_whatever_headers_are_taken_apart_into() -> None:
    headers = Headers(
        [
            ("Authorization", "Basic s3cret"),
            ("Location", "https://ada:s3cret@app.example/?sig=s3cret&a=b"),
            ("Set-Cookie", "s3cret"),
        ]
    )
    taken_apart: list[object] = [
        headers,
        dict(headers),
        {**headers},
        list(headers.items()),
        list(headers.values()),
        headers["authorization"],
        headers.get("location"),
        headers.all("set-cookie"),
        headers.items_as_sent,
        headers.masked(),
    ]
    for each in taken_apart:
        assert "s3cret" not in repr(each), type(each)
    assert headers["authorization"] == "Basic s3cret"
    assert headers["location"].startswith("https://ada:s3cret@")
    assert f"{headers['set-cookie']}".encode() == b"s3cret"
    assert "***@app.example/?sig=***&a=b" in repr(headers)
