"""What the submission is answered: failures that a file orders, and answers that break off."""

import textwrap

import pytest

from ringback import Emulator, RequestFailure, Settings
from ringback.errors import SettingsError
from ringback.faces.playing import play_scenario
from ringback.scenario.playing import Performance
from ringback.scenario.reading import ScenarioFile, check
from ringback.scenario.report import Report
from ringback.scenario.source import Source
from ringback.scenario.staging import Over

both_ways = pytest.mark.parametrize("over", ["process", "sockets"])


def a_story(failure: str, expect: str, *others: str) -> ScenarioFile:
    """A story whose request meets *failure*."""
    lines = [
        "version: 1",
        "name: A story",
        'submit: {text: Hello, callback: "http://app.example/hook"}',
        f"settings: {{request_failure: {failure}}}",
        f"expect: {expect}",
        *(others or ["receiver: [200]"]),
    ]
    return check(Source.of("\n".join(lines), "s"))


def played(file: ScenarioFile, over: Over) -> Report:
    """The report of *file*."""
    return play_scenario(file, over=over)


@both_ways
@pytest.mark.parametrize(
    ("failure", "expect"),
    [
        ("503", "{answer: {status: 503, err_code: Service Unavailable}, attempts: []}"),
        ("{status: 503}", "{answer: {status: 503}, attempts: []}"),
        (
            "{status: 402, code: MINE, message: Yours.}",
            "{answer: {status: 402, err_code: MINE, err_msg: Yours.}}",
        ),
        ('{status: 502, body: "<html>"}', "{answer: {status: 502}}"),
        ('{status: 502, body: "[1]", content_type: text/plain}', "{answer: {status: 502}}"),
        ("cut", "{answer: cut, attempts: [+0s], state: delivered}"),
        ("{breaks: cut, after_bytes: 0}", "{answer: cut, attempts: [+0s]}"),
        ("{status: 429, breaks: cut}", "{answer: cut, attempts: []}"),
        ("stalled", "{answer: stalled, attempts: [+0s]}"),
        ("{delay: 2h}", "{answer: {status: 200}, attempts: [+0s]}"),
        ("{delay: 2h, status: 429}", "{answer: {status: 429}}"),
        ("{delay: 1m, breaks: stalled, status: 429}", "{answer: stalled, attempts: []}"),
    ],
)
def test_a_failure_that_is_ordered_is_met(failure: str, expect: str, over: Over) -> None:
    report = played(a_story(failure, expect), over)
    assert (report.failures, report.outcome) == ([], "passed")


@both_ways
@pytest.mark.parametrize(
    ("failure", "expect", "said"),
    [
        ("cut", "{attempts: [+0s]}", "s:5: answer: expected 200, got cut"),
        ("cut", "{answer: {status: 200}}", "s:5: answer: expected 200, got cut"),
        ("stalled", "{answer: cut}", "s:5: answer: expected cut, got stalled"),
        ("{delay: 2}", "{answer: cut}", "s:5: answer: expected cut, got 200"),
        (
            "{status: 429, breaks: cut}",
            "{answer: cut, attempts: [+0s]}",
            "s:5: number of attempts: expected 1, got 0",
        ),
    ],
)
def test_an_answer_that_breaks_off_is_no_other(
    failure: str, expect: str, said: str, over: Over
) -> None:
    assert played(a_story(failure, expect), over).failures == [said]


@both_ways
def test_a_job_can_fail_behind_an_answer_that_is_late(over: Over) -> None:
    story = a_story(
        "{delay: 2h}",
        "{attempts: [+0s, +30s], each: {headers: {content-type: application/json}}}",
        *("receiver: [500, 200]", "failed_job: {err_msg: Too bad.}"),
    )
    assert played(story, over).failures == []


@both_ways
def test_a_refusal_comes_with_advice_that_a_file_can_follow(over: Over) -> None:
    report = play_scenario(
        check(
            Source.of(
                textwrap.dedent("""\
                    version: 1
                    name: No such port
                    submit: {text: Hello, callback: "http://app.example:3000/"}
                    receiver: [200]
                    expect: {attempts: [+0s]}
                    """),
                "s",
            )
        ),
        over=over,
    )
    assert report.failures == [
        "s:5: answer: expected 200, got 400 INVALID_QUERY_PARAMETER: Invalid callback url. Port"
        " 3000 is not permitted for callbacks, only 80, 443, 8080, 8443 are. Leave the port out of"
        " the URL, or change `settings: {permitted_ports: …}`."
    ]


@pytest.mark.parametrize("failure", [503, RequestFailure(503), {"status": 503}])
def test_the_same_failure_may_be_written_in_another_way(failure: int | RequestFailure) -> None:
    story = a_story("{status: 503}", "{answer: {status: 503}}")
    with Emulator(Settings(request_failure=failure)) as emulator:
        assert Performance(emulator._service, story).report().failures == []


def test_another_failure_is_another_setting() -> None:
    story = a_story("{status: 503}", "{answer: {status: 503}}")
    with (
        Emulator(Settings(request_failure=502)) as emulator,
        pytest.raises(SettingsError, match="the scenario needs request_failure="),
    ):
        Performance(emulator._service, story)
