"""Steps of a stream: it is opened, messages are sent, frames are expected, it is closed."""

from typing import Annotated, Any, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, field_validator
from pydantic import Tag as Form

from ringback.core.request.query import write_query
from ringback.scenario.part import MAX_ENTRIES, Part, form
from ringback.scenario.story.asking import SPEAK, KeyWord
from ringback.scenario.story.writing import Label, Short, check_texts
from ringback.scenario.values import Expected, one_of

STREAMS = (SPEAK, "/v2/speak")


class Open(Part):
    """A stream that is opened: a WebSocket at a speak path."""

    label: Annotated[Label | None, Field(alias="as")] = None
    """The name by which later steps refer to the stream."""
    path: Annotated[str, one_of(STREAMS, "a path that streams")] = SPEAK
    """`/v1/speak`, or `/v2/speak` for the Flux voices."""
    more: Annotated[dict[str, Any], Field(alias="parameters")] = Field(default_factory=dict)
    """The query parameters, such as `model`; a list repeats one."""
    key: KeyWord | None = None
    """`none` for an opening without a key, `wrong` for one with a key that nobody has."""

    @property
    def query_string(self) -> bytes:
        """The query as it is sent."""
        return write_query(self.more)


SentFrame: TypeAlias = Annotated[
    Annotated[str, Form("word")] | Annotated[dict[str, Any], Form("long form")],
    Discriminator(form, custom_error_type="frame_form", custom_error_message="no frame"),
]


class Send(Part):
    """What a client says on a stream."""

    on: Label | None = None
    """The name of the stream; left out where there is only one."""
    frames: Annotated[
        tuple[SentFrame, ...], Field(strict=False, min_length=1, max_length=MAX_ENTRIES)
    ]
    """Messages, in order: `{type: Speak, text: Hello}`; a text is sent as it is."""


class Sound(Part):
    """Binary frames, one after the other."""

    model_config = ConfigDict(json_schema_extra={"required": ["audio"]})

    audio: Annotated[int, Field(ge=1)]
    """How many bytes they have together."""


class Closed(Part):
    """The end of the stream, by the service."""

    close: Annotated[int, Field(ge=1000, le=4999)]
    """The code of the close frame."""
    reason: Expected | None = None
    """Its reason."""


FRAME_WORDS = ("audio", "close")


_NO_WORD: Any = {"not": {"anyOf": [{"required": [word]} for word in FRAME_WORDS]}}
"""What tells a message from a mapping about sound, or about the end."""


def _frame(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((word for word in FRAME_WORDS if word in value), "message")
    return form(value)


ExpectedFrame: TypeAlias = Annotated[
    Annotated[Annotated[str, one_of(FRAME_WORDS, "a frame")], Form("word")]
    | Annotated[Sound, Form("audio")]
    | Annotated[Closed, Form("close")]
    | Annotated[dict[str, Any], Field(json_schema_extra=_NO_WORD), Form("message")],
    Discriminator(_frame, custom_error_type="frame_form", custom_error_message="no frame"),
]


class ExpectFrames(Part):
    """What a client must have heard on a stream since this was last expected."""

    on: Label | None = None
    """The name of the stream; left out where there is only one."""
    frames: Annotated[tuple[ExpectedFrame, ...], Field(strict=False, max_length=MAX_ENTRIES)]
    """All of it, in order: messages by the keys that are named, `audio`, and `close`."""

    @field_validator("frames")
    @classmethod
    def _can_be_seen(cls, frames: tuple[Any, ...]) -> tuple[Any, ...]:
        for index, frame in enumerate(frames):
            if isinstance(frame, dict):
                check_texts(frame, index)
        return frames


class OfStream(Part):
    """The stream that the client leaves, or on which it shows that it is still there."""

    on: Label | None = None
    """The name of the stream; left out where there is only one."""


SendEntry: TypeAlias = Annotated[Send, Short("frames")]
ExpectFramesEntry: TypeAlias = Annotated[ExpectFrames, Short("frames")]
OfStreamEntry: TypeAlias = Annotated[OfStream, Short("on")]
