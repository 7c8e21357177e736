"""A failure of the endpoint, as a scenario file orders it for its one request."""

from typing import Annotated, Any, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, Tag, field_validator

from ringback.scenario.part import ONLY_THESE, Part, check_sent, form
from ringback.scenario.times import Seconds
from ringback.scenario.values import (
    BreakWord,
    FailureStatus,
    HeaderName,
    OrderedStatus,
    plain_line,
)

_HAPPENS: Any = {
    "anyOf": [
        {"required": ["status"], "properties": {"status": {"minimum": 400}}},
        {"required": ["delay"]},
        {"required": ["breaks"]},
    ]
}

FailureHeader: TypeAlias = Annotated[
    Annotated[int, Field(ge=0), Tag("status")]
    | Annotated[str, plain_line("a header's value"), Tag("word")],
    Discriminator(form, custom_error_type="header_form", custom_error_message="not a text"),
]
"""A text, or a whole number: `retry-after: 30`."""


class LongFailure(Part):
    """A failure with more to say than its status."""

    model_config = ConfigDict(json_schema_extra=_HAPPENS)

    status: OrderedStatus = 200
    """From 400 on, the request is refused with it."""
    code: str = ""
    """The `err_code`, in place of the service's own."""
    message: str = ""
    """The `err_msg`, in place of the service's own."""
    body: str | None = None
    """What a proxy in front of the service answers: sent as it is."""
    content_type: Annotated[str, plain_line("a content type")] = "text/html"
    """What `body` is."""
    headers: Annotated[dict[HeaderName, FailureHeader], ONLY_THESE] = Field(default_factory=dict)
    """Headers besides the answer's own, such as `retry-after`: whole seconds, or a date as text."""
    delay: Seconds = 0
    """How long the answer takes, on the emulator's clock."""
    breaks: BreakWord | None = None
    """How the answer ends before its end: `cut` closes the connection, `stalled` never goes on."""
    after_bytes: Annotated[int, Field(ge=0)] | None = None
    """After how many bytes it breaks off; left out: in the middle."""

    @field_validator("headers")
    @classmethod
    def _fit(cls, headers: dict[str, str | int]) -> dict[str, str | int]:
        check_sent(headers)
        return headers

    def to_mapping(self) -> dict[str, Any]:
        """The same as `Settings` takes it."""
        return self.model_dump(exclude_unset=True)


FailureEntry: TypeAlias = Annotated[
    Annotated[FailureStatus, Tag("status")]
    | Annotated[BreakWord, Tag("word")]
    | Annotated[LongFailure, Tag("long form")],
    Discriminator(form, custom_error_type="failure_form", custom_error_message="not a failure"),
]
