"""A story's steps: what each may say, and what is said of one that says something else."""

from datetime import UTC, datetime

import pytest

from ringback.core.base.duration import SECOND
from ringback.scenario.story.steps import Step
from tests.unit.scenario.story.story_texts import HEAD, said_about, told


def step(written: str) -> Step:
    """The step that is *written*."""
    return told(written).steps[1]


@pytest.mark.parametrize("verb", ["settle", "run_until_idle", "advance_to_next", "step"])
def test_a_verb_without_more_words_may_stand_alone(verb: str) -> None:
    assert step(verb).verb == step(f"{verb}:").verb == step(f"{verb}: {{}}").verb == verb


def test_the_short_forms_mean_what_the_long_ones_do() -> None:
    assert step("advance: 30s") == step("advance: {by: 30s}")
    assert step("cancel: first") == step("cancel: {of: first}")
    assert step("redeliver: first") == step("redeliver: {of: first}")
    assert step("fail_job: first") == step("fail_job: {of: first}")
    assert step("fail_requests: [429, null, cut]") == step(
        "fail_requests: {failures: [429, null, cut]}"
    )
    assert step("submit: {text: x}").asks == step("submit: [{text: x}]").asks
    assert step("expect: {attempts: [30s]}") == step("expect: {attempts: [{at: 30s}]}")


def test_a_moment_is_a_span_since_the_start_or_absolute() -> None:
    advance = step("advance: {to: 65s}").advance
    assert advance is not None
    assert advance.to == 65 * SECOND
    advance = step("advance: {to: '2026-01-01T00:01:05Z'}").advance
    assert advance is not None
    assert advance.to == datetime(2026, 1, 1, 0, 1, 5, tzinfo=UTC)


def test_a_request_is_sent_as_a_faulty_client_sends_it() -> None:
    (ask,) = step(
        "submit: {text: x, model: m, parameters: {callbak: y, tag: [a, b]}, path: /v1/speek,"
        " method: PUT, key: wrong}"
    ).asks
    assert ask.query_string == b"model=m&callbak=y&tag=a&tag=b"
    assert (ask.path, ask.method, ask.key) == ("/v1/speek", "PUT", "wrong")
    (ask,) = step("submit: {body: '{', query: 'callback=%zz', headers: {content-type: null}}").asks
    assert (ask.query_string, ask.body) == (b"callback=%zz", "{")
    assert ask.headers == {"content-type": None}


A_TIME = "is not a time; write e.g. 0s, +30s, 1m, 500ms"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("«advnce»: 30s", "unknown key 'advnce'; did you mean 'advance'?"),
        ("«callback»: x", "unknown key 'callback' here; it belongs under `submit`"),
        ("«rest»", "'rest' stands where keys belong; write `key: value` under it"),
        (
            "«{»}",
            "a step without a verb does nothing; write one, such as `- advance: 30s`",
        ),
        (
            "{settle: , «step»: }",
            "a step has one verb; begin 'step' with `- ` in a line of its own",
        ),
        ("advance: «soon»", f"'soon' {A_TIME}"),
        ("«advance»: {}", "write how far, as advance: 30s, or where to, as advance: {to: +65s}"),
        ("advance: {to: «2026-01-01»}", "'2026-01-01' lacks its time or its zone; write e.g."),
        ("receiver: {at: «here»}", "'here' is no origin; write https://app.example"),
        (
            "receiver: {at: «'https://app.example/a?b'»}",
            "'https://app.example/a?b' has a query, and a receiver stands at an origin or a path;"
            " write https://app.example/a",
        ),
        ("«receiver»: {replies: [200]}", "missing key 'at' in `receiver`"),
        (
            "receiver: {at: 'https://a.b', down: [{from: 5s, «to»: 5s}]}",
            "this ends before it begins",
        ),
        ("receiver: {at: 'https://a.b', replies: [«timout»]}", "'timout' is not an answer; did"),
        ("connect: {at: 'https://a.b', to: «'https://a.b'»}", "'https://a.b' is not on this mach"),
        ("connect: {at: 'https://a.b', to: «5000»}", "5000 is not a text unless it is put in qu"),
        ("fail_requests: [«200»]", "200 is less than 400"),
        ("fail_requests: {failures: [429], «when»: {}}", "this chooses nothing; give `text`, `m"),
        ("fail_requests: [«torn»]", "'torn' is not a way for an answer to break off; write one"),
        ("submit: {text: x, «body»: y}", "`body` stands in place of `text`; take one of them"),
        ("submit: {query: a, «model»: y}", "`query` is the whole of it; take 'model' out"),
        ("submit: {key: «missing»}", "'missing' is not what may be wrong with a key; write one of"),
        ("submit: {path: «v1»}", "'v1' is no path; write it as /v1/speak, without a query"),
        ("submit: {method: «get»}", "'get' is no method; write it in capitals, as GET"),
        (
            "submit: {«key»: none, headers: {Authorization: x}}",
            "`key` says what the header authorization is; take one out",
        ),
        ("submit: {parameters: {«a»: {b: 1}}}", "a parameter is a text, a number, true, false"),
        ("wait: {for: «rain»}", "'rain' is not something to wait for; write one of request, del"),
        (
            "«expect»: {of: first}",
            "this expects nothing; give `attempts`, `state` or `answer`, say",
        ),
        ("expect: {state: «done»}", "'done' is not a state of a delivery; write one of delivered"),
        ("expect: {attempts: «many»}", "'many' are no attempts; write how many there are, or a"),
        ("expect: {attempts: [30s, «0s»]}", "an attempt cannot begin before the one above it"),
        ("expect: {answer: {status: «302»}}", "the service answers 200, a failure from 400 to"),
        ("expect: {each: {body: {json: {a: [«$foo»]}}}}", "unknown variable '$foo'; There are"),
        ("expect: {each: {«body»: {}}}", "this expects nothing; give `json`, `text`, `contains`"),
        ("expect: {received: {«app»: 1}}", "'app' is no origin; write https://app.example"),
    ],
)
def test_a_wrong_step_is_told_what_to_be(written: str, said: str) -> None:
    (message,) = said_about(written)
    assert message.startswith(said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tags: [«skip»]", "'skip' means something to pytest, and is no tag; write `skip: …`"),
        ("tags: [«a b»]", "'a b' is not a name: letters, digits, - and _, with a letter in front"),
        ("skip: «true»", "true is not a text unless it is put in quotes"),
        ("allow: [«peding»]", "'peding' is not something to leave behind; did you mean 'pending'?"),
        ("«expect»: {deliveries: 1}", "unknown key 'expect'; write one of version, name, why, tag"),
        ("«retries»: 3", "unknown key 'retries' here; it belongs under `settings`"),
    ],
)
def test_a_wrong_word_about_the_story_is_told_what_to_be(line: str, said: str) -> None:
    (message,) = said_about(head=HEAD.replace("steps:", f"{line}\nsteps:"))
    assert message.startswith(said)


def test_a_story_without_expectations_proves_nothing() -> None:
    (message,) = said_about(head="version: 2\nname: A story\n«steps»: [settle] # expect")
    assert message == "a story without expectations proves nothing; add an `expect` at least"
