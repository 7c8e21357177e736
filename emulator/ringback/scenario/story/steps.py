"""One step of a story: a mapping with a single verb."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import (
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic import Tag as Form
from pydantic_core import core_schema

from ringback.scenario.part import Part, form
from ringback.scenario.story.arranging import Connection, FailuresEntry, ScriptedReceiver
from ringback.scenario.story.asking import Ask
from ringback.scenario.story.jobs import CancelEntry, FailJobEntry, RedeliverEntry
from ringback.scenario.story.moving import BARE, AdvanceEntry, Nothing, Wait, spread
from ringback.scenario.story.seeing import Sight
from ringback.scenario.story.streaming import ExpectFramesEntry, OfStreamEntry, Open, SendEntry
from ringback.scenario.values import wrong

AT_ONCE = 1000
"""How many requests one step may send."""

Asks: TypeAlias = Annotated[
    Annotated[Ask, Form("long form")]
    | Annotated[
        tuple[Ask, ...], Field(strict=False, min_length=1, max_length=AT_ONCE), Form("list")
    ],
    Discriminator(form, custom_error_type="submit_form", custom_error_message="no request"),
]


def _described(schema: dict[str, Any]) -> None:
    """Say in JSON Schema that there is one verb, and behind which of them there may be nothing."""
    schema |= {"minProperties": 1, "maxProperties": 1}
    for verb in BARE:
        said = schema["properties"][verb]
        about = said.pop("description", "")
        schema["properties"][verb] = {"description": about, "anyOf": [said, {"type": "null"}]}


class Step(Part):
    """One thing that is done or expected."""

    model_config = ConfigDict(json_schema_extra=_described)

    submit: Asks | None = None
    """A request is sent; a list of several at once."""
    receiver: ScriptedReceiver | None = None
    """A scripted receiver stands at an origin from now on."""
    connect: Connection | None = None
    """Callbacks to an origin lead to an application from now on."""
    fail_requests: FailuresEntry | None = None
    """The next requests fail, in this order."""
    fail_job: FailJobEntry | None = None
    """A job fails, though it was acknowledged; before its first attempt."""
    settle: Nothing | None = None
    """What is due now is done; the clock stands still."""
    advance: AdvanceEntry | None = None
    """The clock is moved by a span (`advance: 30s`), or to a moment (`advance: {to: +65s}`)."""
    advance_to_next: Nothing | None = None
    """The clock is moved to the next moment at which something is due, and all of it is done."""
    step: Nothing | None = None
    """The clock is moved until one attempt has ended."""
    run_until_idle: Nothing | None = None
    """The clock is moved until nothing is due any more."""
    redeliver: RedeliverEntry | None = None
    """What a delivery brings is sent again, as a new delivery."""
    cancel: CancelEntry | None = None
    """A delivery is given up."""
    wait: Wait | None = None
    """The story waits in real time for what an application does in its own."""
    open: Open | None = None
    """A stream is opened."""
    send: SendEntry | None = None
    """Messages are sent on a stream."""
    ping: OfStreamEntry | None = None
    """The client shows on a stream that it is still there, by a ping."""
    expect_frames: ExpectFramesEntry | None = None
    """What has been heard on a stream since this was last expected."""
    close: OfStreamEntry | None = None
    """The client leaves a stream."""
    expect: Sight | None = None
    """What must be so now."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, value: Any) -> Any:
        return spread(value)

    @model_validator(mode="after")
    def _has_one_verb(self) -> "Step":
        verbs = [name for name in type(self).model_fields if name in self.model_fields_set]
        if not verbs:
            raise wrong("a step without a verb does nothing; write one, such as `- advance: 30s`")
        if len(verbs) > 1:
            raise wrong(
                f"a step has one verb; begin {verbs[1]!r} with `- ` in a line of its own", verbs[1]
            )
        return self

    @property
    def verb(self) -> str:
        """What is done."""
        (name,) = self.model_fields_set
        return name

    @property
    def said(self) -> Any:
        """What the step says beside its verb."""
        return getattr(self, self.verb)

    @property
    def asks(self) -> tuple[Ask, ...]:
        """The requests that it sends."""
        submit = self.submit
        return () if submit is None else submit if isinstance(submit, tuple) else (submit,)


def verb_of(step: Any) -> tuple[str, Any] | None:
    """The verb of a *step* as it is written, and what is said to it; None where it has none."""
    written = spread(step)
    if isinstance(written, Mapping) and len(written) == 1:
        ((verb, said),) = written.items()
        return str(verb), said
    return None


class _OrBare:
    """Annotates a step: verbs that need no more words may stand alone."""

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"enum": list(BARE)}, handler(schema)]}


StepEntry: TypeAlias = Annotated[Step, _OrBare()]
