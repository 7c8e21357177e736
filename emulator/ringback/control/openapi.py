"""The control API as an OpenAPI 3.1 document, made from its table and its models."""

import re
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ringback.control.asked import Nothing
from ringback.control.models import ProblemDocument
from ringback.control.operations import Operation
from ringback.control.problems import TITLES
from ringback.core.answer.problem import MEDIA_TYPE
from ringback.serving.mount import PREFIX

_PART = re.compile(r"\{(\w+)\}")
_REFERENCE = "#/components/schemas/{model}"
_ALWAYS = (401, 403)
"""What every operation may be answered: whose emulator, and who is let in."""

_PROBES = {"/live": "Whether the server is alive", "/ready": "Whether it is ready"}


def document(operations: tuple[Operation, ...]) -> dict[str, Any]:
    """The document of *operations*."""
    paths: dict[str, dict[str, Any]] = {
        PREFIX + path: {"get": _probe(path[1:], summary)} for path, summary in _PROBES.items()
    }
    for each in operations:
        paths.setdefault(PREFIX + each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Ringback's control API",
            "version": version("ringback"),
            "license": {"name": "MIT", "identifier": "MIT"},
            "description": "Looks at an emulator, arranges it and moves its clock. Spans and"
            " moments are seconds.",
        },
        "security": [{}, {"key": []}],
        "paths": paths,
        "components": {"schemas": schemas(operations), "securitySchemes": _SECURITY},
    }


_SECURITY = {
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Token KEY`: the emulator that is meant. Not needed where there is one.",
    },
    "control_token": {
        "type": "apiKey",
        "in": "header",
        "name": "Ringback-Control-Token",
        "description": "What `serve --control-token` was given, if it was.",
    },
}


def schemas(operations: tuple[Operation, ...]) -> dict[str, Any]:
    """Every model of *operations*, by name."""
    asked = {each.body: "validation" for each in operations if each.body is not None}
    told = {each.answer: "serialization" for each in operations if isinstance(each.answer, type)}
    pairs: Any = [*asked.items(), *told.items(), (ProblemDocument, "serialization")]
    _, definitions = models_json_schema(pairs, ref_template=_REFERENCE)
    found: dict[str, Any] = definitions["$defs"]
    return found


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.handle.__module__.rpartition(".")[2]
        + "_"
        + operation.handle.__name__,
        "summary": operation.summary,
        "tags": [operation.path.split("/")[1]],
    }
    parameters = [*_in_path(operation), *_in_query(operation.query)]
    if parameters:
        described["parameters"] = parameters
    if operation.body is not None:
        described["requestBody"] = {
            "required": not _may_be_empty(operation.body),
            "content": {"application/json": {"schema": _reference(operation.body)}},
        }
    described["responses"] = {
        "200": {"description": "Done.", "content": _answered(operation)},
        **{str(status): _problem(status) for status in sorted(_statuses(operation))},
    }
    return described


def _statuses(operation: Operation) -> set[int]:
    """What besides 200 may be answered."""
    found = {*_ALWAYS, *operation.errors, 422}
    if operation.body is not None:
        found |= {413, 415}
    return found


def _answered(operation: Operation) -> dict[str, Any]:
    if isinstance(operation.answer, str):
        return {operation.answer: {"schema": {"type": "string"}}}
    return {"application/json": {"schema": _reference(operation.answer)}}


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": TITLES[status],
        "content": {MEDIA_TYPE: {"schema": _reference(ProblemDocument)}},
    }


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
        }
        for name in _PART.findall(operation.path)
    ]


def _in_query(kind: type[BaseModel] | None) -> list[dict[str, Any]]:
    if kind is None:
        return []
    schema = kind.model_json_schema(ref_template=_REFERENCE)
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": described.get("description", ""),
            "schema": _without_null({k: v for k, v in described.items() if k != "description"}),
        }
        for name, described in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """*schema* of a parameter, which is left out where a key of an object would be null."""
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        rest = {k: v for k, v in schema.items() if k not in ("anyOf", "default")}
        return rest | dict(choices[0])
    return schema


def _may_be_empty(kind: type[BaseModel]) -> bool:
    return kind is Nothing or not any(each.is_required() for each in kind.model_fields.values())


def _reference(kind: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=kind.__name__)}


def _probe(word: str, summary: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {"status": {"const": word}},
        "required": ["status"],
        "additionalProperties": False,
    }
    return {
        "operationId": f"probe_{word}",
        "summary": summary,
        "tags": ["probes"],
        "security": [],
        "responses": {
            "200": {"description": "It is.", "content": {"application/json": {"schema": schema}}},
            "403": _problem(403),
        },
    }
