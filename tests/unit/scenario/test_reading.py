"""Everything wrong with a scenario is said at once, each with its place and what to write."""

import textwrap

import pytest

from ringback.core.base.duration import SECOND
from ringback.core.delivery.fault import Fault
from ringback.core.delivery.fault_words import BARE_WORDS
from ringback.core.delivery.reply import Reply
from ringback.errors import ScenarioError
from ringback.scenario.reading import check
from ringback.scenario.source import Source
from tests.unit.scenario.scenario_texts import GOOD, problems, read, said_about, with_line


def test_a_whole_report_of_problems() -> None:
    with pytest.raises(ScenarioError) as caught:
        read("""\
            version: 1
            name: A story
            submit: {txt: Hello, callback: "https://app.example/hook"}
            receiver: [500, timout]
            expect:
              attempts: [+0s, +60sec]
              outcom: delivered
            """)
    assert str(caught.value) == textwrap.dedent("""\
        s:3:1: error: missing key 'text' in `submit`
         3 | submit: {txt: Hello, callback: "https://app.example/hook"}
           | ^^^^^^
        s:3:10: error: unknown key 'txt'; did you mean 'text'?
         3 | submit: {txt: Hello, callback: "https://app.example/hook"}
           |          ^^^
        s:4:17: error: 'timout' is not an answer; did you mean 'timeout'?
         4 | receiver: [500, timout]
           |                 ^^^^^^
        s:6:19: error: '+60sec' is not a time; write e.g. 0s, +30s, 1m, 500ms
         6 |   attempts: [+0s, +60sec]
           |                   ^^^^^^
        s:7:3: error: unknown key 'outcom'; write one of answer, attempts, each, state
         7 |   outcom: delivered
           |   ^^^^^^""")


def test_the_good_one_is_good() -> None:
    scenario = read(GOOD)
    assert scenario.name == "A story"
    assert scenario.submit.parameters == {"callback": "https://app.example/hook"}
    assert scenario.replies == [200]
    assert scenario.scripted_faults == []


@pytest.mark.parametrize("text", ["", "# later", "---", "null", "~"])
def test_an_empty_file_is_told_how_to_begin(text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(text)
    assert caught.value.problems == (
        "s: error: the file is empty; a scenario begins with `version: 1`",
    )


@pytest.mark.parametrize(("text", "what"), [("[1]", "a list"), ("503", "503"), ("x", "'x'")])
def test_a_file_that_is_no_mapping_is_told_how_to_begin(text: str, what: str) -> None:
    assert problems(text) == [
        f"1:1: error: a scenario is a mapping that begins with `version: 1`, not {what}"
    ]


def test_what_is_missing_is_listed() -> None:
    assert problems("version: 1") == [
        "1:1: error: missing key 'name'",
        "1:1: error: missing key 'submit'",
        "1:1: error: missing key 'expect'",
    ]


def test_a_missing_version_hides_nothing_else() -> None:
    assert problems("name: 5") == [
        "1:1: error: missing key 'version'",
        "1:1: error: missing key 'submit'",
        "1:1: error: missing key 'expect'",
        "1:7: error: 5 is not a text unless it is put in quotes",
    ]


def test_of_a_newer_version_nothing_else_is_said() -> None:
    assert problems("version: 3\nsteps: []") == [
        "1:10: error: version 3 is from a newer Ringback; this one reads versions 1 and 2"
    ]


@pytest.mark.parametrize(
    ("version", "shown"),
    [("'1'", "'1'"), ("0", "0"), ("true", "true"), ("1.0", "1.0"), ("-1", "-1")],
)
def test_another_version_is_none(version: str, shown: str) -> None:
    assert said_about(f"version: «{version}»") == [
        f"{shown} is no version of this format; write `version: 1`"
    ]


def test_a_key_of_another_section_is_sent_there() -> None:
    assert said_about("«callback_method»: put") == [
        "unknown key 'callback_method' here; it belongs under `submit`"
    ]


def test_a_key_like_no_other_brings_the_whole_list() -> None:
    assert said_about("«zzz»: 1") == [
        "unknown key 'zzz'; write one of version, name, why, submit, receiver, faults, failed_job,"
        " settings, expect"
    ]


@pytest.mark.parametrize("line", ["why: «~»", "receiver: «null»", "settings: {retries: «null»}"])
def test_a_key_with_nothing_behind_it_is_refused(line: str) -> None:
    assert said_about(line) == ["there is nothing here; write a value, or take the key out"]


def test_a_wrong_value_under_an_alias_is_not_reported_twice() -> None:
    assert said_about("receiver: [«*x», «timout»]") == [
        "'*x' is an alias, and scenarios have none; write the value out, or put it in quotes",
        "'timout' is not an answer; did you mean 'timeout'?",
    ]


def test_of_two_equal_keys_the_second_is_the_problem() -> None:
    assert problems(GOOD + "name: 5") == ["6:1: error: duplicate key 'name', first given in line 2"]


NO_TEXT = "is not a text unless it is put in quotes"
A_TIME = "is not a time; write e.g. 0s, +30s, 1m, 500ms"
AN_ANSWER = (
    "is not an answer; write a status such as 503, one of timeout, refused, reset, or a mapping"
    " with `status`, `headers`, `body` or `after`"
)
A_FAULT = (
    f"is not a fault; write a status such as 503, one of {', '.join(BARE_WORDS)}, null, a"
    " mapping with `fault` and its numbers, or a mapping with `status`, `headers`, `body` or"
    " `after`"
)
KEYS_BELONG = "stands where keys belong; write `key: value` under it"
ONE_LINE = "a name is one line of 1 to 200 printable characters"
VARIABLES = (
    "There are $key_id, $request_id, $any and $regex:…, and a text that begins with a dollar is"
    " written with two"
)
PLAYERS = "is for whoever plays the scenario to decide; take it out"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("name: «12»", f"12 {NO_TEXT}"),
        ("name: «true»", f"true {NO_TEXT}"),
        (
            "«name»: [a]",
            "a list stands where a text belongs; put a text that begins with [ in quotes",
        ),
        ('name: «""»', ONE_LINE),
        ('name: «"a\\nb"»', ONE_LINE),
        ("submit: «Hello»", f"'Hello' {KEYS_BELONG}"),
        ("submit: {text: x, callback: y, speed: «fast»}", "'fast' is not a number"),
        ("submit: {text: x, callback: y, mip_opt_out: «yes»}", "'yes' is neither true nor false"),
        ("submit: {text: x, callback: y, sample_rate: «16k»}", "'16k' is not a whole number"),
        (
            "submit: {text: x, callback: y, tag: «5»}",
            "5 is not a tag; write a text or a list of texts",
        ),
        ("submit: {text: x, callback: y, model: «2»}", f"2 {NO_TEXT}"),
        ("receiver: «503»", "503 stands where a list belongs; write [503]"),
        ("«receiver»: []", "the list is empty; write at least one entry"),
        ("receiver: [«99»]", "99 is less than 200"),
        ("receiver: [«600»]", "600 is more than 599"),
        (
            "receiver: [«'200'»]",
            "'200' is not an answer; write 200 without quotes",
        ),
        ("receiver: [«2e2»]", f"200.0 {AN_ANSWER}"),
        ("receiver: [«true»]", f"true {AN_ANSWER}"),
        ("receiver: [«null»]", f"null {AN_ANSWER}"),
        (
            "receiver: [«answer lost»]",
            "'answer lost' is not an answer; what happens on the way stands under `faults`: faults:"
            " [answer lost]",
        ),
        (
            "receiver: [{after: «1:30»}]",
            "'1:30' is not a time; if it means 90 seconds, write 90s",
        ),
        (
            "receiver: [{after: «1:02:03»}]",
            "'1:02:03' is not a time; if it means 3723 seconds, write 3723s",
        ),
        (
            "receiver: [{after: «-1»}]",
            "-1 is before the beginning; a time cannot be negative",
        ),
        ("receiver: [{after: «true»}]", f"true {A_TIME}"),
        ("receiver: [{after: «soon»}]", f"'soon' {A_TIME}"),
        (f"receiver: [{{after: «'{'0' * 40}9s'»}}]", f"'{'0' * 39}…' {A_TIME}"),
        ("receiver: [{after: «400000h»}]", "'400000h' is more than a year"),
        ("receiver: [{headers: {«a b»: x}}]", "'a b' is not the name of a header"),
        ("receiver: [{headers: {a: «5»}}]", f"5 {NO_TEXT}"),
        (
            'receiver: [{headers: {a: «"x\\r\\ny"»}}]',
            "a header's value cannot hold a line break or another control character",
        ),
        (
            "receiver: [{headers: {a: «é»}}]",
            "'é' is not ASCII, which a header's value must be",
        ),
        ("receiver: [{«hedaers»: {}}]", "unknown key 'hedaers'; did you mean 'headers'?"),
        ("faults: [«lost»]", "'lost' is not a fault; did you mean 'answer lost'?"),
        (
            "faults: [«slow»]",
            "'slow' is not a fault; it needs a number: write {fault: slow, after: 3s}",
        ),
        (
            "faults: [{«fault»: answer replaced}]",
            "answer replaced needs a number: write {fault: answer replaced, status: 504}",
        ),
        (
            "faults: [{fault: timeout, «at»: 3}]",
            "timeout takes no 'at': it is for reset during, body cut, bit flipped",
        ),
        ("faults: [{fault: «lats copy»}]", "'lats copy' is not a fault; did you mean 'late copy'?"),
        (
            f"faults: [{'null, ' * 11}«timeout»]",
            "there is no attempt for this one: a delivery has 11 at most; take it out, or write"
            " settings: {retries: 11}",
        ),
        ("faults: [«[»1]]", f"a list {A_FAULT}"),
        (
            "«expect»: {}",
            "a scenario without expectations proves nothing; give `attempts` at least",
        ),
        (
            "expect: {state: «done»}",
            "'done' is not an end of a delivery; write one of delivered, exhausted, cancelled",
        ),
        (
            "expect: {answer: «200»}",
            "200 is not an answer to the submission; write keys, such as {status: 400}, or one of"
            " cut, stalled",
        ),
        (
            "expect: {answer: {«status»: 200, err_code: X}}",
            "an answer from 200 to 299 carries no error",
        ),
        (
            "expect: {answer: {status: 400}, «attempts»: [0s]}",
            "a refused request leads to no callback; take `attempts` out",
        ),
        (
            "expect: {answer: {status: 400}, «state»: exhausted}",
            "a refused request leads to no callback; take `state` out",
        ),
        ("expect: {attempts: [«{»got: 200}]}", "missing key 'at'"),
        (
            "expect: {attempts: [{at: 0, got: «timout»}]}",
            "'timout' is not an outcome; did you mean 'timeout'?",
        ),
        (
            "expect: {attempts: [30s, «0s»]}",
            "an attempt cannot begin before the one above it",
        ),
        (
            "expect: {attempts: [{at: 0, body: {«same_as»: 2}}]}",
            "there is no attempt 2 to compare with",
        ),
        (
            "expect: {each: {body: {same_as: «first»}}}",
            "'first' is no body to compare with; write the number of an attempt, or audio",
        ),
        ("expect: {each: {body: {same_as: «0»}}}", "0 is less than 1"),
        (
            "expect: {each: {«body»: {}}}",
            "this expects nothing; give `sha256`, `bytes` or `same_as`",
        ),
        (
            "expect: {each: {body: {sha256: «AB»}}}",
            "'AB' is not a SHA-256 in lower-case hexadecimal",
        ),
        ("expect: {each: {body: {bytes: «-1»}}}", "-1 is less than 0"),
        (
            "expect: {each: {method: «GET»}}",
            "'GET' is not a method of callbacks; write one of POST, PUT",
        ),
        (
            'expect: {each: {url: «"https://a:b@c.d"»}}',
            "a callback's URL is seen without credentials; expect them in `headers`",
        ),
        ("expect: {each: {headers: {a: x, «A»: y}}}", "'A' is the same header as 'a'"),
        (
            "expect: {each: {headers: {a: «$keyid»}}}",
            f"unknown variable '$keyid'; did you mean '$key_id'? {VARIABLES}",
        ),
        ("settings: {retries: «-1»}", "retries is 0 or more, not -1"),
        ("settings: {retries: «ten»}", "'ten' is not a whole number"),
        (
            "settings: {retry_delay: «1:30»}",
            "'1:30' is not a time; if it means 90 seconds, write 90s",
        ),
        ("settings: {dg_token: «no»}", "'no' is neither true nor false"),
        ("settings: {permitted_ports: «80»}", "80 stands where a list belongs; write [80]"),
        ("settings: {permitted_ports: «all»}", "'all' is not 'any'"),
        (
            "settings: {«permitted_ports»: [0]}",
            "permitted_ports is a list of ports from 1 to 65535, or the word any, not [0]",
        ),
        ("settings: {wav_sizes: «big»}", "'big' is not 'streamed' or 'exact'"),
        (
            "settings: {epoch: «2026-01-01»}",
            "'2026-01-01' lacks its time or its zone; write e.g. 2026-01-01T00:00:00Z",
        ),
        (
            "settings: {epoch: «soon»}",
            "'soon' is not a moment; write e.g. 2026-01-01T00:00:00Z",
        ),
        ("settings: {«retrys»: 1}", "unknown key 'retrys'; did you mean 'retries'?"),
        ("settings: {«clock»: real}", f"'clock' {PLAYERS}"),
        ("settings: {«guard»: 1}", f"'guard' {PLAYERS}"),
    ],
)
def test_a_wrong_value_is_told_what_to_be(line: str, said: str) -> None:
    assert said_about(line) == [said]


def test_a_list_has_an_end() -> None:
    assert said_about(f"«faults»: [{'null, ' * 1001}]") == ["the list has more than 1000 entries"]


def test_the_long_forms_mean_what_the_short_ones_do() -> None:
    scenario = read(
        with_line("receiver: [503, timeout, {status: 500, headers: {a: b}, body: x, after: 500ms}]")
    )
    assert scenario.replies == [503, "timeout", Reply(500, {"a": "b"}, "x", 0.5)]
    scenario = read(
        with_line("faults: [null, answer lost, {status: 500}, {fault: slow, after: 500ms}]")
    )
    assert scenario.scripted_faults == [
        None,
        "answer lost",
        Reply(500, {}, ""),
        Fault("slow", after=0.5),
    ]


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("30", 30 * SECOND),
        ("+30", 30 * SECOND),
        ("+30s", 30 * SECOND),
        ("'30'", 30 * SECOND),
        ("0.1", SECOND // 10),
        ("500ms", SECOND // 2),
        ("2m", 120 * SECOND),
        ("1h", 3600 * SECOND),
    ],
)
def test_a_time_may_be_written_in_many_ways(written: str, span: int) -> None:
    (attempt,) = read(with_line(f"expect: {{attempts: [{written}]}}")).expect.attempts or ()
    assert attempt.at == span


def test_only_the_parameters_that_are_named_are_sent() -> None:
    scenario = read(
        with_line(
            "submit: {text: x, content_type: text/plain, callback: 'ftp://a', tag: [a, b],"
            " mip_opt_out: false}"
        )
    )
    assert scenario.submit.parameters == {
        "callback": "ftp://a",
        "mip_opt_out": False,
        "tag": ("a", "b"),
    }
    assert scenario.submit.endpoint is None


def test_settings_are_handed_on_as_the_emulator_takes_them() -> None:
    scenario = read(with_line("settings: {retries: 2, retry_delay: 1m, permitted_ports: [3000]}"))
    assert scenario.settings.given == {
        "permitted_ports": (3000,),
        "retries": 2,
        "retry_delay": 60.0,
    }


def test_the_line_of_every_expectation_is_known() -> None:
    file = check(Source.of(GOOD))
    assert file.line(("expect", "attempts", 0, "at")) == 5
    assert file.line(("name",)) == 2
