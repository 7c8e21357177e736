"""What the answers in the OpenAPI document have in common: headers, and the shape of an error."""

from typing import Any

from ringback.core.answer.answer import PERMISSIONS, VARY
from ringback.core.answer.failure import RequestFailure

JsonSchema = dict[str, Any]

UUID: JsonSchema = {"type": "string", "format": "uuid"}
COUNT: JsonSchema = {"type": "integer", "minimum": 0}


def record(**properties: JsonSchema) -> JsonSchema:
    """An object that has exactly *properties*."""
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def header(about: str, schema: JsonSchema, *, always: bool = True) -> dict[str, Any]:
    """A header of every answer of its kind, or not *always*."""
    return {"description": about, "required": always, "schema": schema}


HEADERS = {
    "dg-request-id": header("The id of the request.", UUID),
    "dg-error": header(
        "`err_msg` again, other characters than ASCII escaped.",
        {"type": "string", "pattern": "^[ -~]*$"},
    ),
    "dg-model-name": header("The voice that speaks.", {"type": "string"}),
    "dg-model-uuid": header("Its id.", UUID),
    "dg-char-count": header("How many characters it was given.", COUNT),
    "dg-pronunciations-applied": header(
        "How many pronunciations it obeyed, where the text has controls.", COUNT, always=False
    ),
    "dg-breaks-applied": header(
        "How many pauses it made, where the text has controls.", COUNT, always=False
    ),
    "dg-warnings": header(
        "What is doubtful in pronunciations.",
        {"type": "string", "pattern": "^PRON-[0-9]{3}(,PRON-[0-9]{3})*$"},
        always=False,
    ),
    "dg-project-id": header("The project that the key belongs to.", UUID),
    VARY[0]: header("For caches.", {"type": "string", "const": VARY[1]}),
    **{
        name: header(
            "Lets pages that may talk to the server read its answers.",
            {"type": "string", "const": value},
            always=False,
        )
        for name, value in PERMISSIONS
    },
}

EVERYWHERE = ("dg-request-id", *(name for name, _ in (VARY, *PERMISSIONS)))
"""The headers of every answer."""

SCHEMAS = {
    "Error": record(err_code={"type": "string"}, err_msg={"type": "string"}, request_id=UUID),
    "Acknowledgement": record(request_id=UUID),
}


def schema_named(name: str) -> JsonSchema:
    """A reference to one of `SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


def headers_named(*names: str) -> dict[str, Any]:
    """References to some of `HEADERS`."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def answer(about: str, schema: JsonSchema) -> dict[str, Any]:
    """An answer in JSON."""
    return {
        "description": about,
        "headers": headers_named(*EVERYWHERE),
        "content": {"application/json": {"schema": schema}},
    }


def refusal(about: str) -> dict[str, Any]:
    """An error in the service's shape."""
    return {
        "description": about,
        "headers": headers_named(*EVERYWHERE, "dg-error"),
        "content": {"application/json": {"schema": schema_named("Error")}},
    }


def ordered(status: int) -> dict[str, Any]:
    """An error that comes about where a test orders it, in the words of the service."""
    rejection = RequestFailure(status).rejection()
    said = rejection.message if rejection is not None else ""
    return refusal(f"When a test orders it: {said}")


UNAUTHORISED = refusal("The key is missing or wrong, or the token has expired.")
