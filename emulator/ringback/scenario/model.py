"""What a scenario file may say, as pydantic models: the loader and the JSON Schema in one."""

from typing import Annotated, Any, TypeAlias

from pydantic import Discriminator, Field, Tag

from ringback.core.callback import Endpoint, split
from ringback.core.duration import seconds
from ringback.core.reply import FaultLike, Reply, ReplyLike
from ringback.scenario.changes import ChangedSettings
from ringback.scenario.expectation import Expect
from ringback.scenario.part import MAX_ENTRIES, ONLY_THESE, Part, form
from ringback.scenario.values import (
    FaultWord,
    HeaderName,
    HeaderValue,
    Name,
    ReplyWord,
    Span,
    Status,
    Version,
)


class LongReply(Part):
    """An answer with more to say than its status."""

    status: Status = 200
    headers: Annotated[dict[HeaderName, HeaderValue], ONLY_THESE] = Field(default_factory=dict)
    body: str = ""
    after: Span = 0
    """How long the answer takes, on the emulator's clock."""

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
    | Annotated[LongReply, Tag("long form")]
    | Annotated[None, Tag("none")],
    Discriminator(form, custom_error_type="fault_form", custom_error_message="not a fault"),
]
TagEntry: TypeAlias = Annotated[
    Annotated[str, Tag("word")]
    | Annotated[tuple[str, ...], Field(strict=False, max_length=MAX_ENTRIES), Tag("list")],
    Discriminator(form, custom_error_type="tag_form", custom_error_message="not a tag"),
]


class Submit(Part):
    """The request: a text, and the parameters of `/v1/speak`."""

    text: str
    """What is to be spoken."""
    callback: str
    """The URL to which the audio is brought."""
    callback_method: str | None = None
    content_type: str | None = None
    """`application/json` (the default) or `text/plain`: how the text travels."""
    model: str | None = None
    encoding: str | None = None
    container: str | None = None
    sample_rate: int | None = None
    bit_rate: int | None = None
    speed: float | None = None
    tag: TagEntry | None = None
    mip_opt_out: bool | None = None

    @property
    def endpoint(self) -> Endpoint | None:
        """Where the callback goes, or None if its URL cannot be read."""
        endpoint = split(self.callback)
        return None if isinstance(endpoint, str) else endpoint

    @property
    def parameters(self) -> dict[str, Any]:
        """The query parameters that the file names, `callback` among them."""
        names = type(self).model_fields.keys() & self.model_fields_set
        return {name: getattr(self, name) for name in sorted(names - {"text", "content_type"})}


class FailedJob(Part):
    """What a job fails with, though it was acknowledged."""

    status: Status = 422
    err_code: str = "UNPROCESSABLE_ENTITY"
    err_msg: str = "Failed to handle request."


class Scenario(Part):
    """One story: what is submitted, what the receiver does, what must be seen."""

    version: Version
    """The version of this format."""
    name: Name
    """The story in one line."""
    why: str = ""
    """The rule that the story shows."""
    submit: Submit
    receiver: Annotated[
        tuple[ReplyEntry, ...] | None, Field(strict=False, min_length=1, max_length=MAX_ENTRIES)
    ] = None
    """What the receiver answers, in order; the last answer repeats. Left out for a real one."""
    faults: Annotated[tuple[FaultEntry, ...], Field(strict=False, max_length=MAX_ENTRIES)] = ()
    """What happens on the way, one entry for each attempt; `null` for nothing."""
    failed_job: FailedJob | None = None
    """What the job fails with after its acknowledgement; left out for one that does not fail."""
    settings: ChangedSettings = ChangedSettings()
    expect: Expect

    @property
    def replies(self) -> list[ReplyLike] | None:
        """The receiver's script, or None if a real receiver is meant."""
        if self.receiver is None:
            return None
        return [_scripted(entry) for entry in self.receiver]

    @property
    def mishaps(self) -> list[FaultLike]:
        """The faults, as the emulator takes them."""
        return [_scripted(entry) for entry in self.faults]


def _scripted(entry: Any) -> Any:
    return entry.to_reply() if isinstance(entry, LongReply) else entry
