"""The OpenAPI document is valid, and describes the paths that are served and no others."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.routing import Route

from ringback.core.openapi.document import document
from ringback.core.request.editions import V1, V2
from ringback.serving.routes import routes

DOCUMENT: dict[str, Any] = json.loads(json.dumps(document("1.2.3")))


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def references(value: object) -> Iterator[str]:
    """Every `$ref` in *value*."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def schemas(value: object) -> Iterator[dict[str, Any]]:
    """Every `schema` in *value*."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name == "schema":
                yield each
            yield from schemas(each)
    elif isinstance(value, list):
        for each in value:
            yield from schemas(each)


def test_the_document_says_which_version_it_describes() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert DOCUMENT["info"]["version"] == "1.2.3"


def test_every_schema_is_one() -> None:
    found = [*schemas(DOCUMENT["paths"]), *DOCUMENT["components"]["schemas"].values()]
    assert len(found) > 50
    for schema in found:
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere() -> None:
    for reference in set(references(DOCUMENT)):
        found: Any = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        assert found


def test_the_paths_are_those_that_are_served() -> None:
    nobody: Any = None
    paths = routes(nobody, {edition.path: nobody for edition in (V1, V2)})
    served = [route.path for route in paths if isinstance(route, Route)]
    assert served == [*DOCUMENT["paths"]]


def test_only_the_lists_of_voices_are_for_everyone() -> None:
    assert [path for path, _, operation in operations(DOCUMENT) if "security" not in operation] == [
        *["/v1/models", "/v1/models/{uuid}", "/v2/models"],
    ]
    known = {*DOCUMENT["components"]["securitySchemes"]}
    for path, _, operation in operations(DOCUMENT):
        schemes = {name for each in operation.get("security", []) for name in each}
        assert schemes <= known
        assert ("granted" in schemes) == path.endswith("/speak")


@pytest.mark.parametrize(("path", "method", "operation"), operations(DOCUMENT))
def test_every_refusal_has_the_shape_of_every_error(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    for status, answer in operation["responses"].items():
        is_error = answer["content"].get("application/json") == {
            "schema": {"$ref": "#/components/schemas/Error"}
        }
        assert is_error == (status != "200"), (path, method, status)
        assert ("dg-error" in answer["headers"]) == is_error
