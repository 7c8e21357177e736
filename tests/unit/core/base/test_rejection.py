"""A refusal travels as the service's JSON, without our advice."""

import json

import pytest

from ringback.core.base.rejection import (
    INVALID_CREDENTIALS,
    Rejection,
    bad_payload,
    invalid_query,
    undeserialisable,
)


@pytest.mark.parametrize(
    ("rejection", "status", "code", "message"),
    [
        (INVALID_CREDENTIALS, 401, "INVALID_AUTH", "Invalid credentials."),
        (
            invalid_query("Invalid callback url."),
            400,
            "INVALID_QUERY_PARAMETER",
            "Invalid callback url.",
        ),
        (
            undeserialisable("duplicate field `model`"),
            400,
            "INVALID_QUERY_PARAMETER",
            "Failed to deserialize query parameters: duplicate field `model`",
        ),
        (bad_payload("No."), 400, "PAYLOAD_ERROR", "No."),
    ],
)
def test_each_kind_of_refusal_has_its_status_and_code(
    rejection: Rejection, status: int, code: str, message: str
) -> None:
    assert (rejection.status, rejection.code, rejection.message) == (status, code, message)
    assert not rejection.hint


def test_the_answer_is_compact_json_in_the_order_of_the_service() -> None:
    body = Rejection(400, "Bad Request", "Invalid query string.").body("r-1")
    assert body == (
        b'{"err_code":"Bad Request","err_msg":"Invalid query string.","request_id":"r-1"}'
    )


def test_the_answer_carries_whatever_was_asked_as_utf_8() -> None:
    body = invalid_query("Invalid 'model' value of 'dä\"\n'.").body("r-1")
    assert "dä".encode() in body
    assert json.loads(body)["err_msg"] == "Invalid 'model' value of 'dä\"\n'."


@pytest.mark.parametrize("rejection", [invalid_query("No.", "Do."), bad_payload("No.", "Do.")])
def test_a_hint_is_kept_and_never_sent(rejection: Rejection) -> None:
    assert rejection.hint == "Do."
    assert rejection.payload("r-1") == {
        "err_code": rejection.code,
        "err_msg": "No.",
        "request_id": "r-1",
    }
    assert b"Do." not in rejection.body("r-1")
