"""A query string into values, or into the refusal that its schema asks for."""

from collections.abc import Mapping
from dataclasses import field
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from ringback.core.base.dataclass import dataclass
from ringback.core.base.masking import MASK, may_hold_credentials
from ringback.core.base.rejection import Rejection, undeserialisable
from ringback.core.request.parameters import Schema

_NOTED = 8
"""How many names that nobody knows are noted of one query: a thousand would say no more."""

_NEAR = 0.7
"""How alike a name and a known one must be to be taken for a slip: `callback_url` is at 0.8."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A name that the service does not know. *meant* is the known one nearest to it, or empty."""

    name: str
    meant: str = ""

    def __str__(self) -> str:
        return f"`{self.name}`" + (f" (did you mean `{self.meant}`?)" if self.meant else "")


@dataclass(frozen=True, slots=True)
class Values:
    """What a query says: *values* by name, lists for parameters that repeat.

    *values* hold the callback URL with its credentials, so `repr` leaves them out. A query is
    *torn* where a bare `&` seems to be a part of those.
    """

    values: dict[str, Any] = field(repr=False)
    ignored: tuple[Ignored, ...] = ()
    torn: bool = False


def read_values(raw: bytes, schema: Schema) -> Values | Rejection:
    """Read the query string *raw*, of names and values in percent-encoded UTF-8."""
    values: dict[str, Any] = {}
    ignored: list[Ignored] = []
    unnoted = 0
    pairs = raw.split(b"&")
    first, last = _tear(pairs, schema) if b"@" in raw or b"40" in raw else (0, 0)
    for place, pair in enumerate(pairs):
        torn = first < place <= last
        try:
            name, value = (_decoded(part) for part in _halves(pair))
        except UnicodeDecodeError:
            return Rejection(400, "Bad Request", "Invalid query string.")
        parameter = schema.parameters.get(name)
        if parameter is None:
            if not pair:
                continue
            if unnoted:
                unnoted += 1
                continue
            unknown = Ignored(MASK) if torn else _noted(name, value, schema)
            if schema.unknown == "refuse":
                return _unknown(unknown, schema)
            if len(ignored) < _NOTED:
                ignored.append(unknown)
            else:
                unnoted = 1
            continue
        if name in values and not parameter.repeats and schema.repeated == "refuse":
            return undeserialisable(f"duplicate field `{name}`")
        try:
            read = schema.read(parameter, value)
        except ValueError as error:
            text = str(error).replace(value, MASK) if torn and value else str(error)
            return undeserialisable(f"{name}: {text}")
        if parameter.repeats:
            values.setdefault(name, []).append(read)
        else:
            values[name] = read
    if unnoted:
        ignored.append(Ignored(f"and {unnoted} more"))
    return Values(values, tuple(ignored), last > 0)


def _tear(pairs: list[bytes], schema: Schema) -> tuple[int, int]:
    """Between which places the credentials of a callback URL may be torn apart by a bare `&`.

    The last piece of them has an `@`, and is no parameter. `(0, 0)` where there is none.
    """
    last = 0
    for place, pair in enumerate(pairs):
        if place and may_hold_credentials(pair.decode("latin-1")):
            name = _halves(pair)[0]
            if name.decode("latin-1") not in schema.parameters:
                last = place
    for place, pair in enumerate(pairs[:last]):
        if unquote_to_bytes(_halves(pair)[0]) == b"callback":
            return place, last
    return 0, 0


def _unknown(unknown: Ignored, schema: Schema) -> Rejection:
    known = ", ".join(f"`{name}`" for name in schema.parameters)
    hint = f"Did you mean `{unknown.meant}`?" if unknown.meant else ""
    return undeserialisable(f"unknown field `{unknown.name}`, expected one of {known}", hint)


def _noted(name: str, value: str, schema: Schema) -> Ignored:
    """An unknown name; where it is none but half a password with a bare `&`, it is masked."""
    meant = _nearest(name, schema)
    if may_hold_credentials(name) or (not meant and may_hold_credentials(value)):
        return Ignored(MASK)
    return Ignored(name, meant)


def _nearest(name: str, schema: Schema) -> str:
    near = get_close_matches(name.lower()[:64], schema.parameters, n=1, cutoff=_NEAR)
    return near[0] if near else ""


def _halves(pair: bytes) -> tuple[bytes, bytes]:
    name, _, value = pair.partition(b"=")
    return name, value


def _decoded(part: bytes) -> str:
    # Before the escapes: `%2B` is a plus (WHATWG URL, `application/x-www-form-urlencoded`).
    return unquote_to_bytes(part.replace(b"+", b" ")).decode("utf-8")


def write_query(values: Mapping[str, Any]) -> bytes:
    """The query string that says *values*, as a client would write it.

    A list repeats a name, and None says nothing: it stands for what is not given.
    """
    return urlencode(
        [
            (name, _written(value))
            for name, given in values.items()
            for value in (given if isinstance(given, list | tuple) else [given])
            if value is not None
        ]
    ).encode()


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
