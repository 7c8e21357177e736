"""The failures that a test can order."""

from datetime import timedelta
from typing import Any

import pytest

from ringback.core.answer.failure import RequestFailure, RequestFailureLike, read_failure
from ringback.core.base.rejection import Rejection
from ringback.errors import SettingsError

SPAN = "seconds or a timedelta, 0 or more"


@pytest.mark.parametrize(
    ("given", "failure"),
    [
        (503, RequestFailure(503)),
        ("cut", RequestFailure(breaks="cut")),
        ("stalled", RequestFailure(breaks="stalled")),
        (RequestFailure(delay=2.5), RequestFailure(delay=2.5)),
        ({"status": 503, "delay": 2.5}, RequestFailure(503, delay=2.5)),
    ],
)
def test_a_failure_can_be_written_shortly(
    given: RequestFailureLike, failure: RequestFailure
) -> None:
    assert read_failure(given) == failure


@pytest.mark.parametrize("given", ["slow", None, True, 1.5, 200, 302, 600, {}])
def test_what_is_no_failure_is_refused(given: Any) -> None:
    with pytest.raises(SettingsError, match=r"failure is a status|status is 200|needs a status"):
        read_failure(given)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "a failure needs a status from 400 on, a delay or a break"),
        ({"status": 399}, "status is 200 or from 400 to 599, not 399"),
        ({"breaks": "burnt"}, "breaks is 'cut' or 'stalled', not 'burnt'"),
        ({"delay": -1}, f"delay is {SPAN}, not -1"),
        ({"delay": float("nan")}, "delay is seconds or a timedelta, 0 or more, not nan"),
        (
            {"breaks": "cut", "after_bytes": -1},
            "after_bytes is a number of bytes, 0 or more, not -1",
        ),
        (
            {"status": 503, "content_type": "a\r\nb"},
            "content_type is printable ASCII text, not 'a\\r\\nb'",
        ),
        ({"delay": timedelta(-1)}, f"delay is {SPAN}, not datetime.timedelta(days=-1)"),
        (
            {"status": 503, "headers": {"a\n": "b"}},
            "headers: 'a\\n' is not the name of a header",
        ),
        ({"status": 503, "body": b""}, "body is text or None, not b''"),
        ({"delay": "long"}, "delay is seconds or a timedelta, 0 or more, not 'long'"),
        ({"status": "503"}, "status is 200 or from 400 to 599, not '503'"),
    ],
)
def test_a_failure_that_cannot_mean_anything_is_refused(
    values: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError) as error:
        RequestFailure(**values)
    assert str(error.value) == message


@pytest.mark.rule("payment-required", "ordered-failures", "too-many-requests")
@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (401, "INSUFFICIENT_PERMISSIONS", "User does not have sufficient permissions."),
        (
            402,
            "ASR_PAYMENT_REQUIRED",
            "Project does not have enough credits for an ASR request and does not have an overage"
            " agreement.",
        ),
        (403, "INSUFFICIENT_PERMISSIONS", "Project does not have access to the requested model."),
        (404, "PROJECT_NOT_FOUND", "Project not found."),
        (413, "PAYLOAD_TOO_LARGE", "Payload size exceeds limit of 2 MB."),
        (422, "UNPROCESSABLE_ENTITY", "Failed to handle request."),
        (429, "Too Many Requests", "Please try again later."),
        (500, "Internal Server Error", "Internal Server Error."),
        (503, "Service Unavailable", "Please try again later"),
        (504, "Gateway Timeout", "Gateway Timeout."),
        (599, "RequestFailure", "RequestFailure."),
    ],
)
def test_a_status_brings_the_words_of_the_service(status: int, code: str, message: str) -> None:
    assert RequestFailure(status).rejection() == Rejection(
        status, code, message, "This failure was ordered."
    )


@pytest.mark.rule("too-many-requests-text")
def test_a_429_has_the_form_that_is_set() -> None:
    rejection = RequestFailure(429).rejection("general")
    assert rejection is not None
    assert (rejection.code, rejection.message) == (
        "TOO_MANY_REQUESTS",
        "Too many requests. Please try again later",
    )


def test_code_and_message_can_be_given() -> None:
    rejection = RequestFailure(402, code="NO_CREDITS", message="No credits.").rejection()
    assert rejection is not None
    assert (rejection.code, rejection.message) == ("NO_CREDITS", "No credits.")


def test_what_is_only_late_or_broken_off_refuses_nothing() -> None:
    assert RequestFailure(delay=1, breaks="cut").rejection() is None


def test_a_failure_may_be_nothing_but_late() -> None:
    assert RequestFailure(delay=1).is_only_late
    assert not RequestFailure(503, delay=1).is_only_late
    assert not RequestFailure(breaks="cut", delay=1).is_only_late


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (RequestFailure(503), "503"),
        (RequestFailure(delay=2.5), "2.5 s late"),
        (RequestFailure(429, delay=1), "429, 1 s late"),
        (RequestFailure(delay=timedelta(milliseconds=1500)), "1.5 s late"),
        (RequestFailure(breaks="stalled"), "stalled"),
    ],
)
def test_a_failure_reads_as_what_it_does(failure: RequestFailure, words: str) -> None:
    assert str(failure) == words


def test_a_particular_that_no_failure_has_is_refused_by_its_name() -> None:
    with pytest.raises(SettingsError, match="a failure has no 'wait', but status, code, message"):
        read_failure({"wait": 5})
    with pytest.raises(SettingsError, match="a failure has no 'after'; did you mean 'after_bytes'"):
        read_failure({"after": 5})


def test_headers_are_kept_as_they_are_sent_so_that_failures_can_be_compared() -> None:
    failure = RequestFailure(429, headers={"Retry-After": timedelta(minutes=1)})
    assert failure == RequestFailure(429, headers={"retry-after": "60"})
    assert hash(failure) == hash(RequestFailure(429, headers={"retry-after": 60}))
    assert failure.headers_as_sent["retry-after"] == "60"


def test_headers_alone_are_no_failure() -> None:
    with pytest.raises(SettingsError, match="a failure needs a status"):
        RequestFailure(headers={"retry-after": 5})


def test_a_secret_header_is_in_no_repr() -> None:
    assert "s3cret" not in repr(RequestFailure(503, headers={"set-cookie": "s3cret"}))


@pytest.mark.parametrize(("given", "meant"), [("cutt", "cut"), ("staled", "stalled")])
def test_the_nearest_word_is_named(given: Any, meant: str) -> None:
    with pytest.raises(SettingsError, match=f"not '{given}'; did you mean '{meant}'"):
        read_failure(given)
