"""The paths besides speech, for the OpenAPI document: voices, projects, keys and tokens."""

from typing import Any

from ringback.core.answer import models as listing
from ringback.core.base.ids import IdSource
from ringback.core.openapi.answers import UNAUTHORISED, JsonSchema, answer, record, refusal
from ringback.core.request.grants import DEFAULT_TTL, MAX_TTL
from ringback.core.request.voices import DEFAULT_VOICE

_OUTDATED = {
    "name": "include_outdated",
    "in": "query",
    "description": "Whether voices that were withdrawn are listed too.",
    "schema": {"type": "boolean", "default": False},
}
_GRANTED = record(
    access_token={"type": "string"},
    expires_in={"type": "integer", "minimum": 1, "maximum": MAX_TTL},
)
_ASKED = {
    "type": "object",
    "properties": {
        "ttl_seconds": {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_TTL,
            "default": DEFAULT_TTL,
        }
    },
}


def account_paths() -> dict[str, Any]:
    """The paths, with their one operation each."""
    voice = shape(listing.model(DEFAULT_VOICE))
    voices = shape(listing.models([DEFAULT_VOICE]))
    # The languages are keys, and another list of voices has others.
    voices["properties"]["languages"] = {
        "type": "object",
        "additionalProperties": {"type": "string"},
    }
    projects = shape(listing.projects(""))
    project = projects["properties"]["projects"]["items"]
    key = shape(listing.key("", ""))
    at = "/v1/projects/{project_id}"
    return {
        "/v1/models": {"get": _public("List the voices of Aura.", voices, _OUTDATED)},
        "/v1/models/{uuid}": {"get": _public("Describe a voice.", voice, _VOICE)},
        "/v2/models": {"get": _public("List the voices of Flux.", voices)},
        "/v1/projects": {"get": _private("List the one project.", projects)},
        at: {"get": _private("Describe the project.", project, _PROJECT)},
        f"{at}/models": {"get": _private("List the voices of Aura.", voices, _PROJECT, _OUTDATED)},
        f"{at}/models/{{uuid}}": {"get": _private("Describe a voice.", voice, _PROJECT, _VOICE)},
        "/v1/auth/token": {"get": _private("Describe the key in use.", key)},
        "/v1/auth/grant": {"post": _grant()},
    }


def shape(value: Any) -> JsonSchema:
    """The schema of values like *value*: of its types, with all of its keys."""
    match value:
        case None:
            return {"type": ["string", "null"]}
        case str():
            return {"type": "string"}
        case list():
            return {"type": "array", "items": shape(value[0])} if value else {"type": "array"}
        case dict():
            return record(**{name: shape(each) for name, each in value.items()})
        case _:
            raise TypeError(f"no listing holds a {type(value).__name__}")


def _named(name: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "example": example,
    }


_VOICE = _named("uuid", DEFAULT_VOICE.model_uuid)
_PROJECT = _named("project_id", IdSource().identifier("project"))


def _public(summary: str, schema: JsonSchema, *parameters: JsonSchema) -> dict[str, Any]:
    """An operation for everyone. Where its path names something, that may not exist."""
    missing = any(each["in"] == "path" for each in parameters)
    return {
        "summary": summary,
        "parameters": [*parameters],
        "responses": {
            "200": answer(summary, schema),
            **({"404": refusal("There is no such thing.")} if missing else {}),
        },
    }


def _grant() -> dict[str, Any]:
    operation = _private("Give out a temporary token.", _GRANTED)
    operation["requestBody"] = {"content": {"application/json": {"schema": _ASKED}}}
    operation["responses"]["400"] = refusal("The body does not fit.")
    return operation


def _private(summary: str, schema: JsonSchema, *parameters: JsonSchema) -> dict[str, Any]:
    """An operation that needs a key."""
    operation = _public(summary, schema, *parameters)
    operation["responses"] |= {"401": UNAUTHORISED}
    return {**operation, "security": [{"key": []}]}
