"""Steps that move the clock, or wait for what an application does in its own time."""

from typing import Annotated, Any, TypeAlias

from pydantic import Field, model_validator

from ringback.scenario.part import Part
from ringback.scenario.story.writing import Label, Short
from ringback.scenario.times import PositiveSeconds, Span, When
from ringback.scenario.values import one_of, wrong

AWAITED = ("request", "delivery", "attempts", "idle")
"""What can be waited for."""


class Advance(Part):
    """How far the clock is moved: by a span, or to a moment."""

    by: Span | None = None
    """By how much, its end included."""
    to: When | None = None
    """To which moment: since the start, or absolute."""

    @model_validator(mode="after")
    def _says_where(self) -> "Advance":
        if (self.by is None) == (self.to is None):
            raise wrong("write how far, as advance: 30s, or where to, as advance: {to: +65s}")
        return self


class Nothing(Part):
    """A verb that needs no more words."""


class Wait(Part):
    """What is waited for, in real time: the clock stands still meanwhile."""

    what: Annotated[Annotated[str, one_of(AWAITED, "something to wait for")], Field(alias="for")]
    """`request`, `delivery`, `attempts` or `idle`: nothing is pending any more."""
    count: Annotated[int, Field(ge=1)] = 1
    """How many there must be since the beginning; 1 if it is left out."""
    of: Label | None = None
    """Whose attempts are counted; left out for those of all deliveries."""
    within: PositiveSeconds = 5
    """For how long, in real seconds; 5 if it is left out."""


AdvanceEntry: TypeAlias = Annotated[Advance, Short("by")]
BARE = (
    *("settle", "run_until_idle", "advance_to_next", "step"),
    *("cancel", "redeliver", "fail_job", "ping", "close"),
)
"""Verbs that may stand alone: those that need no more words, or are about the only one there is."""


def spread(value: Any) -> Any:
    """A step that is a bare verb, as a mapping."""
    if isinstance(value, str) and value in BARE:
        return {value: {}}
    if isinstance(value, dict):
        return {
            name: {} if name in BARE and given is None else given for name, given in value.items()
        }
    return value
