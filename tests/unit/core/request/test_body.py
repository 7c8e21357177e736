"""What a body may be, and in which words the rest is refused."""

import json
from typing import Any

import pytest

from ringback.core.base.rejection import Rejection
from ringback.core.request.body import BodyRules, encoding_refusal


def read(kind: str | None, body: bytes, rules: BodyRules | None = None) -> str | Rejection:
    """What a body says, if it will do."""
    rules = rules or BodyRules()
    text = rules.read(kind, body)
    return text if isinstance(text, Rejection) else (rules.refusal(text) or text)


def refused_text(body: bytes, kind: str | None = "application/json") -> Rejection:
    """The refusal of a body."""
    rejection = read(kind, body)
    assert isinstance(rejection, Rejection), rejection
    return rejection


@pytest.mark.rule("content-encoding")
@pytest.mark.parametrize(
    ("encoding", "status"),
    [(None, None), ("", None), (" IDENTITY", None), ("gzip", 415), ("deflate", 415), ("x", 415)],
)
def test_a_body_is_taken_as_it_is_or_not_at_all(encoding: str | None, status: int | None) -> None:
    refusal = encoding_refusal(encoding)
    assert (refusal.status if refusal else None) == status


@pytest.mark.rule("body-types")
@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain", b"Your Text.", "Your Text."),
        ("text/plain; charset=utf-8", "dä 😀".encode(), "dä 😀"),
        ("TEXT/PLAIN ;x", b'{"text": "as it is"}', '{"text": "as it is"}'),
        ("text/plain", b" \n", " \n"),
        ("text/plain", b"\x00", "\x00"),
        ("application/json", b'{"text":"Hello"}', "Hello"),
        ("application/json;charset=utf-8", b' {"text" : "Hello"}\n', "Hello"),
        ("Application/JSON", b'{"text":"d\\u00e4 \\ud83d\\ude00"}', "dä 😀"),
        ("application/json", '{"text":"dä"}'.encode(), "dä"),
        ("application/json", b'{"text":"a\\u0000b"}', "a\0b"),
        ("application/json", b'{"\\u0074ext":" "}', " "),
    ],
)
def test_the_text_is_read_from_plain_text_or_from_json(kind: str, body: bytes, text: str) -> None:
    assert read(kind, body) == text


@pytest.mark.rule("body-types")
@pytest.mark.parametrize(
    "kind",
    [
        *[None, "", ";", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
        *[
            "application/ssml+xml",
            "text/html",
            "text",
            "text/plain2",
            "application/json, text/plain",
        ],
    ],
)
def test_any_other_content_type_is_unsupported(kind: str | None) -> None:
    assert refused_text(b"Hello", kind) == Rejection(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "`Content-Type` header is not supported. `Content-Type` must be either `text/plain` or"
        " `application/json`.",
    )


def refused_as(message: str) -> tuple[int, str, str]:
    """Status, code and message of a payload that was refused."""
    return 400, "PAYLOAD_ERROR", message


@pytest.mark.parametrize(
    "body",
    [
        *[b"", b" ", b"{", b"Hello", b"{'text':'x'}", b'{"text":"x",}', b'{"text":"x"'],
        *[b'{"text":"x"}{"text":"y"}', b'\xef\xbb\xbf{"text":"x"}', b'{"text":"a\nb"}'],
        *[b"[" * 50_000, b'{"text":' * 50_000, b"1" * 100_000, b'{"n":' + b"1" * 5000 + b"}"],
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    rejection = refused_text(body)
    assert (rejection.status, rejection.code, rejection.message) == refused_as(
        "Failed to deserialize JSON payload."
    )


@pytest.mark.rule("body-types")
@pytest.mark.parametrize(
    "document",
    [
        *[{}, [], None, 1, 1.5, True, "text", [["text", "x"]], [{"text": "x"}]],
        *[{"text": None}, {"text": 1}, {"text": ["x"]}, {"text": {"text": "x"}}, {"Text": "x"}],
        *[{"text": "x", "url": "http://x/"}, {"text": "x", "model": "aura-asteria-en"}],
        *[{"url": None}, {"url": 1}, {"": "x"}],
    ],
    ids=json.dumps,
)
def test_json_must_be_one_object_with_one_text(document: Any) -> None:
    rejection = refused_text(json.dumps(document).encode())
    assert (rejection.status, rejection.code, rejection.message) == refused_as(
        "Failed to deserialize JSON payload. Please specify exactly one of `text` or `url` in the"
        " JSON body."
    )
    assert rejection.hint == (
        "The body must be exactly an object with the key `text`: parameters go into the query."
    )


@pytest.mark.parametrize("body", [b'{"text":"x","text":"y"}', b'{"text":"x","text":"x"}'])
def test_a_text_is_given_once(body: bytes) -> None:
    assert "exactly one of" in refused_text(body).message


@pytest.mark.rule("remote-texts")
def test_nothing_is_fetched() -> None:
    rejection = refused_text(b'{"url":"http://169.254.169.254/"}')
    assert (rejection.status, rejection.code) == (400, "REMOTE_CONTENT_ERROR")
    assert rejection.message == "URL for media download must be publicly routable."
    assert "Settings.remote_texts" in rejection.hint


@pytest.mark.rule("body-types")
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", b"\xff"),
        ("text/plain; charset=latin-1", "dä".encode("latin-1")),
        ("application/json", '{"text":"x"}'.encode("utf-16")),
        ("application/json", b'{"text":"\xff"}'),
        ("application/json", b'{"text":"\\ud83d"}'),
        ("application/json", b'{"text":"a\\udfff\\ud800b"}'),
        ("text/plain", b"\xed\xa0\x80"),
    ],
)
def test_what_is_no_utf_8_is_refused(kind: str, body: bytes) -> None:
    rejection = refused_text(body, kind)
    assert (rejection.status, rejection.code, rejection.message) == refused_as(
        "Failed to decode payload as UTF-8."
    )


@pytest.mark.parametrize(
    ("kind", "body"), [("text/plain", b""), ("application/json", b'{"text":""}')]
)
def test_a_text_without_characters_is_refused(kind: str, body: bytes) -> None:
    assert refused_text(body, kind) == Rejection(
        400, "Bad Request", "Input text contains no characters."
    )


@pytest.mark.rule("characters", "character-unit")
@pytest.mark.parametrize("character", ["a", "ä", "😀"])
def test_a_text_has_up_to_2000_characters_however_many_bytes_they_are(character: str) -> None:
    assert read("text/plain", (character * 2000).encode()) == character * 2000
    assert refused_text((character * 2001).encode(), "text/plain") == Rejection(
        413, "Payload Too Large", "Input text exceeds maximum character limit of 2000."
    )


@pytest.mark.rule("body-size")
def test_a_body_beyond_two_megabytes_is_refused_unread() -> None:
    megabytes = 2 * 1024 * 1024
    assert refused_text(b"\xff" * (megabytes + 1), "application/xml") == Rejection(
        413, "PAYLOAD_TOO_LARGE", "Payload size exceeds limit of 2 MB."
    )
    assert refused_text(b"a" * megabytes, "text/plain").code == "Payload Too Large"


@pytest.mark.rule("remote-texts")
def test_a_url_stands_for_the_text_that_was_put_there() -> None:
    rules = BodyRules(remote_texts={"https://texts.example/1": "Once upon a time"})
    assert rules.read("application/json", b'{"url":"https://texts.example/1"}') == (
        "Once upon a time"
    )
    other = rules.read("application/json", b'{"url":"https://texts.example/2"}')
    assert isinstance(other, Rejection)
    assert other.code == "REMOTE_CONTENT_ERROR"


@pytest.mark.parametrize("url", ["", "texts.example", "ftp://texts.example/", "http://[", "http:"])
def test_what_is_no_url_is_refused(url: str) -> None:
    rejection = refused_text(json.dumps({"url": url}).encode())
    assert (rejection.status, rejection.code, rejection.message) == refused_as(
        "Failed to parse URL in JSON body."
    )


@pytest.mark.rule("characters", "too-long-status")
def test_the_longest_text_and_the_status_beyond_it_can_be_set() -> None:
    rules = BodyRules(longest=5, too_long_status=422)
    assert read("text/plain", b"Hello", rules) == "Hello"
    assert read("text/plain", b"Hello!", rules) == Rejection(
        422, "UNPROCESSABLE_ENTITY", "Input text exceeds maximum character limit of 5."
    )


@pytest.mark.rule("blank-text")
@pytest.mark.parametrize("text", [" ", "\n\t ", "\u2003"])
def test_a_text_of_spaces_is_a_text_unless_that_is_refused(text: str) -> None:
    body = text.encode()
    assert read("text/plain", body) == text
    assert read("text/plain", body, BodyRules(blank="refuse")) == Rejection(
        400, "Bad Request", "Input text contains no characters."
    )
