"""How the values of version 2 are written: names, moments, short forms."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from ringback.core.base.hosts import address_of, is_local_name
from ringback.core.base.masking import masked_url
from ringback.core.request.endpoint import read_origin, read_place
from ringback.scenario.values import Checked, matching, shown, wrong
from ringback.scenario.variables import check

LABEL = "[A-Za-z][A-Za-z0-9_-]{0,39}"

Label = Annotated[
    str, matching(LABEL, "is not a name: letters, digits, - and _, with a letter in front")
]
"""By what a later step refers to something."""

RESERVED_TAGS = ("skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings")
"""Marks of pytest that mean something to it."""


def _tag(value: str) -> str:
    if value in RESERVED_TAGS:
        instead = f"; write `{value}: …` beside `tags`" if value in ("skip", "xfail") else ""
        raise wrong(f"{value!r} means something to pytest, and is no tag{instead}")
    return value


Tag = Annotated[Label, Checked(_tag, {"not": {"enum": list(RESERVED_TAGS)}})]


def _place(value: str) -> str:
    place = read_place(value)
    if place is None:
        raise wrong(f"{shown(masked_url(value))} is no origin; write https://app.example")
    if "?" in value:
        raise wrong(
            f"{shown(masked_url(value))} has a query, and a receiver stands at an origin or a"
            f" path; write {''.join(place)}"
        )
    return "".join(place)


Place = Annotated[str, Checked(_place, {"pattern": "^[Hh][Tt][Tt][Pp][Ss]?://."})]
"""Scheme, host and port of a URL, and perhaps its path."""


def _base(value: str) -> str:
    host = urlsplit(value).hostname if read_origin(value) else None
    if host is None:
        raise wrong(f"{shown(masked_url(value))} is no base URL; write http://127.0.0.1:5000")
    address = address_of(host)
    if not (is_local_name(host) if address is None else address.is_loopback):
        raise wrong(
            f"{shown(value)} is not on this machine, and a file leads callbacks nowhere else; write"
            " http://127.0.0.1:5000, or leave `to` out and name the application when you play"
        )
    return value


BaseUrl = Annotated[str, Checked(_base, {"pattern": "^[Hh][Tt][Tt][Pp][Ss]?://."})]
"""Where something listens on this machine."""


class Short:
    """Annotates a mapping that may be written as the value of one of its keys alone."""

    def __init__(self, key: str) -> None:
        """*key* is the one that may stand alone."""
        self._key = key

    def _spread(self, value: Any) -> Any:
        return value if isinstance(value, dict) else {self._key: value}

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Write the short form out before the mapping is read."""
        return core_schema.no_info_before_validator_function(self._spread, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Offer both forms; `spelt_out` writes the short one, once there are all definitions."""
        return {"anyOf": [{"alone": self._key}, handler(schema)]}


def spelt_out(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """A copy of *schema* in which each short form is that of its key, in the mapping beside it."""
    if isinstance(schema, list):
        return [spelt_out(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    match schema:
        case {"anyOf": [{"alone": key}, whole]}:
            reference = whole.get("$ref", "").rpartition("/")[2]
            alone = dict(definitions.get(reference, whole)["properties"][key])
            alone.pop("description", None)
            schema = {**schema, "anyOf": [alone, whole]}
        case _:
            pass
    return {key: spelt_out(value, definitions) for key, value in schema.items()}


Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
"""Why something is so, for people."""


def check_texts(value: Any, *inside: str | int) -> None:
    """Refuse a text inside *value* that names no variable that there is."""
    if isinstance(value, str):
        try:
            check(value)
        except ValueError as error:
            raise wrong(str(error), *inside) from None
    elif isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            check_texts(each, *inside, key)
