"""The names of settings: one that does not exist is refused with the nearest that does."""

from collections.abc import Sequence
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, TypeVar

from ringback.errors import SettingsError

T = TypeVar("T")


def check_among(name: str, kind: str, known: Sequence[str]) -> None:
    """Refuse a *name* that is not *known*. Raises `SettingsError`."""
    if name not in known:
        near = get_close_matches(name, known, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else f". Known: {', '.join(known)}"
        raise SettingsError(f"unknown {kind} {name!r}{meant}")


def names_its_fields(cls: type[T]) -> type[T]:
    """Have the dataclass *cls* refuse an unknown keyword as an unknown setting."""
    make = cls.__init__
    known = [each.name for each in fields(cls)]  # type: ignore[arg-type]  # a dataclass, by contract

    def init(self: T, *args: Any, **settings: Any) -> None:
        """Take settings by their names: the signature of the class."""
        try:
            make(self, *args, **settings)
        except TypeError:
            unknown = next((name for name in settings if name not in known), None)
            if unknown is None:
                raise
        else:
            return
        check_among(unknown, "setting", known)

    setattr(cls, "__init__", init)  # noqa: B010 - types know no other `__init__` than they declare
    return cls
