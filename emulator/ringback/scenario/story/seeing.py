"""`expect` in version 2: what must be so at this point of the story."""

from itertools import pairwise
from typing import Annotated, Any, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, field_validator, model_validator
from pydantic import Tag as Form

from ringback.core.request.endpoint import read_origin
from ringback.scenario.expectation import ExpectedBody, ExpectedRequest, HeaderEntry, OutcomeEntry
from ringback.scenario.part import MAX_ENTRIES, ONLY_THESE, Part, check_named_once, form
from ringback.scenario.story.writing import Label, Short, check_texts
from ringback.scenario.times import When
from ringback.scenario.values import (
    ENDS,
    FAILURES,
    BreakWord,
    Checked,
    Expected,
    HeaderName,
    one_of,
    wrong,
)

PENDING = "pending"
"""Not settled: an attempt is still to come."""

STATES = (*ENDS, PENDING)

OPENED = 101
"""The status with which a stream begins."""

Count = Annotated[int, Field(ge=0, le=1_000_000)]


def _answered(value: int) -> int:
    if value not in (OPENED, 200) and not 400 <= value <= 599:
        raise wrong(
            f"the service answers 200, a failure from 400 to 599, or 101 to a stream, never {value}"
        )
    return value


AnyStatus = Annotated[
    int, Checked(_answered, {"anyOf": [{"const": 200}, {"const": OPENED}, FAILURES]})
]
Texts: TypeAlias = Annotated[
    Annotated[Annotated[str, Field(min_length=1)], Form("word")]
    | Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        Field(strict=False, min_length=1, max_length=MAX_ENTRIES),
        Form("list"),
    ],
    Discriminator(form, custom_error_type="texts_form", custom_error_message="not a text"),
]


class WantedBody(ExpectedBody):
    """What a body must be."""

    document: Annotated[Any, Field(alias="json")] = None
    """The JSON document that it is, with `$any` and other variables in the place of texts."""
    text: str | None = None
    """The text that it is, byte for byte in UTF-8."""
    contains: Texts | None = None
    """A text that is in it, or several."""

    @field_validator("document")
    @classmethod
    def _can_be_seen(cls, document: Any) -> Any:
        check_texts(document)
        return document

    @model_validator(mode="after")
    def _says_something(self) -> "WantedBody":
        if not self.model_fields_set:
            raise wrong(
                "this expects nothing; give `json`, `text`, `contains`, `sha256`, `bytes` or"
                " `same_as`"
            )
        return self


class WantedRequest(ExpectedRequest):
    """What a callback must look like; a header that must be absent is `null`."""

    body: WantedBody | None = None
    """What it brings."""


class WantedAttempt(WantedRequest):
    """One attempt: when it begins, what becomes of it, and what it carries."""

    at: When
    """When it begins: counted from the acceptance, or an absolute moment."""
    got: OutcomeEntry | None = None
    """A status, or a word such as `timeout`."""
    second: Annotated[OutcomeEntry | None, Field(alias="copy")] = None
    """What becomes of its second copy, where it arrives twice."""


AttemptsEntry: TypeAlias = Annotated[
    Annotated[Count, Form("status")]
    | Annotated[
        tuple[Annotated[WantedAttempt, Short("at")], ...],
        Field(strict=False, max_length=MAX_ENTRIES),
        Form("list"),
    ],
    Discriminator(form, custom_error_type="attempts_form", custom_error_message="no attempts"),
]


class WantedAnswer(Part):
    """What the request itself is answered."""

    status: AnyStatus | None = None
    """200, or from 400 to 599; 101 for a stream that is opened."""
    err_code: Expected | None = None
    """The `err_code` of a refusal."""
    err_msg: Expected | None = None
    """The `err_msg` of a refusal."""
    headers: Annotated[dict[HeaderName, HeaderEntry], ONLY_THESE] = Field(default_factory=dict)
    """Its headers, by their names; one that must be absent is `null`."""
    body: WantedBody | None = None
    """Its body: the acknowledgement, the error, or the audio."""

    @field_validator("headers")
    @classmethod
    def _named_once(cls, headers: dict[str, str | None]) -> dict[str, str | None]:
        check_named_once(headers)
        return headers

    @model_validator(mode="after")
    def _errors_are_refusals(self) -> "WantedAnswer":
        if self.status is not None and self.status < 300 and (self.err_code or self.err_msg):
            raise wrong("an answer from 200 to 299 carries no error", "status")
        return self


AnswerEntry: TypeAlias = Annotated[
    Annotated[WantedAnswer, Form("long form")] | Annotated[BreakWord, Form("word")],
    Discriminator(form, custom_error_type="answer_form", custom_error_message="no answer"),
]


class Sight(Part):
    """What must be so now. Whatever is left out is not looked at."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    of: Label | None = None
    """Which request or stream it is about, by its name; left out where there is only one."""
    answer: AnswerEntry | None = None
    """What the request is answered; or `cut` or `stalled`, when its answer breaks off."""
    attempts: AttemptsEntry | None = None
    """Every attempt so far, as moments or in the long form; or how many there are."""
    each: WantedRequest | None = None
    """What every attempt so far must look like."""
    state: Annotated[str, one_of(STATES, "a state of a delivery")] | None = None
    """How the delivery has ended, or `pending`."""
    due: When | None = None
    """When the next attempt is due: counted from the acceptance, or an absolute moment."""
    reason: Expected | None = None
    """Why the delivery was cancelled."""
    deliveries: Count | None = None
    """How many deliveries there are since the beginning, of whatever request."""
    pending: Count | None = None
    """How many of them are pending."""
    requests: Count | None = None
    """How many requests have arrived since the beginning."""
    received: dict[str, Count] | None = None
    """How many callbacks each scripted receiver has seen, by where it stands."""

    @field_validator("received")
    @classmethod
    def _by_origin(cls, received: dict[str, int]) -> dict[str, int]:
        for name in received:
            if read_origin(name) is None:
                raise wrong(f"{name!r} is no origin; write https://app.example", name)
        return received

    @model_validator(mode="after")
    def _can_come_true(self) -> "Sight":
        if not self.model_fields_set - {"of"}:
            raise wrong("this expects nothing; give `attempts`, `state` or `answer`, say")
        if not isinstance(self.attempts, tuple):
            return self
        for index, (earlier, later) in enumerate(pairwise(self.attempts), 1):
            if type(earlier.at) is type(later.at) and later.at < earlier.at:  # type: ignore[operator]  # both are spans, or both moments
                raise wrong("an attempt cannot begin before the one above it", "attempts", index)
        for index, attempt in enumerate(self.attempts):
            self._compares(attempt, "attempts", index)
            if attempt.body is not None and attempt.body.same_as == index + 1:
                raise wrong(
                    "an attempt is always the same as itself",
                    *("attempts", index, "body", "same_as"),
                )
        if self.each is not None:
            self._compares(self.each, "each")
        return self

    def _compares(self, request: WantedRequest, *where: str | int) -> None:
        count = len(self.attempts) if isinstance(self.attempts, tuple) else 0
        same_as = request.body.same_as if request.body else None
        if isinstance(same_as, int) and same_as > count:
            raise wrong(f"there is no attempt {same_as} to compare with", *where, "body", "same_as")

    @property
    def about_one(self) -> bool:
        """Whether it is about one request, and not about all that there is."""
        return bool(self.model_fields_set - {"deliveries", "pending", "requests", "received"})
