"""What every mapping of a scenario file has in common."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ringback.scenario.values import MAX_HEAD, wrong

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


FRAMING = ("content-length", "transfer-encoding")
"""Headers that say where an answer ends, which is for whoever sends it to say."""


def check_sent(headers: Mapping[str, str | int]) -> None:
    """Refuse *headers* of an answer that cannot be sent together with it."""
    check_named_once(headers)
    if sum(len(f"{name}{value}") for name, value in headers.items()) > MAX_HEAD:
        raise wrong(f"these headers have more than {MAX_HEAD} characters, and fit into no answer")
    for name in headers:
        if name.lower() in FRAMING:
            raise wrong(f"{name!r} is given to every answer as it must be; take it out", name)


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
