"""The JSON Schema of scenario files: what `ringback schema` prints, and where key names come from.

It is made from the models, so it says what the loader does, apart from what a schema cannot say:
duplicate keys, order in time, and what one key means for another.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from ringback.scenario.model import Scenario
from ringback.scenario.source import DocumentPath
from ringback.scenario.values import VERSION

DIALECT = "https://json-schema.org/draft/2020-12/schema"

IDENTITY = f"urn:ringback:scenario:{VERSION}"
"""The schema's name: it is printed, and published nowhere."""


class _AsWritten(GenerateJsonSchema):
    """Describes files, not models: what may be left out need not be `null`, and has no title."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@cache
def json_schema() -> dict[str, Any]:
    """The schema, draft 2020-12. Do not change what you get: it is made once."""
    schema = Scenario.model_json_schema(schema_generator=_AsWritten)
    for definition in schema["$defs"].values():
        definition.pop("title", None)  # the name of a class: an editor would show it to people
    named = {"$schema": DIALECT, "$id": IDENTITY}
    return {**named, **schema, "title": f"Ringback scenario, version {VERSION}"}


def keys_at(path: DocumentPath) -> list[str]:
    """The keys that the mapping at *path* may have, apart from what is for editors."""
    schemas = [json_schema()]
    for part in path:
        schemas = [inner for schema in schemas for inner in _inside(schema, part)]
    found = [key for schema in schemas for key in schema.get("properties", ())]
    return [key for key in found if not key.startswith("$")]


def sections_with(key: str) -> list[str]:
    """The names of the sections that may have *key*."""
    properties = json_schema()["properties"]
    return [name for name in properties if key in keys_at((name,))]


def _inside(schema: dict[str, Any], part: str | int) -> Iterator[dict[str, Any]]:
    inner = (
        schema.get("items")
        if isinstance(part, int)
        else schema.get("properties", {}).get(part, schema.get("additionalProperties"))
    )
    if isinstance(inner, dict):
        yield from _alternatives(inner)


def _alternatives(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _alternatives(json_schema()["$defs"][name])
    for choice in ("anyOf", "oneOf"):
        for alternative in schema.get(choice, ()):
            yield from _alternatives(alternative)
    yield schema
