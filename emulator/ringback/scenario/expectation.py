"""What a scenario may expect: of the answer, of each attempt, of the end."""

from itertools import pairwise
from typing import Annotated, Any, TypeAlias

from pydantic import (
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Tag,
    TypeAdapter,
    field_validator,
    model_validator,
)
from pydantic_core import core_schema

from ringback.core.request.endpoint import Endpoint, split
from ringback.scenario.part import MAX_ENTRIES, ONLY_THESE, Part, check_named_once, form
from ringback.scenario.times import Span, WrittenSpan
from ringback.scenario.values import (
    AnswerStatus,
    Audio,
    BreakWord,
    Digest,
    EndWord,
    Expected,
    HeaderName,
    MethodWord,
    OutcomeWord,
    Status,
    wrong,
)

OutcomeEntry: TypeAlias = Annotated[
    Annotated[Status, Tag("status")] | Annotated[OutcomeWord, Tag("word")],
    Discriminator(form, custom_error_type="outcome_form", custom_error_message="no outcome"),
]
SameAs: TypeAlias = Annotated[
    Annotated[int, Field(ge=1, le=MAX_ENTRIES), Tag("status")] | Annotated[Audio, Tag("word")],
    Discriminator(form, custom_error_type="same_as_form", custom_error_message="not a body"),
]

HeaderEntry: TypeAlias = Annotated[
    Annotated[Expected, Tag("word")] | Annotated[None, Tag("none")],
    Discriminator(form, custom_error_type="header_form", custom_error_message="not a text"),
]


class ExpectedAnswer(Part):
    """What the submission itself is answered."""

    status: AnswerStatus
    """200, or from 400 to 599."""
    err_code: Expected | None = None
    """The `err_code` of a refusal."""
    err_msg: Expected | None = None
    """The `err_msg` of a refusal."""

    @model_validator(mode="after")
    def _errors_are_refusals(self) -> "ExpectedAnswer":
        if self.status < 300 and (self.err_code or self.err_msg):
            raise wrong("an answer from 200 to 299 carries no error", "status")
        return self


AnswerEntry: TypeAlias = Annotated[
    Annotated[ExpectedAnswer, Tag("long form")] | Annotated[BreakWord, Tag("word")],
    Discriminator(form, custom_error_type="answer_form", custom_error_message="no answer"),
]


class ExpectedBody(Part):
    """What a callback's body must be."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    sha256: Digest | None = None
    """Its SHA-256, in lower-case hexadecimal."""
    bytes: Annotated[int, Field(ge=0)] | None = None
    """Its length."""
    same_as: SameAs | None = None
    """The number of an earlier attempt with the same bytes, or `audio`: the request's audio."""

    @model_validator(mode="after")
    def _says_something(self) -> "ExpectedBody":
        if not self.model_fields_set:
            raise wrong("this expects nothing; give `sha256`, `bytes` or `same_as`")
        return self


class ExpectedRequest(Part):
    """What a callback must look like; a header that must be absent is `null`."""

    method: MethodWord | None = None
    """In capitals, as it is sent."""
    url: Expected | None = None
    """Without credentials: they travel as the `authorization` header."""
    headers: Annotated[dict[HeaderName, HeaderEntry], ONLY_THESE] = Field(default_factory=dict)
    """Its headers, by their names; whatever is not named is not looked at."""
    body: ExpectedBody | None = None
    """What it brings."""

    @field_validator("url")
    @classmethod
    def _without_credentials(cls, url: str) -> str:
        endpoint = split(url)
        if isinstance(endpoint, Endpoint) and endpoint.authorization:
            raise wrong("a callback's URL is seen without credentials; expect them in `headers`")
        return url

    @field_validator("headers")
    @classmethod
    def _named_once(cls, headers: dict[str, str | None]) -> dict[str, str | None]:
        check_named_once(headers)
        return headers


class ExpectedAttempt(ExpectedRequest):
    """One attempt: when it begins, what becomes of it, and what it carries."""

    at: Span
    """When it begins, counted from the acceptance."""
    got: OutcomeEntry | None = None
    """A status, or a word such as `timeout`."""


def _spread(value: Any) -> Any:
    """An attempt that is only a moment, in the long form."""
    return value if isinstance(value, dict) else {"at": value}


class _OrMoment:
    """Annotates an attempt that may be written as its moment alone."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_spread, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [TypeAdapter(WrittenSpan).json_schema(), handler(schema)]}


AttemptEntry: TypeAlias = Annotated[ExpectedAttempt, _OrMoment()]


class Expect(Part):
    """What must be seen. Whatever is left out is not looked at."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    answer: AnswerEntry | None = None
    """What the submission is answered; or `cut` or `stalled`, when its answer breaks off."""
    attempts: Annotated[
        tuple[AttemptEntry, ...] | None, Field(strict=False, max_length=MAX_ENTRIES)
    ] = None
    """Every attempt, in order, as moments (`+30s`) or in the long form."""
    each: ExpectedRequest | None = None
    """What every attempt must look like."""
    state: EndWord | None = None
    """How the delivery ends."""

    @property
    def refused(self) -> bool:
        """Whether the submission is expected to be turned down."""
        return isinstance(self.answer, ExpectedAnswer) and self.answer.status >= 300

    @model_validator(mode="after")
    def _can_come_true(self) -> "Expect":
        if not self.model_fields_set:
            raise wrong("a scenario without expectations proves nothing; give `attempts` at least")
        if self.refused:
            self._expects_no_callback()
        attempts = self.attempts or ()
        for index, (earlier, later) in enumerate(pairwise(attempts), 1):
            if later.at < earlier.at:
                raise wrong("an attempt cannot begin before the one above it", "attempts", index)
        self._compares_what_there_is()
        return self

    def _expects_no_callback(self) -> None:
        for name in ("attempts", "each", "state"):
            if getattr(self, name):
                raise wrong(f"a refused request leads to no callback; take `{name}` out", name)

    def _compares_what_there_is(self) -> None:
        if self.attempts is None:
            return
        count = len(self.attempts)
        if self.each is not None and not count and not self.refused:
            raise wrong("no attempt is expected, so `each` says nothing; take it out", "each")
        for index, attempt in enumerate(self.attempts):
            self._compares(attempt, count, "attempts", index)
            if attempt.body is not None and attempt.body.same_as == index + 1:
                raise wrong(
                    "an attempt is always the same as itself",
                    *("attempts", index, "body", "same_as"),
                )
        if self.each is not None:
            self._compares(self.each, count, "each")

    def _compares(self, request: ExpectedRequest, count: int, *where: str | int) -> None:
        same_as = request.body.same_as if request.body else None
        if isinstance(same_as, int) and same_as > count:
            raise wrong(f"there is no attempt {same_as} to compare with", *where, "body", "same_as")
