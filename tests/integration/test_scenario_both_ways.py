"""In process and over sockets one file says the same: what was met, byte for byte, and why not."""

import pytest

from ringback.faces.playing import play_scenario
from ringback.scenario.reading import check
from ringback.scenario.report import Report
from ringback.scenario.source import Source
from ringback.scenario.staging import Over

STORY = """\
version: 1
name: A story
submit: {text: Hello, callback: "http://app.example/hook"}
receiver: [200]
expect: {attempts: [+0s]}
"""

both_ways = pytest.mark.parametrize("over", ["process", "sockets"])


def played(over: Over, *lines: str) -> Report:
    """The report of the story with *lines* in place of those with their keys."""
    keys = tuple(line.partition(":")[0] + ":" for line in lines)
    kept = [each for each in STORY.splitlines() if not each.startswith(keys)]
    return play_scenario(check(Source.of("\n".join([*kept, *lines]), "s")), over=over)


@both_ways
@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["receiver: [200, 500]"], ["s:5: answers given: expected 2, got 1"]),
        (
            ["receiver: [500, 500, 200]", "settings: {retries: 1}", "expect: {attempts: [0, 30]}"],
            ["s:4: answers given: expected 3, got 2"],
        ),
        (
            [
                "receiver: [500, timeout, 200]",
                "faults: [null, refused]",
                "expect: {state: delivered}",
            ],
            [],
        ),
        (["faults: [null, 503]"], ["s:6: fault 2: expected to be met, got no such attempt"]),
        (["faults: [null, null]"], []),
        (
            ["receiver: [200, 200, 200]", "faults: [duplicate]"],
            ["s:5: answers given: expected 3, got 2"],
        ),
        (["receiver: [500, 200]", "faults: [duplicate]", "expect: {attempts: [0, 30]}"], []),
        (
            ["receiver: [200, 204]", "faults: [503, answer lost]", "expect: {state: delivered}"],
            [],
        ),
        (
            [
                "receiver: [200, 500]",
                "expect: {answer: {status: 413}}",
                "submit: {text: '', callback: x}",
            ],
            None,
        ),
    ],
    ids=str,
)
def test_what_was_scripted_must_be_met(
    lines: list[str], said: list[str] | None, over: Over
) -> None:
    failures = played(over, *lines).failures
    if said is None:
        assert "s:3: answers given: expected 2, got 0" in failures
    else:
        assert failures == said


@both_ways
def test_a_single_answer_may_go_unused(over: Over) -> None:
    report = played(over, "faults: [204]")
    assert report.failures == []


@both_ways
@pytest.mark.parametrize(
    ("callback", "url"),
    [
        ("http://app.example/ü?q=ü", "http://app.example/ü?q=ü"),
        ("http://app.example/ü", "http://app.example/%C3%BC"),
        ("http://app.example/%c3%bc", "http://app.example/%c3%bc"),
        ("http://app.example//a//b", "http://app.example//a//b"),
        ("http://app.example/a/../b;c=d?x=%2F#y", "http://app.example/a/../b;c=d?x=%2F"),
        ("http://bücher.example/", "http://bücher.example/"),
        ("http://app.example/" + "a" * 30_000, "http://app.example/" + "a" * 30_000),
    ],
    ids=lambda value: value[:40],
)
def test_a_url_arrives_byte_for_byte(callback: str, url: str, over: Over) -> None:
    report = played(
        over,
        f"submit: {{text: x, callback: '{callback}'}}",
        f"expect: {{attempts: [+0s], each: {{url: '{url}'}}}}",
    )
    assert report.failures == []


@both_ways
def test_another_url_is_another(over: Over) -> None:
    report = played(
        over,
        "submit: {text: x, callback: 'http://app.example/ü'}",
        "expect: {each: {url: 'http://app.example/ö'}}",
    )
    assert report.failures == [
        "s:5: attempt 1, url: expected 'http://app.example/%C3%B6', got 'http://app.example/%C3%BC'"
    ]


@both_ways
def test_a_duplicate_behind_an_attempt_that_never_happens_is_no_obstacle(over: Over) -> None:
    report = played(over, "receiver: [204, timeout]", "faults: [null, duplicate]")
    assert [each.partition(": ")[2] for each in report.failures] == [
        "answers given: expected 2, got 1",
        "fault 2: expected to be met, got no such attempt",
    ]


def test_a_duplicate_that_no_real_receiver_can_take_is_skipped_over_sockets() -> None:
    lines = (
        "receiver: [503, timeout, 200]",
        "faults: [null, duplicate]",
        "expect: {attempts: [0, 30, 70]}",
    )
    assert played("process", *lines).failures == []
    report = played("sockets", *lines)
    assert (report.outcome, report.failures) == ("skipped", [])
    assert report.skipped.endswith("play the scenario in process")


@pytest.mark.parametrize("host", ["my_host.example", "xn--a.example"])
def test_a_host_that_no_certificate_can_name_is_skipped_over_sockets(host: str) -> None:
    line = f"submit: {{text: x, callback: 'https://{host}/'}}"
    assert played("process", line).failures == []
    assert played("sockets", line).outcome == "skipped"


@both_ways
def test_many_retries_without_a_delay_are_no_loop(over: Over) -> None:
    report = played(
        over,
        "settings: {retries: 101, retry_delay: 0}",
        "receiver: [500]",
        "expect: {state: exhausted}",
    )
    assert report.failures == []
    assert len(report.timeline) == 102


@both_ways
def test_what_a_request_says_is_told_in_one_line(over: Over) -> None:
    line = 'submit: {text: x, callback: "http://a.example/", callback_method: "p\\nu\\e[0m"}'
    report = played(over, line)
    assert "`p\\nu\\x1b[0m`" in report.failures[0]
    assert report.end.isprintable()
    assert all(each.isprintable() for each in report.failures)


@both_ways
def test_a_variable_holds_for_an_error_code_too(over: Over) -> None:
    lines = (
        "submit: {text: x, callback: ftp://a}",
        "expect: {answer: {status: 400, err_code: %s}}",
    )
    assert played(over, lines[0], lines[1] % "$regex:INVALID_.*").failures == []
    (failure,) = played(over, lines[0], lines[1] % "'INVALID_QUERY_PARAMETER '").failures
    assert failure == (
        "s:5: err_code: expected 'INVALID_QUERY_PARAMETER ', got 'INVALID_QUERY_PARAMETER'"
    )


@both_ways
def test_a_header_that_says_none_is_not_one_that_is_missing(over: Over) -> None:
    line = "expect: {each: {headers: {x-missing: none}}}"
    assert played(over, line).failures == [
        "s:5: attempt 1, header x-missing: expected 'none', got none"
    ]
