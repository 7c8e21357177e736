"""Makes the reference of the control API, from its document."""

from collections.abc import Iterable
from typing import Any

from ringback.control.openapi import document
from ringback.control.table import OPERATIONS


def control() -> str:
    """Every operation of the control API: what it takes, and what it answers."""
    described = document(OPERATIONS)
    schemas = described["components"]["schemas"]
    lines: list[str] = []
    for path, item in described["paths"].items():
        for method, operation in item.items():
            lines += [f"## `{method.upper()} {path}`", "", f"{operation['summary']}.", ""]
            lines += _parameters(operation.get("parameters", ()))
            if "requestBody" in operation:
                lines += [f"Takes {_named(operation['requestBody'])}.", ""]
            lines += [f"Answers {_named(operation['responses']['200'])}.", ""]
    names = [name for name in schemas if name not in _ENVELOPES]
    lines += ["## What answers are made of", ""]
    for name in names:
        lines += [f"### `{name}`", "", schemas[name].get("description", ""), ""]
        lines += _table(schemas[name])
    return "\n".join(lines)


_ENVELOPES = ("Nothing",)
"""Models of which there is nothing to say."""


def _parameters(parameters: Iterable[dict[str, Any]]) -> list[str]:
    asked = [each for each in parameters if each["in"] == "query"]
    if not asked:
        return []
    rows = [(each["name"], each["schema"], each["description"]) for each in asked]
    return ["May ask for:", "", *_rows(rows)]


def _named(said: dict[str, Any]) -> str:
    """What a body is made of."""
    ((kind, content),) = said["content"].items()
    name = _model_of(content["schema"])
    return "nothing" if name in _ENVELOPES else f"`{name or kind}`"


def _model_of(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _table(schema: dict[str, Any]) -> list[str]:
    rows = [
        (name, each, each.get("description", ""))
        for name, each in schema.get("properties", {}).items()
    ]
    return _rows(rows)


def _rows(rows: Iterable[tuple[str, dict[str, Any], str]]) -> list[str]:
    lines = ["| key | type | |", "|---|---|---|"]
    for name, schema, text in rows:
        default = f" Default: `{schema['default']}`." if schema.get("default") else ""
        said = f"{text}{default}".replace("|", "\\|")
        lines.append(f"| `{name}` | {_kind_of(schema)} | {said} |")
    return [*lines, ""]


def _kind_of(schema: dict[str, Any]) -> str:
    """The type of a value, in words."""
    if "$ref" in schema:
        return f"`{_model_of(schema)}`"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_kind_of, schema["anyOf"])))
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind_of(schema.get('items', {}))}"
    if schema.get("format") == "date-time":
        return "moment"
    kind = str(schema.get("type", "anything"))
    return "number" if kind == "integer" else kind
