"""HTTP headers as a value: ordered, repeatable, looked up without regard to case."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeGuard

from ringback.core.base.masking import guarded, masked_header

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # `token` of RFC 9110, 5.6.2
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


def is_header_name(value: object) -> TypeGuard[str]:
    """Whether *value* can name a header."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def is_header_value(value: object) -> TypeGuard[str]:
    """Whether every server and client takes *value* as a header's, and hands it on unchanged.

    RFC 9110 (5.5) also has tabs and bytes beyond ASCII, about which programs disagree.
    """
    return isinstance(value, str) and _VALUE.fullmatch(value) is not None


class Headers(Mapping[str, str]):
    """An immutable, case-insensitive mapping of header names to their first value.

    >>> headers = Headers([("Content-Type", "audio/mpeg"), ("dg-token", "k")])
    >>> headers["content-type"]
    'audio/mpeg'

    Names keep their spelling and order in `items_as_sent`. Credentials are there, and print as
    asterisks: those of these headers, and of whatever they are taken apart into.
    """

    __slots__ = ("_pairs",)

    _pairs: tuple[tuple[str, str], ...]

    def __init__(self, items: Iterable[tuple[str, str]] | Mapping[str, str] = ()) -> None:
        """Take pairs in order, or a mapping."""
        if isinstance(items, Headers):
            items = items._pairs
        elif isinstance(items, Mapping):
            items = items.items()
        self._pairs = tuple(items)

    @property
    def items_as_sent(self) -> tuple[tuple[str, str], ...]:
        """The pairs, in order, with their spelling."""
        return tuple((name, guarded(name, value)) for name, value in self._pairs)

    @property
    def on_the_wire(self) -> tuple[tuple[str, str], ...]:
        """The same for whoever sends them and prints none: it costs nothing."""
        return self._pairs

    def __contains__(self, name: object) -> bool:
        # `Mapping` would look the name up, and catch an error wherever it is not there.
        return isinstance(name, str) and bool(self.all(name))

    def __getitem__(self, name: str) -> str:
        wanted = name.lower()
        for key, value in self._pairs:
            if key.lower() == wanted:
                return guarded(wanted, value)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key.lower() for key, _ in self._pairs))

    def __len__(self) -> int:
        return len({key.lower() for key, _ in self._pairs})

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Headers):
            return self._folded() == other._folded()
        if isinstance(other, Mapping):
            return dict(self) == {str(name).lower(): value for name, value in other.items()}
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._folded()))

    def __repr__(self) -> str:
        return f"Headers({dict(self.masked())!r})"

    def all(self, name: str) -> list[str]:
        """Every value of *name*, in order."""
        wanted = name.lower()
        return [guarded(wanted, value) for key, value in self._pairs if key.lower() == wanted]

    def masked(self) -> list[tuple[str, str]]:
        """The pairs as they may be shown: credentials replaced by asterisks."""
        return [(key, masked_header(key, value)) for key, value in self._pairs]

    def _folded(self) -> list[tuple[str, str]]:
        return sorted((key.lower(), value) for key, value in self._pairs)


NO_HEADERS = Headers()
