"""The JSON Schema and the loader say the same, as far as a schema can."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from ringback.core.delivery.delivery import SETTLED
from ringback.core.delivery.outcome import (
    Aborted,
    AnswerLost,
    Dropped,
    Garbled,
    Outcome,
    TimedOut,
    Unreachable,
)
from ringback.core.delivery.reply import NoReply
from ringback.core.request.editions import V1
from ringback.errors import ScenarioError
from ringback.scenario.changes import PLAYERS_OWN
from ringback.scenario.model import Submit
from ringback.scenario.reading import check_all
from ringback.scenario.schema import DIALECT, json_schema, keys_at, sections_with, whole_schema
from ringback.scenario.source import Source
from ringback.scenario.tree import parse
from ringback.scenario.values import ENDS, OUTCOME_WORDS, REPLY_WORDS
from ringback.settings.settings import Settings

SHIPPED = sorted((Path(__file__).parents[3] / "scenarios").glob("*.ringback.yaml"))

GOOD = {
    "version": "1",
    "name": "A story",
    "submit": "{text: Hello, callback: 'https://app.example/hook'}",
    "receiver": "[200]",
    "expect": "{attempts: [+0s]}",
}

BAD = [
    {"version": "2"},
    {"version": "'1'"},
    {"version": "true"},
    {"name": "12"},
    {"name": "''"},
    {"name": f"'{'x' * 201}'"},
    {"why": "null"},
    {"zzz": "1"},
    {"submit": "{}"},
    {"submit": "{text: x}"},
    {"submit": "{text: x, callback: y, speed: fast}"},
    {"submit": "{text: x, callback: y, mip_opt_out: yes}"},
    {"submit": "{text: x, callback: y, tag: 5}"},
    {"submit": "{text: x, callback: y, tag: [5]}"},
    {"submit": "{text: x, callback: y, model: null}"},
    {"submit": "{text: x, callback: y, zzz: 1}"},
    {"receiver": "503"},
    {"receiver": "[]"},
    {"receiver": "[99]"},
    {"receiver": "[600]"},
    {"receiver": "['200']"},
    {"receiver": "[true]"},
    {"receiver": "[null]"},
    {"receiver": "[answer lost]"},
    {"receiver": "[{status: 99}]"},
    {"receiver": "[{headers: {'a b': x}}]"},
    {"receiver": "[{headers: {a: 5}}]"},
    {"receiver": "[{headers: {a: null}}]"},
    {"receiver": '[{headers: {a: "x\\ny"}}]'},
    {"receiver": "[{after: 1:30}]"},
    {"receiver": "[{after: -1}]"},
    {"receiver": "[{after: -0.5}]"},
    {"receiver": "[{after: -0.0000000001}]"},
    {"receiver": "[{after: '-1s'}]"},
    {"faults": "[{after: -0.001}]"},
    {"receiver": "[{zzz: 1}]"},
    {"faults": "[lost]"},
    {"faults": "[slow]"},
    {"faults": "[{fault: slow}]"},
    {"faults": "[{fault: lost}]"},
    {"faults": "[{fault: slow, after: -1}]"},
    {"faults": "[{fault: garbage, after: 3}]"},
    {"faults": "[{fault: body cut, at: -1}]"},
    {"faults": "[{fault: body cut, at: 1.5}]"},
    {"faults": "[{fault: answer replaced, status: 99}]"},
    {"faults": "[{fault: slow, after: 3, real: 1}]"},
    {"faults": "[{fault: slow, after: 3, status: 503}]"},
    {"faults": "[[1]]"},
    {"settings": "{retries: ten}"},
    {"settings": "{retry_delay: 1:30}"},
    {"settings": "{retry_delay: -0.001}"},
    {"settings": "{retry_delay: '-1s'}"},
    {"settings": "{processing_time: -0.0000000001}"},
    {"settings": "{attempt_timeout: -1}"},
    {"settings": "{connect_timeout: -1}"},
    {"settings": "{dg_token: no}"},
    {"settings": "{permitted_ports: 80}"},
    {"settings": "{permitted_ports: all}"},
    {"settings": "{callback_body: json}"},
    {"settings": "{callback_user_agent: 1}"},
    {"settings": "{tls_verify: false}"},
    {"failed_job": "true"},
    {"failed_job": "{status: 99}"},
    {"failed_job": "{zzz: 1}"},
    {"settings": "{wav_sizes: big}"},
    {"settings": "{uuid_version: 5}"},
    {"settings": "{clock: real}"},
    {"settings": "{retries: null}"},
    {"expect": "{}"},
    {"expect": "{zzz: 1}"},
    {"expect": "{state: done}"},
    {"expect": "{answer: 200}"},
    {"expect": "{answer: {}}"},
    {"expect": "{answer: {status: 99}}"},
    {"expect": "{attempts: +0s}"},
    {"expect": "{attempts: [+60sec]}"},
    {"expect": "{attempts: [-3]}"},
    {"expect": "{attempts: [-0.0000000001]}"},
    {"expect": "{attempts: ['-500ms']}"},
    {"expect": "{attempts: [{at: -0.001}]}"},
    {"expect": "{attempts: [true]}"},
    {"expect": "{attempts: [null]}"},
    {"expect": "{attempts: [{got: 200}]}"},
    {"expect": "{attempts: [{at: 0, got: timout}]}"},
    {"expect": "{attempts: [{at: 0, zzz: 1}]}"},
    {"expect": "{each: {method: GET}}"},
    {"expect": "{each: {headers: {a: $keyid}}}"},
    {"expect": "{each: {headers: {a: 5}}}"},
    {"expect": "{each: {headers: {'': x}}}"},
    {"expect": "{each: {body: {}}}"},
    {"expect": "{each: {body: {sha256: AB}}}"},
    {"expect": "{each: {body: {bytes: -1}}}"},
    {"expect": "{each: {body: {same_as: first}}}"},
    {"expect": "{each: {body: {same_as: 0}}}"},
    {"$schema": "5"},
    {"submit": "{text: x, callback: y, content_type: 'a\u20ac'}"},
    {"submit": '{text: x, callback: y, content_type: "a\\nb"}'},
    {"receiver": "[{after: 99999h}]"},
    {"receiver": "[{status: 204, body: x}]"},
    {"receiver": "[{status: 304, body: x}]"},
    {"settings": "{retries: -1}"},
    {"settings": "{retries: 1001}"},
    {"settings": "{permitted_ports: [0]}"},
    {"settings": "{permitted_ports: [65536]}"},
    {"settings": "{port_refusal: ''}"},
    {"settings": "{max_characters: 0}"},
    {"settings": "{concurrency_limit: 0}"},
    {"settings": "{mp3_sample_rate: 8000}"},
    {"settings": "{mp3_bit_rates: [48000, 1]}"},
    {"settings": "{mp3_bit_rates: [32000]}"},
    {"settings": "{flac_sample_rate: 1}"},
    {"settings": "{callback_status_header: 'a b'}"},
    {"settings": "{callback_user_agent: ' x'}"},
    {"settings": "{callback_content_type: \u20ac}"},
    {"settings": "{epoch: soon}"},
    {"settings": "{epoch: '2026-01-01'}"},
    {"settings": "{epoch: '2026-01-01T00:00:00'}"},
    {"settings": "{connect_timeout: 0}"},
    {"settings": "{connect_timeout: 0.0s}"},
    {"settings": "{attempt_timeout: 000ms}"},
    {"settings": "{retry_delay: 99999h}"},
    {"settings": "{request_failure: 200}"},
    {"settings": "{request_failure: 600}"},
    {"settings": "{request_failure: maybe}"},
    {"settings": "{request_failure: true}"},
    {"settings": "{request_failure: {}}"},
    {"settings": "{request_failure: {status: 200}}"},
    {"settings": "{request_failure: {status: 302}}"},
    {"settings": "{request_failure: {status: 503, delay: -1}}"},
    {"settings": "{request_failure: {breaks: torn}}"},
    {"settings": "{request_failure: {breaks: cut, after_bytes: -1}}"},
    {"settings": "{request_failure: {breaks: cut, after: 1}}"},
    {"settings": "{request_failure: {status: 429, headers: {retry-after: -1}}}"},
    {"settings": "{request_failure: {status: 429, headers: {a: ''}}}"},
    {"settings": "{request_failure: {status: 429, headers: {'a b': c}}}"},
    {"settings": "{request_failure: {status: 503, content_type: \u20ac}}"},
    {"settings": "{request_failure: {statu: 503}}"},
    {"failed_job": "{status: 200}"},
    {"expect": "{answer: {status: 201}}"},
    {"expect": "{answer: {status: 302}}"},
    {"expect": "{answer: torn}"},
    {"expect": "{answer: {status: 400, err_code: $foo}}"},
    {"expect": "{answer: {status: 400, err_msg: a $key_id}}"},
    {"expect": "{each: {headers: {a: token $key_id}}}"},
]
"""What the loader refuses and the schema too."""

BEYOND_A_SCHEMA = [
    {"name": '"a\\nb"'},
    {"receiver": "[200, 503.0]"},
    {"receiver": "[{after: 9000h}]"},
    {"settings": "{callback_status_header: host}"},
    {"settings": "{epoch: '2026-02-30T00:00:00Z'}"},
    {"settings": "{epoch: '1026-01-01T00:00:00Z'}"},
    {"receiver": "[{headers: {a: x, A: y}}]"},
    {"receiver": "[{headers: {Content-Length: '5'}}]"},
    {"submit": "{text: x, callback: 'http://a.example/" + "x" * 32_000 + "'}"},
    {"failed_job": "{}", "expect": "{answer: {status: 400}}"},
    {"expect": "{attempts: [30s, 0s]}"},
    {"expect": "{attempts: [{at: 0, body: {same_as: 2}}]}"},
    {"expect": "{answer: {status: 400}, attempts: [0s]}"},
    {"expect": "{answer: {status: 200, err_code: X}}"},
    {"expect": "{each: {headers: {a: x, A: y}}}"},
    {"expect": "{each: {headers: {a: '$regex:['}}}"},
    {"expect": "{each: {url: 'https://a:b@c.d'}}"},
]
"""What only the loader refuses: order, meaning, and what a number is in JSON."""

GOOD_ONES = [
    {},
    {"why": "A rule."},
    {"submit": "{text: x, callback: y, tag: [a, b], speed: 1, mip_opt_out: true}"},
    {"receiver": "[503, timeout, {status: 500, headers: {a: b}, body: x, after: 500ms}]"},
    {"receiver": "[{}]"},
    {"faults": "[null, answer lost, 503, {after: 3}]"},
    {"settings": "{retry_delay: 1m, permitted_ports: [], epoch: '2026-01-01T00:00:00Z'}"},
    {"settings": "{permitted_ports: any, callback_framing: chunked, callback_user_agent: x/1}"},
    {"settings": "{}"},
    {"faults": "[duplicate]"},
    {"faults": "[no dg-token, 1xx flood, reset in answer, late copy]"},
    {"faults": "[{fault: slow, after: 3s, real: true}, {fault: duplicate, after: 1m}]"},
    {"faults": "[{fault: body cut, at: 0}, {fault: body cut}, {fault: reset}]"},
    {"faults": "[{fault: answer replaced, status: 504}]"},
    {"failed_job": "{}"},
    {"failed_job": "{status: 504, err_code: A, err_msg: B}"},
    {"expect": "{attempts: []}"},
    {"expect": "{attempts: [0s, 0s]}"},
    {"expect": "{attempts: [0, +30, 31.5, '32', +33s, {at: 1m, got: 503}]}"},
    {"expect": "{answer: {status: 400, err_code: X, err_msg: $any}, attempts: []}"},
    {"expect": "{each: {headers: {a: null, b: $$x, c: '$regex:.*', d: $key_id}}}"},
    {"expect": "{each: {body: {same_as: audio, bytes: 3}}, state: exhausted}"},
    {"$schema": "https://example.com/schema.json"},
    {"receiver": "[{status: 204, body: ''}]"},
    {"settings": "{request_failure: 503}"},
    {"settings": "{request_failure: cut}"},
    {"settings": "{request_failure: {status: 503, code: A, body: c, content_type: text/plain}}"},
    {"settings": "{request_failure: {delay: 2s}}"},
    {"settings": "{request_failure: {status: 429, headers: {retry-after: 30, server: x}}}"},
    {"settings": "{request_failure: {breaks: stalled, after_bytes: 0}}"},
    {"settings": "{connect_timeout: 0.5s, attempt_timeout: '00010', retry_delay: 0}"},
    {"settings": "{retries: 1000, epoch: '2026-01-01 00:00+02:00'}"},
    {"expect": "{answer: cut}"},
    {"expect": "{answer: stalled, attempts: [0s]}"},
    {"expect": "{answer: {status: 400, err_code: $any, err_msg: '$regex:.* [$]key_id'}}"},
    {"expect": "{each: {headers: {a: 'costs $5', b: $$key_id, c: 'a $anything'}}}"},
]


def text_of(changes: dict[str, str]) -> str:
    """The good scenario with *changes*."""
    return "\n".join(f"{key}: {value}" for key, value in {**GOOD, **changes}.items())


def loads(text: str) -> bool:
    """Whether the loader takes *text*."""
    try:
        check_all(Source.of(text))
    except ScenarioError:
        return False
    return True


def fits(text: str) -> bool:
    """Whether the values in *text* fit the schema."""
    validator: Any = Draft202012Validator(whole_schema())
    fitting: bool = validator.is_valid(parse(Source.of(text)).value)
    return fitting


def descriptions(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What is said about each key in *schema*, and about what a key refers to."""
    for name, each in schema.get("properties", {}).items():
        about = each.get("description")
        if about is None and "$ref" in each:
            about = json_schema()["$defs"][each["$ref"].rpartition("/")[2]].get("description")
        yield f"{path}/{name}", about


def test_every_key_is_explained_to_people() -> None:
    sections = {"": json_schema(), **json_schema()["$defs"]}
    for name, section in sections.items():
        for key, about in descriptions(section, name):
            assert about, key
            assert not re.search(r"\bNone\b|\btuple\b|\bTrue\b|Settings\.|\(\)", about), key


def test_no_pattern_needs_a_look_ahead() -> None:
    written = json.dumps(json_schema())
    assert not re.search(r"\(\?[=!<]", written)


def test_the_schema_has_a_name() -> None:
    assert json_schema()["$id"] == "urn:ringback:scenario:1"


def test_it_is_a_schema_of_the_dialect_that_it_names() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == DIALECT


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_scenario_pleases_both(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert loads(text)
    assert fits(text)


@pytest.mark.parametrize("changes", GOOD_ONES, ids=str)
def test_what_is_good_pleases_both(changes: dict[str, str]) -> None:
    assert loads(text_of(changes))
    assert fits(text_of(changes))


@pytest.mark.parametrize("changes", BAD, ids=str)
def test_what_is_bad_pleases_neither(changes: dict[str, str]) -> None:
    assert not loads(text_of(changes))
    assert not fits(text_of(changes))


@pytest.mark.parametrize("changes", BEYOND_A_SCHEMA, ids=str)
def test_what_a_schema_cannot_say_only_the_loader_refuses(changes: dict[str, str]) -> None:
    assert not loads(text_of(changes))
    assert fits(text_of(changes))


@pytest.mark.parametrize("key", ["version", "name", "submit", "expect"])
def test_what_is_required_is_required_by_both(key: str) -> None:
    text = "\n".join(f"{name}: {value}" for name, value in GOOD.items() if name != key)
    assert not loads(text)
    assert not fits(text)


def test_the_keys_of_every_mapping_are_known() -> None:
    assert keys_at(()) == [
        *("version", "name", "why", "submit", "receiver", "faults", "failed_job"),
        *("settings", "expect"),
    ]
    assert keys_at(("receiver", 3)) == ["status", "headers", "body", "after"]
    assert keys_at(("expect", "each", "body")) == ["sha256", "bytes", "same_as"]
    assert set(keys_at(("expect", "attempts", 0))) == {"at", "got", *keys_at(("expect", "each"))}


def test_a_key_is_found_in_the_sections_that_have_it() -> None:
    assert sections_with("callback_method") == ["submit"]
    assert sections_with("zzz") == []


def test_every_parameter_of_the_service_can_be_submitted() -> None:
    assert Submit.model_fields.keys() - {"text", "content_type"} == V1.parameters.keys()


def test_every_setting_can_be_changed_but_for_the_players_own() -> None:
    names = {each.name for each in fields(Settings)}
    assert names >= PLAYERS_OWN
    assert set(keys_at(("settings",))) == names - PLAYERS_OWN


def test_every_word_of_an_outcome_can_be_expected() -> None:
    # `Unreachable` and `Dropped` list theirs in their docstrings; `Answered` has statuses.
    documented = {"refused", "unknown host", "tls", "not allowed", "reset", "closed"}
    words = {each.word for each in (AnswerLost, TimedOut, Garbled, Aborted)} | documented
    assert set(OUTCOME_WORDS) == words
    for word in documented:
        assert f"`{word}`" in f"{Unreachable.__doc__}{Dropped.__doc__}"
    assert len(get_args(Outcome)) == 7


def test_every_mishap_can_be_scripted() -> None:
    assert tuple(NoReply) == REPLY_WORDS


def test_every_end_of_a_delivery_can_be_expected() -> None:
    assert set(ENDS) == SETTLED


def test_an_editor_is_offered_null_only_where_it_means_something() -> None:
    definitions = json_schema()["$defs"]
    assert '"default":' not in json.dumps(json_schema())
    nullable = [name for name, each in definitions.items() if '"null"' in json.dumps(each)]
    assert nullable == ["ExpectedAttempt", "ExpectedRequest"]  # for headers that must be absent
    assert {"type": "null"} in json_schema()["properties"]["faults"]["items"]["oneOf"]


def test_an_editor_is_told_what_a_key_is_for() -> None:
    submit = json_schema()["$defs"]["Submit"]["properties"]
    assert submit["callback"]["description"] == "The URL to which the audio is brought."
    retries = json_schema()["$defs"]["ChangedSettings"]["properties"]["retries"]
    assert retries["description"] == (
        "By default: A failed callback is retried 10 times after the first attempt, so there are at"
        " most 11 attempts."
    )
