"""What somebody means who writes no Python is found in what was written, and told in such words."""

import pytest

from tests.unit.scenario.scenario_texts import GOOD, problems, read, said_about, with_line

VARIABLES = (
    "There are $key_id, $request_id, $any and $regex:…, and a text that begins with a dollar is"
    " written with two"
)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("receiver: [«Timeuot»]", "'Timeuot' is not an answer; did you mean 'timeout'?"),
        ("receiver: [{after: «1m30s»}]", "'1m30s' is not a time in one unit; write 90s"),
        ("receiver: [{after: «1h 5min»}]", "'1h 5min' is not a time in one unit; write 3900s"),
        ("receiver: [{after: «500ms2s»}]", "'500ms2s' is not a time in one unit; write 2.5s"),
        ("receiver: [{headers: {a: x, «A»: y}}]", "'A' is the same header as 'a'"),
        (
            "receiver: [{headers: {«Content-Length»: '5'}}]",
            "'Content-Length' is given to every answer as it must be; take it out",
        ),
        (
            "receiver: [{status: 204, «body»: x}]",
            "an answer with 204 has no body; take it out",
        ),
        (
            "receiver: «'http://a:b@c'»",
            "'http://***@c' stands where a list belongs; put it in brackets",
        ),
        ("failed_job: {status: «200»}", "200 is less than 400"),
        (
            "submit: {text: x, callback: y, content_type: «€»}",
            "'€' is not a content type: printable ASCII, without blanks around it",
        ),
        (
            "expect: {answer: {status: «302»}}",
            "the service answers 200, or a failure from 400 to 599, never 302",
        ),
        (
            "expect: {answer: «Cut»}",
            "'Cut' is not a way for an answer to break off; did you mean 'cut'?",
        ),
        (
            "expect: {attempts: [], «each»: {method: PUT}}",
            "no attempt is expected, so `each` says nothing; take it out",
        ),
        (
            "expect: {attempts: [0, 1], each: {body: {«same_as»: 9}}}",
            "there is no attempt 9 to compare with",
        ),
        (
            "expect: {attempts: [0, {at: 1, body: {«same_as»: 2}}]}",
            "an attempt is always the same as itself",
        ),
        (
            "expect: {each: {method: «put»}}",
            "'put' is not a method of callbacks; did you mean 'PUT'?",
        ),
        (
            "expect: {answer: {status: 400, err_code: «$foo»}}",
            f"unknown variable '$foo'; {VARIABLES}",
        ),
        (
            "expect: {each: {headers: {a: «token $key_id»}}}",
            "'$key_id' is no variable inside a text; write it alone, or a pattern such as"
            " $regex:token .+ for the whole, or [$] for its dollar in such a pattern",
        ),
        ("settings: {retries: «1001»}", "a story has 1000 retries at most, not 1001"),
        ("settings: {connect_timeout: «0»}", "connect_timeout is a time, more than 0, not 0"),
        ("settings: {concurrency_limit: «0»}", "concurrency_limit is 1 or more, not 0"),
        (
            "settings: {flac_sample_rate: «1»}",
            "flac_sample_rate is one of 8000, 16000, 22050, 32000, 48000, not 1",
        ),
        ("settings: {request_failure: «200»}", "200 is less than 400"),
        (
            "settings: {request_failure: «maybe»}",
            "'maybe' is not a way for an answer to break off; write one of cut, stalled",
        ),
        (
            "settings: {request_failure: «true»}",
            "true is not a failure; write a status such as 503, one of cut, stalled, or a mapping"
            " with `status`, `delay` or `breaks`",
        ),
        (
            "settings: {«request_failure»: {}}",
            "a failure needs a status from 400 on, a delay or a break",
        ),
        (
            "settings: {request_failure: {breaks: cut, «after»: 3}}",
            "unknown key 'after'; did you mean 'after_bytes'?",
        ),
        (
            "settings: {request_failure: {status: 429, headers: {«retry-after»: [5]}}}",
            "a list stands where a text belongs; put a text that begins with [ in quotes",
        ),
        (
            "settings: {request_failure: {status: 429, headers: {«content-length»: 5}}}",
            "'content-length' is given to every answer as it must be; take it out",
        ),
        (
            "settings: {request_failure: {status: 429, headers: {retry-after: «-5»}}}",
            "-5 is less than 0",
        ),
        (
            "settings: {request_failure: {«statu»: 503}}",
            "unknown key 'statu'; did you mean 'status'?",
        ),
        (
            "settings: {epoch: «1026-01-01T00:00:00Z»}",
            "'1026-01-01T00:00:00Z' is not from 1970 to 2999",
        ),
        (
            "settings: {epoch: «2026-02-30T00:00:00Z»}",
            "'2026-02-30T00:00:00Z' is in no calendar; write e.g. 2026-01-01T00:00:00Z",
        ),
    ],
)
def test_a_slip_is_told_what_was_meant(line: str, said: str) -> None:
    assert said_about(line) == [said]


def test_a_request_that_is_refused_has_no_job_that_fails() -> None:
    refused = GOOD.replace("{attempts: [+0s]}", "{answer: {status: 400}}")
    assert problems(f"{refused}failed_job: {{}}") == [
        "6:1: error: a refused request has no job that could fail"
    ]


def test_a_comment_in_place_of_a_text_is_named() -> None:
    said = "there is nothing here but a comment; put a text that begins with # in quotes"
    assert problems(with_line("name: # A story")) == [f"5:6: error: {said}"]


def test_an_editor_may_be_told_of_the_schema() -> None:
    assert read(f"$schema: https://example.com/scenario.json\n{GOOD}") is not None


@pytest.mark.parametrize(
    "line",
    [
        f"settings: {{callback_user_agent: {'x' * 16_001}}}",
        f"settings: {{callback_status_header: {'x' * 16_001}}}",
        f"receiver: [{{headers: {{a: {'x' * 16_000}}}}}]",
        f"submit: {{text: x, callback: y, content_type: {'x' * 16_001}}}",
        f"settings: {{request_failure: {{status: 503, content_type: {'x' * 16_001}}}}}",
    ],
    ids=lambda line: line[:40],
)
def test_headers_have_an_end(line: str) -> None:
    (problem,) = problems(with_line(line))
    assert "more than 16000 characters" in problem


def test_a_url_has_an_end() -> None:
    line = f"submit: {{text: x, callback: 'http://app.example/{'ü' * 6_000}'}}"
    (problem,) = problems(with_line(line))
    assert problem.endswith(" characters, and servers read no more than 32000")
