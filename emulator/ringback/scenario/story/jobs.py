"""Steps about a delivery that is there: it is given up, sent again, or its job fails."""

from typing import Annotated, TypeAlias

from pydantic import Field

from ringback.scenario.model import FailedJob
from ringback.scenario.part import Part
from ringback.scenario.story.writing import Label, Reason, Short


class Cancel(Part):
    """Which delivery is given up, and why."""

    of: Label | None = None
    """The name of its `submit` or `redeliver`; left out where there is only one."""
    reason: Reason = "the story gives it up"
    """Why, for whoever reads the timeline."""


class Redeliver(Part):
    """Which delivery is sent again, as a new one under the same request id."""

    of: Label | None = None
    """The name of its `submit` or `redeliver`; left out where there is only one."""
    label: Annotated[Label | None, Field(alias="as")] = None
    """The name by which later steps refer to the new delivery."""


class FailJob(FailedJob):
    """Which job fails, though it was acknowledged, and with what."""

    of: Label | None = None
    """The name of its `submit` or `redeliver`; left out where there is only one."""


CancelEntry: TypeAlias = Annotated[Cancel, Short("of")]
RedeliverEntry: TypeAlias = Annotated[Redeliver, Short("of")]
FailJobEntry: TypeAlias = Annotated[FailJob, Short("of")]
