"""What every mapping of a scenario file has in common."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ringback.scenario.values import wrong

MAX_ENTRIES = 1000
"""The longest list in a scenario."""

ONLY_THESE = Field(json_schema_extra={"additionalProperties": False})
"""Says of a mapping in the schema that its keys must match the patterns there."""


def form(value: Any) -> str | None:
    """The member of a union that *value* is meant to be, by its type alone."""
    forms = {int: "status", str: "word", dict: "long form", list: "list", type(None): "none"}
    return forms.get(type(value))


def check_named_once(headers: Mapping[str, Any]) -> None:
    """Refuse a second spelling of one header's name."""
    seen: dict[str, str] = {}
    for name in headers:
        if name.lower() in seen:
            raise wrong(f"{name!r} is the same header as {seen[name.lower()]!r}", name)
        seen[name.lower()] = name


class Part(BaseModel):
    """One mapping of the file: exact types, known keys only, nothing left empty."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _not_empty(cls, value: Any) -> Any:
        if value is None:
            raise wrong("there is nothing here; write a value, or take the key out")
        return value
