"""What goes back to the caller, before it is sent."""

import json

import pytest

from ringback.core.answer.answer import VARY, Answer, as_json, failing, refusal
from ringback.core.answer.failure import RequestFailure
from ringback.core.base.rejection import Rejection

NO_MODEL = Rejection(400, "INVALID_QUERY_PARAMETER", "Invalid 'model' value of 'x'.", "Do this.")


def test_a_document_is_answered_as_json_under_its_request_id() -> None:
    answer = as_json({"projects": []}, "r-1")
    assert (answer.status, json.loads(answer.body)) == (200, {"projects": []})
    assert dict(answer.headers)["content-type"] == "application/json"
    assert dict(answer.headers)["dg-request-id"] == "r-1"


@pytest.mark.rule("error-shape")
def test_a_refusal_is_json_and_repeats_its_text_in_a_header() -> None:
    answer = refusal(NO_MODEL, "r-1")
    assert answer.status == 400
    assert json.loads(answer.body) == {
        "err_code": "INVALID_QUERY_PARAMETER",
        "err_msg": "Invalid 'model' value of 'x'.",
        "request_id": "r-1",
    }
    headers = dict(answer.headers)
    assert headers["dg-error"] == "Invalid 'model' value of 'x'."
    assert (headers["content-type"], headers["dg-request-id"]) == ("application/json", "r-1")
    assert answer.hint == "Do this."
    assert b"Do this." not in answer.body


def test_a_header_stays_one_line_of_ascii_whatever_was_asked_for() -> None:
    answer = refusal(Rejection(400, "x", "Invalid 'model' value of 'ü\r\nx: y'."), "r-1")
    assert dict(answer.headers)["dg-error"] == "Invalid 'model' value of '\\xfc\\r\\nx: y'."


def test_a_header_is_no_longer_than_clients_read() -> None:
    answer = refusal(Rejection(400, "x", "ü" * 1024), "r-1")
    assert dict(answer.headers)["dg-error"] == "\\xfc" * 1024
    answer = refusal(Rejection(400, "x", "ü" * 1025), "r-1")
    assert dict(answer.headers)["dg-error"] == "\\xfc" * 1024 + "..."
    assert "ü" * 1025 in answer.body.decode()


@pytest.mark.rule("cross-origin-headers")
def test_every_answer_says_what_it_varies_by_and_permits_no_page_anything() -> None:
    for answer in (as_json({}, "r-1"), refusal(NO_MODEL, "r-1")):
        assert VARY in answer.headers
        assert not [name for name, _ in answer.headers if name.startswith("access-control-")]


def test_an_answer_of_an_emulator_is_dated() -> None:
    date = "Thu, 01 Jan 2026 00:00:00 GMT"
    for answer in (as_json({}, "r-1", date), refusal(NO_MODEL, "r-1", date)):
        assert ("date", date) in answer.headers
    assert "date" not in dict(refusal(NO_MODEL, "r-1").headers)


@pytest.mark.rule("ordered-failures")
def test_a_proxy_answers_with_its_own_words_and_none_of_the_services_headers() -> None:
    failure = RequestFailure(502, body="<h1>Bad Gateway</h1>")
    answer = failing(refusal(NO_MODEL, "r-1"), failure)
    assert answer.body == b"<h1>Bad Gateway</h1>"
    assert answer.headers == [("content-type", "text/html")]
    assert answer.failure is failure


def test_a_failure_without_words_changes_none() -> None:
    answer = Answer(200, [("a", "b")], b"body", "r-1", streamed=True)
    failed = failing(answer, RequestFailure(breaks="cut"))
    assert (failed.body, failed.headers, failed.streamed) == (b"body", [("a", "b")], True)
