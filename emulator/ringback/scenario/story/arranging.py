"""What a story arranges: who receives, where callbacks lead, which requests fail."""

from typing import Annotated, Any, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, model_validator
from pydantic import Tag as Form

from ringback.core.delivery.fault import FaultLike
from ringback.core.delivery.reply import ReplyLike
from ringback.core.request.speak import SpeakRequest
from ringback.scenario.failing import LongFailure
from ringback.scenario.model import FaultEntry, ReplyEntry, scripted
from ringback.scenario.part import MAX_ENTRIES, Part, form
from ringback.scenario.story.writing import BaseUrl, Place, Short
from ringback.scenario.times import Span
from ringback.scenario.values import BreakWord, Expected, FailureStatus, wrong
from ringback.scenario.variables import agrees

Faults: TypeAlias = Annotated[tuple[FaultEntry, ...], Field(strict=False, max_length=MAX_ENTRIES)]


class Outage(Part):
    """A time in which a receiver answers otherwise than its list says."""

    begins: Annotated[Span, Field(alias="from")]
    """When it begins, counted from the start."""
    ends: Annotated[Span, Field(alias="to")]
    """When it is over: from then on the list goes on."""
    answer: ReplyEntry = "refused"
    """What becomes of an attempt meanwhile: `refused` if it is left out."""

    @model_validator(mode="after")
    def _lasts(self) -> "Outage":
        if self.ends <= self.begins:
            raise wrong("this ends before it begins", "to")
        return self


class ReceiverScript(Part):
    """How a receiver answers."""

    replies: Annotated[
        tuple[ReplyEntry, ...], Field(strict=False, min_length=1, max_length=MAX_ENTRIES)
    ] = (200,)
    """What it answers, in order of arrival; the last answer repeats. 200 if it is left out."""
    faults: Faults = ()
    """What happens on the way, one entry for each attempt of a delivery; `null` for nothing."""
    down: Annotated[tuple[Outage, ...], Field(strict=False, max_length=MAX_ENTRIES)] = ()
    """When it answers otherwise, whatever its list says: `[{from: 0s, to: 65s}]`."""


class ScriptedReceiver(ReceiverScript):
    """Who answers at an origin, or at a path, by a script."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.pop("required", None))

    at: Place
    """The origin, such as `https://app.example`; or a path of it, for what is at and below it."""

    @property
    def script(self) -> list[ReplyLike]:
        """The answers, as the emulator takes them."""
        return scripted(self.replies)

    @property
    def scripted_faults(self) -> list[FaultLike]:
        """The faults, as the emulator takes them."""
        return scripted(self.faults)


class Connection(Part):
    """Where callbacks to an origin, or to a path, lead."""

    at: Place
    """The origin, such as `https://app.example`; or a path of it, for what is at and below it."""
    to: BaseUrl | None = None
    """The base URL of an application on this machine; left out for the one that is played to."""
    faults: Faults = ()
    """What happens on the way, one entry for each attempt of a delivery; `null` for nothing."""

    @property
    def scripted_faults(self) -> list[FaultLike]:
        """The faults, as the emulator takes them."""
        return scripted(self.faults)


OrderedFailure: TypeAlias = Annotated[
    Annotated[FailureStatus, Form("status")]
    | Annotated[BreakWord, Form("word")]
    | Annotated[LongFailure, Form("long form")]
    | Annotated[None, Form("none")],
    Discriminator(form, custom_error_type="failure_form", custom_error_message="not a failure"),
]


class Chosen(Part):
    """Which requests are meant: those that all of this is true of."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    text: Expected | None = None
    """Their text."""
    model: Expected | None = None
    """Their voice, such as `aura-2-thalia-en`."""
    callback: Expected | None = None
    """Their callback URL, without credentials."""
    tag: Expected | None = None
    """One of their tags."""

    @model_validator(mode="after")
    def _says_something(self) -> "Chosen":
        if not self.model_fields_set:
            raise wrong("this chooses nothing; give `text`, `model`, `callback` or `tag`")
        return self

    def fits(self, request: SpeakRequest) -> bool:
        """Whether *request* is one of them."""
        callback = "" if request.callback is None else request.callback.url
        told = {"text": [request.text], "model": [request.voice.name], "callback": [callback]}
        told["tag"] = list(request.tags)
        return all(
            any(agrees(getattr(self, name), each, {}) for each in told[name])
            for name in self.model_fields_set
        )


class Failures(Part):
    """Failures of the endpoint, in the order of the requests that meet them."""

    failures: Annotated[
        tuple[OrderedFailure, ...],
        Field(strict=False, min_length=1, max_length=MAX_ENTRIES),
    ]
    """One for each of the next requests; `null` lets one through."""
    when: Chosen | None = None
    """Which requests meet them; left out for any."""

    @property
    def ordered(self) -> list[Any]:
        """The failures, as the emulator takes them."""
        return [
            each.to_mapping() if isinstance(each, LongFailure) else each for each in self.failures
        ]


FailuresEntry: TypeAlias = Annotated[Failures, Short("failures")]
