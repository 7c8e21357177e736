"""Every expectation is held against what was seen; credentials show in no mismatch."""

from typing import Any

import pytest

from ringback.core.base.duration import SECOND
from ringback.core.base.headers import Headers
from ringback.scenario.comparing import Seen, SeenAnswer, SeenAttempt, compare
from ringback.scenario.expectation import Expect

AUDIO = b"the audio"
AUDIO_SHA = "5760035c332e790b3821ef93ef118bc84bb37e12e85ca29c2e65a80addc252c3"
NOISE_SHA = "efe2a5c09e6d49d7eb735c9875f77404be5b887bb3f56378038968d4e3ff8198"
KNOWN = {"$key_id": "key-1", "$request_id": "request-1"}
ACCEPTED = SeenAnswer()
REFUSED = SeenAnswer(400, "BAD", "No.", "Try another.")


def an_attempt(at: int = 0, got: str = "200", **changes: Any) -> SeenAttempt:
    """An attempt, so many seconds after the acceptance."""
    seen = {
        "method": "POST",
        "url": "https://app.example/hook",
        "headers": Headers({"dg-token": "key-1", "Authorization": "Basic YWRhOnMzY3JldA=="}),
        "body": AUDIO,
        **changes,
    }
    return SeenAttempt(at * SECOND, got, **seen)


def seen(*attempts: SeenAttempt, answer: SeenAnswer = ACCEPTED, state: str = "") -> Seen:
    """What was seen of one submission."""
    return Seen(answer, attempts, state, AUDIO, KNOWN)


def mismatches(expect: dict[str, Any], what: Seen) -> list[str]:
    """The expectations that failed, in words; `expect` is as in a file."""
    return [
        str(check) for check in compare(Expect.model_validate(expect), what) if not check.passed
    ]


def test_what_is_as_expected_passes_and_is_counted() -> None:
    expect = Expect.model_validate(
        {"attempts": ["+0s", {"at": "+30s", "got": 204}], "state": "delivered"}
    )
    checks = compare(expect, seen(an_attempt(0, "503"), an_attempt(30, "204"), state="delivered"))
    assert [(check.what, check.passed) for check in checks] == [
        ("answer", True),
        ("number of attempts", True),
        ("attempt 1, at", True),
        ("attempt 2, at", True),
        ("attempt 2, got", True),
        ("state", True),
    ]
    assert checks[4].path == ("expect", "attempts", 1, "got")


def test_a_moment_is_compared_to_the_nanosecond() -> None:
    late = SeenAttempt(30 * SECOND + 1, "200")
    assert mismatches({"attempts": ["+30s"]}, seen(late)) == [
        "attempt 1, at: expected +30s, got +30.000000001s"
    ]


def test_missing_and_surplus_attempts_are_counted() -> None:
    assert mismatches({"attempts": ["+0s", "+30s"]}, seen(an_attempt())) == [
        "number of attempts: expected 2, got 1"
    ]
    assert mismatches({"attempts": []}, seen(an_attempt())) == [
        "number of attempts: expected 0, got 1"
    ]


def test_an_outcome_is_compared_by_its_word() -> None:
    expect = {"attempts": [{"at": 0, "got": "timeout"}, {"at": 30, "got": 503}]}
    assert mismatches(expect, seen(an_attempt(0, "reset"), an_attempt(30, "500"))) == [
        "attempt 1, got: expected timeout, got reset",
        "attempt 2, got: expected 503, got 500",
    ]


def test_each_attempt_is_held_against_each() -> None:
    expect = {"each": {"method": "PUT", "url": "https://app.example/other"}}
    assert mismatches(expect, seen(an_attempt(), an_attempt(30, method="PUT"))) == [
        "attempt 1, method: expected PUT, got POST",
        "attempt 1, url: expected 'https://app.example/other', got 'https://app.example/hook'",
        "attempt 2, url: expected 'https://app.example/other', got 'https://app.example/hook'",
    ]


def test_each_of_no_attempt_is_a_failure() -> None:
    assert mismatches({"each": {"method": "POST"}}, seen()) == [
        "attempts: expected at least one, got none"
    ]


def test_header_names_are_compared_without_case() -> None:
    assert mismatches({"each": {"headers": {"DG-Token": "$key_id"}}}, seen(an_attempt())) == []


def test_a_variable_is_shown_as_what_it_stands_for() -> None:
    expect = {"each": {"headers": {"dg-token": "$request_id"}}}
    assert mismatches(expect, seen(an_attempt())) == [
        "attempt 1, header dg-token: expected 'request-1', got 'key-1'"
    ]


def test_a_header_that_is_not_there_is_none() -> None:
    assert mismatches({"each": {"headers": {"x-a": "$any"}}}, seen(an_attempt())) == [
        "attempt 1, header x-a: expected $any, got none"
    ]


def test_a_header_that_must_be_absent_is_null() -> None:
    expect = {"each": {"headers": {"x-a": None, "dg-token": None}}}
    assert mismatches(expect, seen(an_attempt())) == [
        "attempt 1, header dg-token: expected none, got 'key-1'"
    ]


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("Basic b3RoZXI=", "expected 'Basic ***', got 'Basic ***' (another one)"),
        ("Bearer abc", "expected 'Bearer ***', got 'Basic ***'"),
        ("secret", "expected '***', got 'Basic ***'"),
        (None, "expected none, got 'Basic ***'"),
        ("$regex:Digest .*", "expected '$regex:Digest ***', got 'Basic ***'"),
    ],
)
def test_credentials_show_in_no_mismatch(expected: str | None, said: str) -> None:
    expect = {"each": {"headers": {"authorization": expected}}}
    assert mismatches(expect, seen(an_attempt())) == [f"attempt 1, header authorization: {said}"]


def test_a_body_is_compared_by_digest_length_or_likeness() -> None:
    expect = {"each": {"body": {"sha256": AUDIO_SHA, "bytes": 9, "same_as": "audio"}}}
    assert mismatches(expect, seen(an_attempt())) == []
    assert mismatches(expect, seen(an_attempt(body=b"noise"))) == [
        f"attempt 1, body, sha256: expected {AUDIO_SHA}, got {NOISE_SHA}",
        "attempt 1, body, bytes: expected 9, got 5",
        "attempt 1, body: expected that of the audio (9 bytes, sha256 5760035c332e…), got 5 bytes,"
        " sha256 efe2a5c09e6d…",
    ]


def test_a_body_may_have_to_be_that_of_another_attempt() -> None:
    expect = {"attempts": [0, {"at": 30, "body": {"same_as": 1}}]}
    assert mismatches(expect, seen(an_attempt(), an_attempt(30))) == []
    (said,) = mismatches(expect, seen(an_attempt(), an_attempt(30, body=b"")))
    assert said.startswith("attempt 2, body: expected that of attempt 1 (9 bytes, sha256 ")
    assert said.endswith("), got 0 bytes, sha256 e3b0c44298fc…")


def test_a_body_of_an_attempt_that_was_not_made_is_unlike_any() -> None:
    expect = {"each": {"body": {"same_as": 2}}}
    (said,) = mismatches(expect, seen(an_attempt(body=b"")))
    assert said.startswith("attempt 1, body: expected that of attempt 2 (which was not made), got ")


def test_the_end_is_compared() -> None:
    assert mismatches({"state": "delivered"}, seen(state="exhausted")) == [
        "state: expected delivered, got exhausted"
    ]


def test_a_refusal_is_compared_by_status_code_and_message() -> None:
    expect = {"answer": {"status": 400, "err_code": "BAD", "err_msg": "$regex:N.*"}}
    assert mismatches(expect, seen(answer=REFUSED)) == []
    expect = {"answer": {"status": 413, "err_code": "GOOD", "err_msg": "Yes."}}
    assert mismatches(expect, seen(answer=REFUSED)) == [
        "answer: expected 413, got 400 BAD: No. Try another.",
        "err_code: expected 'GOOD', got 'BAD'",
        "err_msg: expected 'Yes.', got 'No.'",
    ]


def test_an_unexpected_refusal_is_the_one_thing_said() -> None:
    expect = {"attempts": ["+0s"], "each": {"method": "POST"}, "state": "delivered"}
    assert mismatches(expect, seen(answer=REFUSED)) == [
        "answer: expected 200, got 400 BAD: No. Try another."
    ]


def test_an_acceptance_instead_of_a_refusal_is_said_with_its_callbacks() -> None:
    expect = {"answer": {"status": 400}}
    assert mismatches(expect, seen(an_attempt())) == [
        "answer: expected 400, got 200",
        "number of attempts: expected 0, got 1",
    ]


def test_a_refusal_that_still_leads_to_a_callback_fails() -> None:
    expect = {"answer": {"status": 400}}
    assert mismatches(expect, seen(an_attempt(), answer=REFUSED)) == [
        "number of attempts: expected 0, got 1"
    ]
