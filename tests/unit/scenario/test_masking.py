"""No credential of a file is shown, wherever it is quoted, and carets stand where they did."""

import pytest

from ringback.errors import ScenarioError
from ringback.scenario.masking import masked, masked_header
from ringback.scenario.reading import check
from ringback.scenario.source import Source

STORY = """\
version: 1
name: A story
submit: {text: Hello, callback: "https://app.example/hook"}
expect: {attempts: []}
"""


def said_about(line: str) -> ScenarioError:
    """What is said about the story with *line* in place of the one with its key."""
    key = line.partition(":")[0]
    kept = [each for each in STORY.splitlines() if not each.startswith(f"{key}:")]
    with pytest.raises(ScenarioError) as caught:
        check(Source.of("\n".join([*kept, line]), "s"))
    return caught.value


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("callback: https://ada:s3cret@x.example", "callback: https://**********@x.example"),
        ("callback: https://ada:p@ss@x.example", "callback: https://********@x.example"),
        ("callback: https://ada:p/w@x.example", "callback: https://*******@x.example"),
        ("callback: https://ada:p w@x.example", "callback: https://*******@x.example"),
        ("callback: https://ada%3Ap%40x.example", "callback: https://*******%40x.example"),
        ("callback: ada:s3cret@x.example/hook", "callback: **********@x.example/hook"),
        ("callback: https://x.example/hook", "callback: https://x.example/hook"),
        ("authorization: Basic YWRhOg==", "authorization: Basic ********"),
        ("{Authorization: 'token abc', a: b}", "{Authorization: 'token ***', a: b}"),
        ('{authorization: "$regex:Basic YWRh.*"}', '{authorization: "$regex:Basic ******"}'),
        ('{authorization: "$regex:(YWRh|b)"}', '{authorization: "$regex:(*******"}'),
        ("{authorization: YWRh, a: b}", "{authorization: ****, a: b}"),
        ("  cookie: a=b, c=d", "  cookie: ********"),
        ("{set-cookie: a=b; c=d}", "{set-cookie: ********}"),
        ("{authorization: $key_id, cookie: abc}", "{authorization: $key_id, cookie: ***}"),
        ("{authorization: null, cookie: $any}", "{authorization: null, cookie: $any}"),
        ("why: Basic auth is a header", "why: Basic auth is a header"),
        ("x-authorization-count: 5", "x-authorization-count: 5"),
    ],
)
def test_credentials_are_masked_column_by_column(line: str, shown: str) -> None:
    assert masked(line) == shown
    assert len(shown) == len(line)


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, "cookie: a, " * 50_000, "://" * 300_000, "@a" * 300_000, "'" * 500_000],
)
def test_a_line_of_any_length_is_masked_in_no_time(text: str) -> None:
    assert len(masked(f"{{{text}")) == len(text) + 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Basic YWRh", "Basic ***"),
        ("$regex:Basic YWRh.*", "$regex:Basic ***"),
        ("$regex:YWRh.*", "$regex:***"),
        ("YWRh", "***"),
        ("$any", "$any"),
    ],
)
def test_a_secret_header_is_reported_by_its_scheme_alone(value: str, shown: str) -> None:
    assert masked_header("Authorization", value) == shown
    assert masked_header("x-other", value) == value


@pytest.mark.parametrize(
    "line",
    [
        "receiver: https://ada:s3cr3t@app.example/hook",
        "receiver: ['https://ada:s3/cr3t@app.example/hook']",
        "name: ['https://ada:s3@cr3t@app.example/hook', s3cr3t@app]",
        "submit: {text: x, callback: 'https://ada:s3/cr3t@app.example/', model: 5}",
        "submit: {text: x, callback: 'https://ada:s3cr3t@app.example/', speed: https://s3cr3t@a}",
        "expect: {each: {headers: {authorization: '$regex:(Basic s3cr3t'}}}",
        "expect: {each: {headers: {Authorization: '$regex:Basic [s3cr3t'}}}",
        "expect: {each: {headers: {cookie: $s3cr3t}}}",
        "expect: {each: {headers: {proxy-authorization: a $key_id s3cr3t}}}",
        "expect: {each: {url: 'https://ada:s3cr3t@app.example/'}}",
        "receiver: [{headers: {set-cookie: s3cr3té}}]",
        "expect: {each: {headers: {authorization: *s3cr3t}}}",
        "expect: {each: {headers: {authorization: !s3cr3t x}}}",
        "expect: {each: {headers: {authorization: &s3cr3t x}}}",
        "expect: {each: {headers: {cookie: 0123456789}}}",
        "expect: {each: {headers: {cookie: 9123456789}}}",
        "expect: {each: {headers: {authorization: {s3cr3t: 1}}}}",
        "expect: {each: {headers: {authorization: [s3cr3t]}}}",
    ],
)
def test_neither_message_nor_excerpt_holds_a_secret(line: str) -> None:
    error = said_about(line)
    for shown in (str(error), *(mistake.message for mistake in error.mistakes)):
        for secret in ("s3cr3t", "s3/cr3t", "s3@cr3t", "123456789"):
            assert secret not in shown
