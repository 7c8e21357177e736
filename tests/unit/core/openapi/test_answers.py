"""What the answers in the OpenAPI document share is what the answers of the service share."""

import json

from jsonschema import Draft202012Validator

from ringback.core.answer.answer import PERMISSIONS
from ringback.core.answer.answer import refusal as refused
from ringback.core.base.rejection import bad_payload
from ringback.core.openapi.answers import (
    HEADERS,
    SCHEMAS,
    answer,
    headers_named,
    ordered,
    record,
    refusal,
    schema_named,
)
from tests.conftest import REQUEST_ID


def test_an_error_has_the_fields_and_headers_of_the_document() -> None:
    sent = refused(bad_payload("Grüße\n."), REQUEST_ID)
    Draft202012Validator(SCHEMAS["Error"]).validate(json.loads(sent.body))
    described = {each for each in refusal("Refused.")["headers"] if HEADERS[each]["required"]}
    assert {name for name, _ in sent.headers} == {"content-type", *described}
    for name, value in sent.headers:
        if name != "content-type":
            Draft202012Validator(HEADERS[name]["schema"]).validate(value)


def test_a_record_has_exactly_its_properties() -> None:
    validator = Draft202012Validator(record(text={"type": "string"}))
    assert validator.is_valid({"text": ""})
    assert not any(map(validator.is_valid, [{}, {"text": 1}, {"text": "", "model": ""}]))


def test_an_answer_says_when_it_comes_and_what_it_holds() -> None:
    described = answer("The key.", schema_named("Error"))
    assert described["description"] == "The key."
    assert described["content"] == {
        "application/json": {"schema": {"$ref": "#/components/schemas/Error"}}
    }
    assert "dg-error" not in described["headers"]


def test_what_a_test_orders_is_described_in_the_words_of_the_service() -> None:
    assert ordered(403)["description"] == (
        "When a test orders it: Project does not have access to the requested model."
    )


def test_headers_are_named_and_described_once() -> None:
    assert headers_named("dg-error") == {"dg-error": {"$ref": "#/components/headers/dg-error"}}


def test_a_header_that_does_not_always_come_is_not_required() -> None:
    assert not HEADERS["dg-pronunciations-applied"]["required"]
    assert not [name for name, _ in PERMISSIONS if HEADERS[name]["required"]]
    assert HEADERS["dg-request-id"]["required"]
