"""`submit`: a request as a client sends it, a faulty one if the story is about that."""

from typing import Annotated, Any, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, field_validator, model_validator
from pydantic import Tag as Form

from ringback.core.request.endpoint import Endpoint, split
from ringback.core.request.query import write_query
from ringback.scenario.model import PARAMETERS, Parameters
from ringback.scenario.part import FRAMING, ONLY_THESE, check_named_once, form
from ringback.scenario.story.writing import Label
from ringback.scenario.times import When
from ringback.scenario.values import HeaderName, HeaderValue, matching, one_of, wrong

SPEAK = "/v1/speak"

KEYS = ("none", "wrong")
"""What may be wrong with the key of a request."""


def _plain(value: Any) -> Any:
    if isinstance(value, dict) or value is None:
        raise wrong("a parameter is a text, a number, true, false or a list of these")
    for each in value if isinstance(value, list) else ():
        _plain(each)
        if isinstance(each, list):
            raise wrong("a parameter is repeated by a list, and a list in a list says nothing")
    return value


Path = Annotated[
    str,
    matching(r"/[\x21\x24-\x3e\x40-\x7e]*", "is no path; write it as /v1/speak, without a query"),
]
KeyWord = Annotated[str, one_of(KEYS, "what may be wrong with a key")]
Method = Annotated[str, matching("[A-Z]{3,10}", "is no method; write it in capitals, as GET")]
SentHeader: TypeAlias = Annotated[
    Annotated[HeaderValue, Form("word")] | Annotated[None, Form("none")],
    Discriminator(form, custom_error_type="header_form", custom_error_message="not a text"),
]


class Ask(Parameters):
    """One request, and what is wrong with it if something is."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {"anyOf": [{"required": ["text", "body"]}, {"required": ["query", "callback"]}]}
        }
    )

    label: Annotated[Label | None, Field(alias="as")] = None
    """The name by which later steps refer to the request and its delivery."""
    at: When | None = None
    """The moment at which it is sent: since the start, or absolute. Left out: now."""
    text: str | None = None
    """What is to be spoken."""
    callback: str | None = None
    """The URL to which the audio is brought. Without it the answer is the audio."""
    body: str | None = None
    """The body as it is sent, in place of `text`."""
    more: Annotated[dict[str, Any], Field(alias="parameters")] = Field(default_factory=dict)
    """Other query parameters, which the service may not know; a list repeats one."""
    query: str | None = None
    """The whole query string as it is sent, in place of all parameters."""
    path: Path = SPEAK
    """`/v1/speak`, or another path."""
    method: Method = "POST"
    """`POST`, or another method."""
    key: KeyWord | None = None
    """`none` for a request without a key, `wrong` for one with a key that nobody has."""
    headers: Annotated[dict[HeaderName, SentHeader], ONLY_THESE] = Field(default_factory=dict)
    """Headers of the request besides its own, or in their place; `null` leaves one out."""

    @field_validator("more")
    @classmethod
    def _can_be_written(cls, more: dict[str, Any]) -> dict[str, Any]:
        for name, value in more.items():
            try:
                _plain(value)
            except ValueError as error:
                raise wrong(str(error), name) from None
        return more

    @field_validator("headers")
    @classmethod
    def _fit(cls, headers: dict[str, str | None]) -> dict[str, str | None]:
        check_named_once(headers)
        for name in headers:
            if name.lower() in FRAMING:
                raise wrong(f"{name!r} is given to every request as it must be; take it out", name)
        return headers

    @model_validator(mode="after")
    def _makes_one_request(self) -> "Ask":
        if self.text is not None and self.body is not None:
            raise wrong("`body` stands in place of `text`; take one of them out", "body")
        if self.key is not None and any(name.lower() == "authorization" for name in self.headers):
            raise wrong("`key` says what the header authorization is; take one out", "key")
        said = sorted(
            (self.model_fields_set & PARAMETERS) | ({"parameters"} if self.more else set())
        )
        if self.query is not None and said:
            raise wrong(f"`query` is the whole of it; take {said[0]!r} out", said[0])
        self.check_length(self.query_string)
        return self

    @property
    def query_string(self) -> bytes:
        """The query as it is sent."""
        if self.query is not None:
            return self.query.encode()
        return b"&".join(filter(None, (write_query(self.parameters), write_query(self.more))))

    @property
    def endpoint(self) -> Endpoint | None:
        """Where the callback goes, or None if there is none that could be read."""
        endpoint = split(self.callback) if self.callback is not None else ""
        return None if isinstance(endpoint, str) else endpoint
