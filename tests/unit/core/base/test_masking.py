"""What may be credentials is not shown."""

import pytest

from ringback.core.base.masking import (
    SECRET_WORDS,
    counted,
    guarded,
    in_one_line,
    is_secret,
    masked,
    masked_header,
    masked_query,
    masked_url,
    may_hold_credentials,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mp3", "mp3"),
        ("", ""),
        ("https://ada:s3cret@app.example/hook", "***@app.example/hook"),
        ("ada:s3@cret@", "***@"),
        ("ada:s3cret%40app.example", "***@app.example"),
        ("a\nada@x\ny", "***@x\ny"),
        ("ada:s3cret%2540app.example", "***@app.example"),
        ("ada:s3cret%252540app.example", "***@app.example"),
    ],
)
def test_all_before_the_last_at_sign_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert may_hold_credentials(text) == (text != shown)


@pytest.mark.parametrize(
    "name",
    [
        *sorted(SECRET_WORDS),
        *("access_token", "Token", "X-Amz-Signature", "X-Amz-Credential", "clientSecret"),
        *("api-key", "APIKey", "accesskey", "webhook.secret", "%74oken", "se%63ret", "SIG"),
    ],
)
def test_the_value_of_a_parameter_that_is_called_a_secret_is_masked(name: str) -> None:
    assert is_secret(name)
    for mark in "?&;#":
        url = f"https://app.example/hook{mark}{name}=s3cret"
        assert masked_query(url) == f"https://app.example/hook{mark}{name}=***"
        assert masked_query(f"{url}&a=b") == f"https://app.example/hook{mark}{name}=***&a=b"


@pytest.mark.parametrize("name", ["design", "signal", "id", "keyboard", "page", "q", "author", "a"])
def test_the_value_of_another_parameter_is_shown(name: str) -> None:
    url = f"https://app.example/token/key?{name}=1&{name}=2"
    assert masked_query(url) == masked_url(url) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://app.example/hook", "https://app.example/hook"),
        ("https://ada:s3cret@app.example/x?sig=1&a=2", "https://***@app.example/x?sig=***&a=2"),
        ("https://ada:s3/cr@et@app.example/", "https://***@app.example/"),
        ("https://ada%3As3cret%40app.example/", "https://***@app.example/"),
        ("//ada:s3cret@app.example/", "//***@app.example/"),
        ("/next?token=s3cret", "/next?token=***"),
        ("", ""),
    ],
)
def test_a_url_is_shown_without_credentials_and_secret_values(url: str, shown: str) -> None:
    assert masked_url(url) == shown
    assert masked_header("Location", url) == shown
    assert masked_header("x-location", url) == url
    assert masked_header("Set-Cookie", url) == "***"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("hook", "hook"),
        ("Grüße, 世界", "Grüße, 世界"),
        ("a\r\nb", r"a\r\nb"),
        ("\x1b[2J\x07", r"\x1b[2J\x07"),
        ("a\u2028b\x85c\u202ed\ud800", r"a\u2028b\x85c\u202ed\ud800"),
    ],
)
def test_what_is_shown_is_one_line_that_no_terminal_obeys(text: str, line: str) -> None:
    assert in_one_line(text) == line
    assert in_one_line(text).isprintable()


def test_a_guarded_value_is_itself_and_prints_as_it_may_be_shown() -> None:
    for name, shown in {"Cookie": "'***'", "Location": "'/?sig=***'", "x": "'/?sig=1'"}.items():
        value = guarded(name, "/?sig=1")
        assert value == "/?sig=1"
        assert repr(value) == shown
    assert counted(b"s3cret") == "<6 bytes>"
