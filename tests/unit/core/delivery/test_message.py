"""What is sent to a callback endpoint."""

import base64
import hashlib
import json
from dataclasses import replace

import pytest

from ringback.core.base.headers import Headers
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.message import BodyForm, CallbackMessage, MessageRules, metadata
from ringback.core.request.script import Script, Silence
from tests.conftest import a_request, an_endpoint

AUDIO = b"\xff\xf3\x60\xc4" * 5
FAILURE = Rejection(504, "GATEWAY_TIMEOUT", "Too slow.", "our own advice")


def compose(
    query: bytes = b"model=aura-2-thalia-en",
    callback: str = "https://app.example/hook?a=1",
    rules: MessageRules | None = None,
    content: bytes | Rejection = AUDIO,
) -> CallbackMessage:
    """The message that brings *content*, made for *query*, to *callback*."""
    request = a_request(query, text="Hello, world.")
    return (rules or MessageRules()).compose(
        request, an_endpoint(callback), "request-1", "key-1", content
    )


def test_a_callback_says_everything_that_is_known_in_this_order() -> None:
    assert compose(callback="http://ada:s3cret@app.example:8080/hook").headers.items_as_sent == (
        ("host", "app.example:8080"),
        ("content-type", "audio/mpeg"),
        ("content-length", "20"),
        ("dg-token", "key-1"),
        ("authorization", "Basic YWRhOnMzY3JldA=="),
        ("dg-request-id", "request-1"),
        ("dg-model-name", "aura-2-thalia-en"),
        ("dg-model-uuid", "0bb159e1-5c0a-48fb-aa29-ed7c0401f116"),
        ("dg-char-count", "13"),
    )


@pytest.mark.rule("method")
@pytest.mark.parametrize(
    ("query", "method"),
    [
        (b"", "POST"),
        (b"callback_method=post", "POST"),
        (b"callback_method=put", "PUT"),
        (b"callback_method=PUT", "PUT"),
    ],
)
def test_a_callback_is_posted_unless_put_was_asked_for(query: bytes, method: str) -> None:
    assert compose(query).method == method


@pytest.mark.rule("body", "content-type")
@pytest.mark.parametrize(
    ("query", "content_type"),
    [
        (b"", "audio/mpeg"),
        (b"encoding=linear16", "audio/wav"),
        (b"encoding=linear16&container=none&sample_rate=16000", "audio/l16;rate=16000"),
        (b"encoding=opus", "audio/ogg;codecs=opus"),
    ],
)
def test_the_body_is_the_audio_with_the_content_type_of_the_synchronous_answer(
    query: bytes, content_type: str
) -> None:
    message = compose(query)
    assert message.headers["content-type"] == content_type
    assert message.body is AUDIO


@pytest.mark.rule("body")
def test_the_audio_can_travel_in_json() -> None:
    message = compose(rules=MessageRules(body="json-base64"))
    assert message.headers["content-type"] == "application/json"
    assert message.headers["content-length"] == str(len(message.body))
    document = json.loads(message.body)
    assert list(document) == ["results"]
    assert base64.b64decode(document["results"], validate=True) == AUDIO


@pytest.mark.rule("content-type")
@pytest.mark.parametrize("body", ["raw", "json-base64"])
def test_another_content_type_can_stand_in(body: BodyForm) -> None:
    rules = MessageRules(body=body, content_type="application/octet-stream")
    assert compose(rules=rules).headers.all("content-type") == ["application/octet-stream"]


@pytest.mark.rule("framing")
def test_the_body_is_framed_by_its_length() -> None:
    assert compose().headers["content-length"] == str(len(AUDIO))
    assert "transfer-encoding" not in compose().headers


@pytest.mark.rule("framing")
def test_the_body_can_come_in_chunks_without_its_length() -> None:
    message = compose(rules=MessageRules(framing="chunked"))
    assert message.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in message.headers
    assert message.body is AUDIO


@pytest.mark.rule("user-agent")
def test_a_callback_says_nothing_of_who_sends_it() -> None:
    assert "user-agent" not in compose().headers


@pytest.mark.rule("user-agent")
def test_a_callback_can_say_who_sends_it() -> None:
    assert compose(rules=MessageRules(user_agent="dispatcher/1")).headers["user-agent"] == (
        "dispatcher/1"
    )


@pytest.mark.rule("dg-token")
def test_a_callback_carries_the_identifier_of_the_key_that_submitted_it() -> None:
    assert compose().headers["dg-token"] == "key-1"


@pytest.mark.rule("dg-token")
def test_the_identifier_can_be_switched_off() -> None:
    assert "dg-token" not in compose(rules=MessageRules(dg_token=False)).headers


@pytest.mark.rule("basic-auth")
def test_credentials_become_a_header_and_appear_nowhere_else() -> None:
    message = compose(callback="https://ada:p%40ss@app.example/hook")
    assert message.headers["authorization"] == "Basic YWRhOnBAc3M="
    assert message.url == "https://app.example/hook"
    assert message.headers["host"] == "app.example"
    for secret in ("ada", "p%40ss", "p@ss", "YWRhOnBAc3M="):
        assert secret not in repr(message)
    assert repr(message).startswith("<POST https://app.example/hook, 20 bytes, Headers({")
    assert repr(message).endswith("})>")


@pytest.mark.rule("basic-auth")
def test_credentials_can_be_dropped_and_then_appear_nowhere() -> None:
    message = compose(
        callback="https://ada:s3cret@app.example/hook", rules=MessageRules(basic_auth=False)
    )
    assert message == compose(callback="https://app.example/hook")


@pytest.mark.rule("failed-jobs")
def test_a_job_that_failed_is_told_of_by_the_same_method_in_the_words_of_a_refusal() -> None:
    message = compose(b"callback_method=put", content=FAILURE)
    assert message.method == "PUT"
    assert message.headers["content-type"] == "application/json"
    assert message.headers["content-length"] == str(len(message.body))
    assert json.loads(message.body) == {
        "err_code": "GATEWAY_TIMEOUT",
        "err_msg": "Too slow.",
        "request_id": "request-1",
    }


@pytest.mark.rule("failed-jobs", "content-type", "body")
def test_what_is_said_of_audio_is_not_said_of_a_failure() -> None:
    rules = MessageRules(body="json-base64", content_type="audio/mpeg")
    assert compose(rules=rules, content=FAILURE) == compose(content=FAILURE)


@pytest.mark.rule("status-header")
@pytest.mark.parametrize("content", [AUDIO, FAILURE], ids=["audio", "failure"])
def test_no_header_says_how_the_job_went(content: bytes | Rejection) -> None:
    assert not {"200", "504"} & set(compose(content=content).headers.values())


@pytest.mark.rule("status-header")
@pytest.mark.parametrize(("content", "status"), [(AUDIO, "200"), (FAILURE, "504")])
def test_a_header_can_say_how_the_job_went(content: bytes | Rejection, status: str) -> None:
    message = compose(rules=MessageRules(status_header="x-status"), content=content)
    assert message.headers["x-status"] == status


@pytest.mark.rule("both-authentications")
def test_the_identifier_is_sent_with_or_without_credentials() -> None:
    with_both = compose(callback="https://ada:s3cret@app.example/").headers
    assert {"dg-token", "authorization"} <= set(with_both)
    assert "authorization" not in compose().headers
    assert compose().headers["dg-token"] == with_both["dg-token"]


@pytest.mark.rule("metadata")
def test_a_callback_carries_what_the_synchronous_answer_says_of_itself() -> None:
    sent = compose().headers
    assert {name: sent[name] for name in sent if name.startswith("dg-") and name != "dg-token"} == {
        "dg-request-id": "request-1",
        "dg-model-name": "aura-2-thalia-en",
        "dg-model-uuid": "0bb159e1-5c0a-48fb-aa29-ed7c0401f116",
        "dg-char-count": "13",
    }


@pytest.mark.rule("metadata")
def test_the_metadata_can_be_switched_off() -> None:
    assert list(compose(rules=MessageRules(metadata=False)).headers) == [
        "host",
        "content-type",
        "content-length",
        "dg-token",
    ]


def test_characters_are_counted_not_bytes() -> None:
    counted = dict(metadata(a_request(text="dä 😀"), "request-1"))
    assert counted["dg-char-count"] == "4"


@pytest.mark.rule("pronunciations")
def test_a_text_with_pronunciations_is_counted_as_it_is_heard() -> None:
    controlled = replace(a_request(), script=Script("tomato", 1))
    headers = dict(metadata(controlled, "r-1"))
    assert headers["dg-char-count"] == "6"
    assert headers["dg-pronunciations-applied"] == "1"
    assert "dg-pronunciations-applied" not in dict(metadata(a_request(), "r-1"))


@pytest.mark.rule("controls-applied", "pronunciation-warnings")
def test_headers_say_which_controls_were_obeyed_and_what_is_doubtful() -> None:
    paused = Script("One two", silences=(Silence(3, 500), Silence(4, 500)))
    doubtful = Script("tomato", 2, warnings=("PRON-001", "PRON-008"), doubtful=1)
    found = [dict(metadata(replace(a_request(), script=each), "r")) for each in (paused, doubtful)]
    applied = [(each["dg-pronunciations-applied"], each["dg-breaks-applied"]) for each in found]
    assert applied == [("0", "2"), ("2", "0")]
    assert [each.get("dg-warnings") for each in found] == [None, "PRON-001,PRON-008"]
    assert not {"dg-breaks-applied", "dg-warnings"} & dict(metadata(a_request(), "r")).keys()


def test_a_message_without_its_body_has_the_digest_of_it() -> None:
    message = CallbackMessage("POST", "https://app.example/?sig=s3cret", Headers(), b"audio")
    told = message.by_digest()
    assert (told.url, told.headers, told.body) == (message.url, message.headers, b"")
    assert told.digest == hashlib.sha256(b"audio").hexdigest()
    assert repr(message) == "<POST https://app.example/?sig=***, 5 bytes, Headers({})>"
    assert f"sha256 {told.digest}" in repr(told)


def test_a_message_knows_its_body_by_its_bytes_or_by_their_digest() -> None:
    message = CallbackMessage("POST", "https://app.example/", Headers(), b"audio")
    for kept in (message, message.by_digest()):
        assert kept.carries(b"audio")
        assert not kept.carries(b"other")
