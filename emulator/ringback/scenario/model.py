"""What a scenario file may say, as pydantic models: the loader and the JSON Schema in one."""

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from ringback.core.base.duration import seconds
from ringback.core.delivery.fault import FaultLike
from ringback.core.delivery.reply import Reply, ReplyLike
from ringback.core.delivery.retry import RetryPolicy
from ringback.core.request.editions import V1
from ringback.core.request.endpoint import Endpoint, split
from ringback.core.request.query import write_query
from ringback.scenario.changes import ChangedSettings
from ringback.scenario.expectation import Expect
from ringback.scenario.faulting import LongFault, form_of_fault
from ringback.scenario.part import MAX_ENTRIES, ONLY_THESE, Part, check_sent, form
from ringback.scenario.times import Span
from ringback.scenario.values import (
    FailureStatus,
    FaultWord,
    HeaderName,
    HeaderValue,
    Name,
    ReplyWord,
    Status,
    Version,
    plain_line,
    wrong,
)

BODILESS = (204, 304)
"""Statuses of answers that have no body."""


class LongReply(Part):
    """An answer with more to say than its status."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["status"], "properties": {"status": {"enum": list(BODILESS)}}},
            "then": {"properties": {"body": {"maxLength": 0}}},
        }
    )

    status: Status = 200
    """200 if it is left out."""
    headers: Annotated[dict[HeaderName, HeaderValue], ONLY_THESE] = Field(default_factory=dict)
    """Its headers, by their names."""
    body: str = ""
    """Its body; empty if it is left out."""
    after: Span = 0
    """How long the answer takes, on the emulator's clock."""

    @field_validator("headers")
    @classmethod
    def _fit(cls, headers: dict[str, str]) -> dict[str, str]:
        check_sent(headers)
        return headers

    @model_validator(mode="after")
    def _has_a_body(self) -> "LongReply":
        if self.body and self.status in BODILESS:
            raise wrong(f"an answer with {self.status} has no body; take it out", "body")
        return self

    def to_reply(self) -> Reply:
        """The same as the emulator takes it."""
        return Reply(self.status, self.headers, self.body, seconds(self.after))


ReplyEntry: TypeAlias = Annotated[
    Annotated[Status, Tag("status")]
    | Annotated[ReplyWord, Tag("word")]
    | Annotated[LongReply, Tag("long form")],
    Discriminator(form, custom_error_type="reply_form", custom_error_message="not an answer"),
]
FaultEntry: TypeAlias = Annotated[
    Annotated[Status, Tag("status")]
    | Annotated[FaultWord, Tag("word")]
    | Annotated[LongFault, Tag("long fault")]
    | Annotated[LongReply, Tag("long form")]
    | Annotated[None, Tag("none")],
    Discriminator(
        form_of_fault, custom_error_type="fault_form", custom_error_message="not a fault"
    ),
]
TagEntry: TypeAlias = Annotated[
    Annotated[str, Tag("word")]
    | Annotated[tuple[str, ...], Field(strict=False, max_length=MAX_ENTRIES), Tag("list")],
    Discriminator(form, custom_error_type="tag_form", custom_error_message="not a tag"),
]


MAX_QUERY = 32_000
"""Characters of the query of a request, escapes included. Servers give up at 64 KiB."""

PARAMETERS = frozenset(V1.parameters)
"""The names of what a query may say."""


class Parameters(Part):
    """What a request may ask beside its text."""

    callback_method: str | None = None
    """`post` (the default) or `put`."""
    content_type: Annotated[str, plain_line("a content type")] | None = None
    """`application/json` (the default) or `text/plain`: how the text travels."""
    model: str | None = None
    """The voice, such as `aura-2-thalia-en`."""
    encoding: str | None = None
    """How the audio is encoded, such as `mp3` (the default) or `linear16`."""
    container: str | None = None
    """What the audio is wrapped in: `wav`, `ogg` or `none`, as the encoding allows."""
    sample_rate: int | None = None
    """Samples in a second."""
    bit_rate: int | None = None
    """Bits in a second, for encodings that have a choice."""
    speed: float | None = None
    """How fast is spoken: 1 is the voice's own speed."""
    tag: TagEntry | None = None
    """A label of the request, or several."""
    mip_opt_out: bool | None = None
    """Whether the text is kept out of the service's training."""

    @property
    def parameters(self) -> dict[str, Any]:
        """The query parameters that the file names, `callback` among them."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set & PARAMETERS)}

    def check_length(self, query: bytes) -> None:
        """Refuse a *query* that no server would read."""
        if len(query) > MAX_QUERY:
            raise wrong(
                f"the parameters make a URL of {len(query)} characters, and servers read no more"
                f" than {MAX_QUERY}"
            )


class Submit(Parameters):
    """The request: a text, and the parameters of `/v1/speak`."""

    text: str
    """What is to be spoken."""
    callback: str
    """The URL to which the audio is brought."""

    @model_validator(mode="after")
    def _fits_into_a_request(self) -> "Submit":
        self.check_length(write_query(self.parameters))
        return self

    @property
    def endpoint(self) -> Endpoint | None:
        """Where the callback goes, or None if its URL cannot be read."""
        endpoint = split(self.callback)
        return None if isinstance(endpoint, str) else endpoint


class FailedJob(Part):
    """What a job fails with, though it was acknowledged."""

    status: FailureStatus = 422
    """For `callback_status_header`; 422 if it is left out."""
    err_code: str = "UNPROCESSABLE_ENTITY"
    """What the callback brings as `err_code`."""
    err_msg: str = "Failed to handle request."
    """What the callback brings as `err_msg`."""


class Scenario(Part):
    """One story: what is submitted, what the receiver does, what must be seen."""

    dollar_schema: Annotated[
        str | None,
        Field(alias="$schema", description="Where an editor finds the schema of this file."),
    ] = None
    version: Version
    """The version of this format."""
    name: Name
    """The story in one line."""
    why: str = ""
    """The rule that the story shows."""
    submit: Submit
    """The one request of the story."""
    receiver: Annotated[
        tuple[ReplyEntry, ...] | None, Field(strict=False, min_length=1, max_length=MAX_ENTRIES)
    ] = None
    """What the receiver answers, in order; the last answer repeats. Left out for a real one."""
    faults: Annotated[tuple[FaultEntry, ...], Field(strict=False, max_length=MAX_ENTRIES)] = ()
    """What happens on the way, one entry for each attempt; `null` for nothing."""
    failed_job: FailedJob | None = None
    """What the job fails with after its acknowledgement; left out for one that does not fail."""
    settings: ChangedSettings = ChangedSettings()
    """Settings of the emulator that the story needs."""
    expect: Expect
    """What must be seen."""

    @model_validator(mode="after")
    def _can_come_true(self) -> "Scenario":
        if self.failed_job is not None and self.expect.refused:
            raise wrong("a refused request has no job that could fail", "failed_job")
        most = self.settings.given.get("retries", RetryPolicy().retries) + 1
        if len(self.faults) > most:
            raise wrong(
                f"there is no attempt for this one: a delivery has {most} at most; take it out, or"
                f" write settings: {{retries: {len(self.faults) - 1}}}",
                "faults",
                most,
            )
        return self

    skip: ClassVar[str] = ""
    xfail: ClassVar[str] = ""
    tags: ClassVar[tuple[str, ...]] = ()

    @property
    def needs_an_application(self) -> bool:
        """Whether it is told for a receiver that is no script."""
        return self.receiver is None and not self.expect.refused

    @property
    def replies(self) -> list[ReplyLike] | None:
        """The receiver's script, or None if a real receiver is meant."""
        if self.receiver is None:
            return None
        return scripted(self.receiver)

    @property
    def scripted_faults(self) -> list[FaultLike]:
        """The faults, as the emulator takes them."""
        return scripted(self.faults)


def scripted(entries: Iterable[Any]) -> list[Any]:
    """Answers or faults as the emulator takes them."""
    return [_as_taken(entry) for entry in entries]


def _as_taken(entry: Any) -> Any:
    match entry:
        case LongReply():
            return entry.to_reply()
        case LongFault():
            return entry.to_fault()
        case _:
            return entry
