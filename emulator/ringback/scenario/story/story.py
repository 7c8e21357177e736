"""A scenario file of version 2: a story in steps."""

from typing import Annotated, Any

from pydantic import Field, field_validator

from ringback.scenario.changes import ChangedSettings
from ringback.scenario.part import MAX_ENTRIES, Part
from ringback.scenario.story.defaults import Defaults, Two
from ringback.scenario.story.steps import Step, StepEntry
from ringback.scenario.story.writing import Label, Reason, Tag
from ringback.scenario.values import Name, one_of, wrong

LEFTOVERS = ("pending", "replies", "failures", "faults")
"""What a story may leave behind only if it says so."""


class Story(Part):
    """A story in steps: what is arranged, sent, done and expected, in this order."""

    dollar_schema: Annotated[
        str | None,
        Field(alias="$schema", description="Where an editor finds the schema of this file."),
    ] = None
    version: Two
    """The version of this format: 2."""
    name: Name
    """The story in one line."""
    why: str = ""
    """The rule that the story shows."""
    tags: Annotated[tuple[Tag, ...], Field(strict=False, max_length=MAX_ENTRIES)] = ()
    """Words by which runs choose: marks of pytest."""
    skip: Reason = ""
    """Why the story is not played for now."""
    xfail: Reason = ""
    """Why the story is expected to fail: that it passes is an error then."""
    allow: Annotated[
        tuple[Annotated[str, one_of(LEFTOVERS, "something to leave behind")], ...],
        Field(strict=False, max_length=MAX_ENTRIES),
    ] = ()
    """What may be left at the end: `pending` deliveries, unused `replies`, `failures`, `faults`."""
    settings: ChangedSettings = ChangedSettings()
    """Settings of the emulator that the story needs."""
    defaults: Defaults = Defaults()
    """What steps say unless they say otherwise."""
    matrix: Annotated[
        dict[Label, Annotated[tuple[Any, ...], Field(strict=False, min_length=1)]],
        Field(min_length=1),
    ] = Field(default_factory=dict)
    """Values by name, for which `$matrix.NAME` stands: the file is a case of each combination."""
    steps: Annotated[
        tuple[StepEntry, ...], Field(strict=False, min_length=1, max_length=MAX_ENTRIES)
    ]
    """What happens, one step after the other."""

    @field_validator("steps")
    @classmethod
    def _proves_something(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        if not any(step.verb in ("expect", "expect_frames") for step in steps):
            raise wrong("a story without expectations proves nothing; add an `expect` at least")
        return steps

    @property
    def needs_an_application(self) -> bool:
        """Whether it is told for a receiver that is no script."""
        return any(step.connect is not None and step.connect.to is None for step in self.steps)
