"""One scenario means the same in process and over sockets, and says what was not as expected."""

import json
import sys
import textwrap
from contextlib import ExitStack
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

import pytest

from ringback import Emulator, Settings
from ringback.core.delivery.reply import Reply
from ringback.errors import SettingsError
from ringback.faces.playing import play_scenario
from ringback.scenario.loopback import LoopbackReceiver
from ringback.scenario.model import Scenario
from ringback.scenario.playing import Front, Performance
from ringback.scenario.reading import ScenarioFile, check
from ringback.scenario.report import Report
from ringback.scenario.source import Source
from ringback.scenario.staging import Over, Stage, set_up

STORY = """\
version: 1
name: A story
submit:
  text: Hello
  callback: https://ada:s3cret@app.example/hook?a=b%20c
  callback_method: put
receiver: [503, timeout, 204]
expect:
  attempts: [+0s, +30s, +70s]
  each:
    method: PUT
    url: https://app.example/hook?a=b%20c
    headers: {dg-token: $key_id, authorization: Basic YWRhOnMzY3JldA==}
    body: {same_as: audio}
  state: delivered
"""

both_ways = pytest.mark.parametrize("over", ["process", "sockets"])


def a_story(*changes: tuple[str, str]) -> ScenarioFile:
    """The story above with some of its text changed."""
    text = STORY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return check(Source.of(text, "story.yaml"))


def told(text: str) -> ScenarioFile:
    """A story of its own."""
    return check(Source.of(textwrap.dedent(text), "story.yaml"))


def played(file: ScenarioFile, over: Over = "process", to: object = None) -> Report:
    """The report of *file*."""
    return play_scenario(file, over=over, to=to)


@both_ways
def test_a_story_comes_out_as_expected(over: Over) -> None:
    report = played(a_story(), over)
    assert report.failures == []
    assert report.timeline == ("+0s PUT 503", "+30s PUT timeout", "+70s PUT 204")
    assert report.end == "delivered"
    assert report.over == over


@both_ways
def test_a_failure_names_the_line_of_its_expectation(over: Over) -> None:
    report = played(
        a_story(("+30s, +70s", "+31s, +70s"), ("state: delivered", "state: exhausted")), over
    )
    assert str(report).splitlines() == [
        "story.yaml:9: attempt 2, at: expected +31s, got +30s",
        "story.yaml:15: state: expected exhausted, got delivered",
        "what happened:",
        "  +0s PUT 503",
        "  +30s PUT timeout",
        "  +70s PUT 204",
        "  = delivered",
    ]


@both_ways
def test_credentials_are_in_no_report(over: Over) -> None:
    report = played(a_story(("YWRhOnMzY3JldA==", "b3RoZXI6b25l")), over)
    assert report.failures == [
        f"story.yaml:13: attempt {number}, header authorization: expected 'Basic ***', got 'Basic"
        " ***'"
        " (another one)"
        for number in (1, 2, 3)
    ]
    written = json.dumps(report.as_json())
    for secret in ("s3cret", "YWRh", "b3Ro"):
        assert secret not in written


def test_over_sockets_the_receiver_is_asked_what_came() -> None:
    """Only what travelled has the header that says how the connection ends."""
    wanted = ("authorization: Basic YWRhOnMzY3JldA==", "connection: close")
    timeout = (", timeout", ", 500")
    assert played(a_story(wanted, timeout, ("+70s", "+60s")), "sockets").failures == []
    assert played(a_story(wanted, timeout, ("+70s", "+60s"))).failures != []


@both_ways
def test_an_unexpected_refusal_is_the_one_failure(over: Over) -> None:
    report = played(a_story(("callback_method: put", "callback_method: delete")), over)
    (failure,) = report.failures
    assert failure.startswith(
        "story.yaml:8: answer: expected 200, got 400 INVALID_QUERY_PARAMETER: Failed to deserialize"
        " query parameters: callback_method: unknown variant `delete`"
    )
    assert report.timeline == ()


@both_ways
def test_a_refusal_may_be_expected(over: Over) -> None:
    report = played(
        told("""\
            version: 1
            name: No such port
            submit: {text: Hello, callback: "https://app.example:3000/"}
            receiver: [200]
            expect:
              answer: {status: 400, err_code: INVALID_QUERY_PARAMETER}
              attempts: []
            """),
        over,
    )
    assert report.failures == []
    assert report.end.startswith("400 INVALID_QUERY_PARAMETER: Invalid callback url.")


@both_ways
def test_the_settings_of_a_story_hold_for_it(over: Over) -> None:
    report = played(
        told("""\
            version: 1
            name: Other rules
            submit: {text: Hello, callback: "http://app.example:3000/"}
            settings:
              {retries: 1, retry_delay: 500ms, permitted_ports: [3000], dg_token: false,
               processing_time: 2s}
            receiver: [500]
            expect:
              attempts: [+2s, +2.5s]
              each: {headers: {dg-token: null, host: "app.example:3000"}}
              state: exhausted
            """),
        over,
    )
    assert report.failures == []


@both_ways
def test_a_lost_answer_reaches_the_receiver(over: Over) -> None:
    report = played(
        told("""\
            version: 1
            name: Twice
            submit: {text: Hello, callback: "http://app.example/"}
            receiver: [200, 201]
            faults: [answer lost, refused]
            expect:
              attempts:
                - {at: +0s, got: answer lost}
                - {at: +30s, got: refused}
                - {at: +60s, got: 201}
              each: {body: {same_as: 1}, headers: {dg-request-id: $request_id}}
            """),
        over,
    )
    assert report.failures == []


@both_ways
def test_a_duplicate_reaches_the_receiver_twice(over: Over) -> None:
    report = played(
        told("""\
            version: 1
            name: Thrice in all
            submit: {text: Hello, callback: "http://app.example/"}
            receiver: [503, 200, 204]
            faults: [duplicate]
            settings: {callback_framing: chunked, permitted_ports: any, callback_user_agent: x/1}
            expect:
              attempts:
                - {at: +0s, got: 503}
                - {at: +30s, got: 204}
              each:
                body: {same_as: audio}
                headers: {transfer-encoding: chunked, user-agent: x/1, content-length: null}
            """),
        over,
    )
    assert report.failures == []


def test_redirects_are_followed_in_process_alone() -> None:
    story = told("""\
        version: 1
        name: Elsewhere
        submit: {text: Hello, callback: "http://app.example/"}
        receiver: [{status: 307, headers: {location: /there}}, 204]
        settings: {follow_redirects: true}
        expect: {attempts: [{at: +0s, got: 204}]}
        """)
    assert played(story, "process").failures == []
    assert "is played in process" in played(story, "sockets").skipped


@both_ways
def test_parameters_travel_as_a_client_sends_them(over: Over) -> None:
    report = played(
        told("""\
            version: 1
            name: Every parameter
            submit:
              text: Grüße
              model: aura-2-thalia-en
              encoding: linear16
              container: none
              sample_rate: 8000
              speed: 1.1
              tag: [one, two]
              mip_opt_out: true
              callback: http://app.example/
            receiver: [200]
            expect:
              attempts: [+0s]
              each: {headers: {content-type: audio/l16;rate=8000, dg-char-count: "5"}}
            """),
        over,
    )
    assert report.failures == []


@both_ways
def test_each_tag_is_a_parameter(over: Over) -> None:
    file = a_story(("callback_method: put", "tag: [one, two]"))
    with Emulator() as emulator:
        front = None if over == "process" else Front(emulator.url, emulator.run_until_idle)
        Performance(emulator._service, file, Stage(emulator.settings, over), front)
        (request,) = emulator.requests
    assert parse_qs(request.query)["tag"] == ["one", "two"]


@both_ways
def test_a_plain_text_is_sent_as_one(over: Over) -> None:
    report = played(
        told("""\
            version: 1
            name: Plain
            submit: {text: Hello, content_type: text/plain, callback: "http://app.example/"}
            receiver: [200]
            expect: {attempts: [+0s], each: {headers: {dg-char-count: "5"}}}
            """),
        over,
    )
    assert report.failures == []


@both_ways
def test_another_content_type_is_refused(over: Over) -> None:
    report = played(
        told("""\
            version: 1
            name: XML
            submit: {text: Hello, content_type: text/xml, callback: "http://app.example/"}
            expect: {answer: {status: 415}, attempts: []}
            """),
        over,
    )
    assert report.failures == []


def test_a_story_without_a_receiver_is_played_to_an_application() -> None:
    with LoopbackReceiver([Reply(200)]) as application:
        report = played(
            a_story(("receiver: [503, timeout, 204]\n", ""), (", +30s, +70s", "")),
            "sockets",
            application.url,
        )
        assert report.failures == []
        assert [request.method for request in application.requests] == ["PUT"]


def test_the_faults_of_a_story_stand_before_an_application() -> None:
    with LoopbackReceiver([Reply(204)]) as application:
        report = played(
            a_story(("receiver: [503, timeout, 204]", "faults: [503, timeout]")), to=application.url
        )
        assert report.failures == []
        assert len(application.requests) == 1


def test_a_story_without_a_receiver_is_skipped_without_an_application() -> None:
    report = played(a_story(("receiver: [503, timeout, 204]\n", "")))
    assert (report.outcome, report.failures) == ("skipped", [])
    assert str(report) == (
        "story.yaml: skipped: it has no `receiver`: it is for a real application, and needs its"
        " base URL"
    )


@both_ways
def test_a_story_with_a_receiver_is_played_to_that(over: Over) -> None:
    assert played(a_story(), over, to="http://127.0.0.1:1").failures == []


def test_https_over_sockets_needs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    assert played(a_story()).passed
    assert played(a_story(), "sockets").trouble == (
        "an https callback over sockets needs a test certificate: pip install 'ringback[tls]', or"
        " play the scenario in process"
    )


@both_ways
def test_a_story_is_told_the_same_way_every_time(over: Over) -> None:
    assert played(a_story(), over).as_json() == played(a_story(), over).as_json()


def test_a_request_too_many_at_the_receiver_is_noticed() -> None:
    file = a_story(("https:", "http:"))
    assert isinstance(file.scenario, Scenario)
    with ExitStack() as stack:
        stage = set_up(file.scenario, "sockets", None, stack)
        emulator = stack.enter_context(Emulator(stage.settings))
        performance = Performance(
            emulator._service, file, stage, Front(emulator.url, emulator.run_until_idle)
        )
        emulator.run_until_idle()
        assert performance.report().failures == []
        assert stage.wire is not None
        connection = HTTPConnection(urlsplit(stage.wire.receiver.url).netloc)
        connection.request("PUT", "/hook")
        connection.getresponse().read()
        connection.close()
        assert performance.report().failures == [
            "story.yaml:8: requests on the wire: expected 2, got 3"
        ]


def test_an_emulator_that_is_connected_already_plays_a_story() -> None:
    with Emulator() as emulator:
        receiver = emulator.receiver("https://app.example", replies=[200, 503, "timeout", 204])
        emulator.submit("Before the story", callback="https://app.example/")
        emulator.run_until_idle()
        story = a_story(("receiver: [503, timeout, 204]\n", ""))
        performance = Performance(emulator._service, story)
        emulator.run_until_idle()
        assert performance.report().failures == []
        assert len(receiver.requests) == 4


def test_an_emulator_with_other_settings_does_not_play_a_story() -> None:
    file = a_story(("receiver:", "settings: {retries: 3, retry_delay: 1m}\nreceiver:"))
    with (
        Emulator(Settings(retries=3, retry_delay=30)) as emulator,
        pytest.raises(SettingsError, match=r"^the scenario needs retry_delay=60\.0, and this"),
    ):
        Performance(emulator._service, file)


def test_faults_cannot_be_put_before_what_is_connected_already() -> None:
    file = a_story(("receiver: [503, timeout, 204]", "faults: [503]"))
    with Emulator() as emulator:
        emulator.receiver("https://app.example")
        with pytest.raises(SettingsError, match=r"^the scenario has `faults`, and its"):
            Performance(emulator._service, file)
