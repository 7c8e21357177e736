"""A failure of the endpoint, as a scenario file orders it for its one request."""

from typing import Annotated, Any, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, Tag

from ringback.scenario.part import Part, form
from ringback.scenario.times import Seconds
from ringback.scenario.values import BreakWord, FailureStatus, OrderedStatus, plain_line

_HAPPENS: Any = {
    "anyOf": [
        {"required": ["status"], "properties": {"status": {"minimum": 400}}},
        {"required": ["delay"]},
        {"required": ["breaks"]},
    ]
}


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
    delay: Seconds = 0
    """How long the answer takes, on the emulator's clock."""
    breaks: BreakWord | None = None
    """How the answer ends before its end: `cut` closes the connection, `stalled` never goes on."""
    after: Annotated[int, Field(ge=0)] | None = None
    """After how many bytes it breaks off; left out: in the middle."""

    def to_mapping(self) -> dict[str, Any]:
        """The same as `Settings` takes it."""
        return self.model_dump(exclude_unset=True)


FailureEntry: TypeAlias = Annotated[
    Annotated[FailureStatus, Tag("status")]
    | Annotated[BreakWord, Tag("word")]
    | Annotated[LongFailure, Tag("long form")],
    Discriminator(form, custom_error_type="failure_form", custom_error_message="not a failure"),
]
