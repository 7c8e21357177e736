"""What commands can be told beside the settings, by a flag, a variable or the settings file."""

from collections.abc import Callable, Mapping
from typing import Any

from ringback.core.base.dataclass import dataclass
from ringback.settings.checks import Check

SECTIONS = ("serve", "pytest")
"""Who has a table of its own in the settings file, which goes before what holds for all."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option: what it may be, what it is unless it is told, whether it is a text, or a path.

    *of* are the sections that know it.
    """

    check: Check
    default: Any = None
    is_text: bool = False
    is_path: bool = False
    of: tuple[str, ...] = ("serve",)


def _whole(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    )


def _is_routes(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(text, str) and text for pair in value.items() for text in pair
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


_FILE = Check("the path of a file", _is_text)

OPTIONS: dict[str, Option] = {
    "host": Option(Check("an address", _is_text), "127.0.0.1", is_text=True),
    "port": Option(Check("a port, 0 to 65535", _whole(0, 65535)), 8088),
    "connect": Option(Check("a table of origins and base URLs", _is_routes), {}),
    "ready_file": Option(_FILE, is_text=True, is_path=True),
    "port_file": Option(_FILE, is_text=True, is_path=True),
}
"""Every option that is no setting, by name."""
