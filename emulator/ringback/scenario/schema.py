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
from ringback.scenario.part import Part
from ringback.scenario.source import DocumentPath
from ringback.scenario.story.defaults import FolderDefaults
from ringback.scenario.story.matrix import VARIED
from ringback.scenario.story.story import Story
from ringback.scenario.story.writing import spelt_out
from ringback.scenario.values import NEWEST, VERSION

DIALECT = "https://json-schema.org/draft/2020-12/schema"

IDENTITY = "urn:ringback:scenario"
"""The schema's name: it is printed, and published nowhere."""

DEFAULTS = 0
"""Stands for the defaults of a folder, which are no scenario, among the versions."""

MODELS: dict[int, type[Scenario | Story]] = {VERSION: Scenario, NEWEST: Story}
"""What a file of each version may say."""

_DESCRIBED: dict[int, type[Part]] = {**MODELS, DEFAULTS: FolderDefaults}


def version_of(value: Any) -> int:
    """The version by which *value* is read: that which it names, if there is such a one."""
    version = value.get("version") if isinstance(value, dict) else None
    return version if type(version) is int and version in MODELS else VERSION


class _AsWritten(GenerateJsonSchema):
    """Describes files, not models: what may be left out need not be `null`, and has no title."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@cache
def json_schema(version: int = VERSION) -> dict[str, Any]:
    """The schema of one *version*, draft 2020-12. Do not change what you get: it is made once."""
    schema = _DESCRIBED[version].model_json_schema(schema_generator=_AsWritten)
    schema = spelt_out(schema, schema["$defs"])
    for definition in schema["$defs"].values():
        definition.pop("title", None)  # the name of a class: an editor would show it to people
    if version == NEWEST:
        schema = _varied(schema)
    what = f"scenario, version {version}" if version else "defaults"
    named = {"$schema": DIALECT, "$id": f"{IDENTITY}:{version or 'defaults'}"}
    return {**named, **schema, "title": f"Ringback {what}"}


def _varied(schema: dict[str, Any]) -> dict[str, Any]:
    """*schema*, where a value of the matrix may stand for any value of a step or a setting."""
    definitions = {
        name: _in_parts(each) if name != "Defaults" else each
        for name, each in schema["$defs"].items()
    }
    properties = {
        name: _or_varied(each) if name in ("steps", "settings", "tags") else each
        for name, each in schema["properties"].items()
    }
    definitions["Varied"] = {"type": "string", "pattern": VARIED}
    return {**schema, "properties": properties, "$defs": definitions}


def _in_parts(schema: dict[str, Any]) -> dict[str, Any]:
    """*schema*, where each part of a value may be one of the matrix."""
    copy = dict(schema)
    for key in ("anyOf", "oneOf"):
        if key in copy:
            copy[key] = [_in_parts(each) for each in copy[key]]
    if "properties" in copy:
        copy["properties"] = {name: _or_varied(each) for name, each in copy["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(copy.get(key), dict):
            copy[key] = _or_varied(copy[key])
    return copy


def _or_varied(schema: dict[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in schema.items() if key == "description"}
    rest = {key: value for key, value in schema.items() if key != "description"}
    return {**said, "anyOf": [_in_parts(rest), {"$ref": "#/$defs/Varied"}]}


def whole_schema() -> dict[str, Any]:
    """The schema of files of all versions: each is read by what its `version` says."""
    definitions: dict[str, Any] = {}
    for version in MODELS:
        one = _renamed(json_schema(version), version)
        definitions |= one.pop("$defs")
        definitions[f"version {version}"] = {
            key: value for key, value in one.items() if not key.startswith("$")
        }
    return {
        "$schema": DIALECT,
        "$id": IDENTITY,
        "title": "Ringback scenario",
        "type": "object",
        "required": ["version"],
        "properties": {"version": {"enum": list(MODELS)}},
        "if": {"properties": {"version": {"const": NEWEST}}, "required": ["version"]},
        "then": {"$ref": f"#/$defs/version {NEWEST}".replace(" ", "%20")},
        "else": {"$ref": f"#/$defs/version {VERSION}".replace(" ", "%20")},
        "$defs": definitions,
    }


def _renamed(schema: Any, version: int) -> Any:
    """A copy of *schema* whose definitions have names that no other version has."""
    if isinstance(schema, list):
        return [_renamed(each, version) for each in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: _renamed(value, version) for key, value in schema.items()}
    if isinstance(copy.get("$ref"), str):
        copy["$ref"] = f"{copy['$ref']}-{version}"
    if "$defs" in copy:
        copy["$defs"] = {f"{name}-{version}": each for name, each in copy["$defs"].items()}
    return copy


def keys_at(path: DocumentPath, version: int = VERSION) -> list[str]:
    """The keys that the mapping at *path* may have, apart from what is for editors."""
    schemas = [json_schema(version)]
    for part in path:
        schemas = [inner for schema in schemas for inner in _inside(schema, part, version)]
    found = [key for schema in schemas for key in schema.get("properties", ())]
    return [key for key in dict.fromkeys(found) if not key.startswith("$")]


def described(path: DocumentPath, version: int = VERSION) -> str:
    """What is said about the key at *path*, for editors and for the reference."""
    schemas = [json_schema(version)]
    for part in path[:-1]:
        schemas = [inner for schema in schemas for inner in _inside(schema, part, version)]
    found = [schema["properties"].get(path[-1]) for schema in schemas if "properties" in schema]
    said = [_about(each, version) for each in found if each is not None]
    return next(filter(None, said), "")


def _about(schema: dict[str, Any], version: int) -> str:
    """The description of a key, or that of what it refers to."""
    return next(
        (str(each["description"]) for each in _outermost(schema, version) if "description" in each),
        "",
    )


def _outermost(schema: dict[str, Any], version: int) -> Iterator[dict[str, Any]]:
    yield schema
    yield from _alternatives(schema, version)


def sections_with(key: str, version: int = VERSION) -> list[str]:
    """The names of the sections that may have *key*; of version 2, the verbs of steps."""
    around: DocumentPath = ("steps", 0) if version == NEWEST else ()
    names = [*keys_at(around, version), *(["settings"] if around else [])]
    inside = {name: ((name,) if name == "settings" else (*around, name)) for name in names}
    return [name for name, path in inside.items() if key in keys_at(path, version)]


def _inside(schema: dict[str, Any], part: str | int, version: int) -> Iterator[dict[str, Any]]:
    inner = (
        schema.get("items")
        if isinstance(part, int)
        else schema.get("properties", {}).get(part, schema.get("additionalProperties"))
    )
    if isinstance(inner, dict):
        yield from _alternatives(inner, version)


def _alternatives(schema: dict[str, Any], version: int) -> Iterator[dict[str, Any]]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _alternatives(json_schema(version)["$defs"][name], version)
    for choice in ("anyOf", "oneOf", "allOf"):  # before 2.10, pydantic wraps a `$ref` in an `allOf`
        for alternative in schema.get(choice, ()):
            yield from _alternatives(alternative, version)
    yield schema
