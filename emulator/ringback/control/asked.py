"""What every body and query of a request to the control API is made of."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from ringback.control.models import Model

Span: TypeAlias = Annotated[int | float, Field(allow_inf_nan=False)]
"""Seconds that somebody asks for: a number, and one that there is."""


LARGE = 2**53
"""Beyond it, languages that have only floating-point numbers cannot count."""


class Asked(BaseModel):
    """What a request may say in its query: text, which is read as what it stands for."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True, hide_input_in_errors=True)


class Nothing(Model):
    """An empty object; a request without a body will do."""


class Reset(Model):
    """How to begin again."""

    forget: bool = Field(
        default=False,
        description="Whether what `verify` has to tell so far is forgotten, too: for another test.",
    )


class Mode(Model):
    """A mode of the clock."""

    mode: str = Field(description="`paused`, `auto`, `real`, or `xN` such as `x100`.")


class Advance(Model):
    """Where to move the clock: one of the two."""

    seconds: Span | None = Field(None, description="By so many seconds.")
    to: datetime | None = Field(None, description="To a moment of the wall clock (ISO 8601).")


class DeliveriesAsked(Asked):
    """Which deliveries."""

    state: (
        Literal[
            "scheduled", "in flight", "delivered", "exhausted", "cancelled", "pending", "settled"
        ]
        | None
    ) = Field(None, description="`pending` and `settled` are several states.")
    origin: str | None = Field(None, description="Those that go to `https://app.example`.")
    request_id: str | None = None
    brief: bool = Field(False, description="Leave out what the attempts sent and heard.")
    limit: int = Field(100, ge=1, le=1000)
    after: int = Field(-1, ge=-1, le=LARGE, description="Only those behind this position.")


class DeliveryAsked(Asked):
    """Which of several deliveries of one request."""

    position: int | None = Field(None, ge=0, le=LARGE, description="Without it, the newest.")


class Reply(Model):
    """What a scripted receiver answers."""

    status: int = 200
    headers: dict[str, str] = Field(default_factory=dict)
    body: str = ""
    after: Span = Field(0, description="Seconds on the emulator's clock.")


ReplyLike: TypeAlias = int | str | Reply
FaultLike: TypeAlias = int | str | dict[str, Any] | None


class Faults(Model):
    """What happens to attempts on their way."""

    faults: list[FaultLike] = Field(
        description="Entry i shapes attempt i + 1: a word of the table of faults, a status, an"
        " object with a `fault` and its numbers, or null for no fault."
    )


class NextFault(Model):
    """What befalls the next attempt of one delivery."""

    fault: int | str | dict[str, Any] = Field(
        description="A word of the table of faults, a status, or an object with a `fault` and its"
        " numbers."
    )


class Connect(Model):
    """Where callbacks to an origin lead."""

    origin: str = Field(description="`https://app.example`, or with a path: all below it")
    to: str = Field(description="A base URL: `http://127.0.0.1:5000`.")
    faults: list[FaultLike] = Field(
        default_factory=list,
        description="Entry i shapes attempt i + 1 of each delivery to that origin.",
    )


class Receive(Model):
    """A scripted receiver to be put at an origin."""

    origin: str = Field(description="`https://app.example`, or with a path: all below it")
    replies: list[ReplyLike] = Field(
        [200],
        description="A status, `timeout`, `refused`, `reset` or an object each; the last one"
        " repeats.",
    )
    faults: list[FaultLike] = Field(default_factory=list)


class Replies(Model):
    """What takes the place of what is left of a receiver's script."""

    replies: list[ReplyLike]


class Failures(Model):
    """Failures of the endpoint, one for each of the next requests."""

    failures: list[int | str | dict[str, Any] | None] = Field(
        description="A status, `cut`, `stalled`, an object with the particulars of a"
        " `RequestFailure`, or null, which lets one through."
    )


class Cancel(Model):
    """Why a delivery is given up."""

    reason: str = "cancelled over the control API"


class FailJob(Model):
    """What a job fails with, though it was acknowledged."""

    status: int = Field(422, ge=400, le=599)
    err_code: str = "UNPROCESSABLE_ENTITY"
    err_msg: str = "Failed to handle request."


class Verify(Model):
    """What may be left behind."""

    allow: list[str] = Field(default_factory=list, description="Kinds that are no fault.")


class RequestsAsked(Asked):
    """Which requests."""

    limit: int = Field(100, ge=1, le=1000)
    after: int = Field(-1, ge=-1, le=LARGE, description="Only those behind this place.")


class Since(Asked):
    """From where on."""

    since: int = Field(0, ge=0, le=LARGE, description="From this place of the journal on.")


class JournalAsked(Since):
    """Which facts."""

    limit: int = Field(100, ge=1, le=1000)


class ExportAsked(Asked):
    """In which form."""

    format: str = Field(description="`scenario`, `jsonl`, `har`, or `html`: the page as one file.")


class Wait(Model):
    """What to wait for."""

    for_: Literal["idle", "request", "delivery", "attempts", "fact"] = Field(
        alias="for",
        description="`idle`: no delivery is pending, and nothing is in flight. `request`: so many"
        " have arrived. `delivery`: that of a request is settled, or so many are. `attempts`: so"
        " many have ended, of a request or of all. `fact`: the journal has so many from `since`"
        " on.",
    )
    count: int = Field(1, ge=1, le=LARGE)
    request_id: str | None = None
    since: int = Field(0, ge=0, le=LARGE)
    timeout: Span = Field(5, gt=0, le=600, description="Real seconds.")
