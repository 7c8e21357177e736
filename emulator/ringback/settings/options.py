"""What commands can be told beside the settings, by a flag, a variable or the settings file."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from ringback.core.base.dataclass import dataclass
from ringback.core.base.duration import is_span
from ringback.settings.checks import Check

SECTIONS = ("serve", "exec", "pytest")
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


def _is_exported(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and "=" not in name and name and what in EXPORTED
        for name, what in value.items()
    )


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_span(value: object) -> bool:
    return is_span(value, least=1) and not isinstance(value, timedelta)


EXPORTED = ("url", "ws_url", "api_key")
"""What a variable of the command of `exec` may say."""

_BOTH = ("serve", "exec")
_FILE = Check("the path of a file", _is_text)
_FOLDER = Check("the path of a folder", _is_text)

OPTIONS: dict[str, Option] = {
    "host": Option(Check("an address", _is_text), "127.0.0.1", is_text=True),
    "port": Option(Check("a port, 0 to 65535", _whole(0, 65535)), 8088),
    "connect": Option(Check("a table of origins and base URLs", _is_routes), {}, of=_BOTH),
    "tenants": Option(Check("True or False", _is_bool), False, of=_BOTH),
    "max_tenants": Option(Check("a number, 1 or more", _whole(1, 1_000_000)), 1000),
    "tenant_idle": Option(Check("real seconds, more than 0", _is_span), 3600.0),
    "control_token": Option(Check("a text", _is_text), is_text=True),
    "scenario": Option(_FILE, is_text=True, is_path=True, of=_BOTH),
    "record": Option(_FOLDER, is_text=True, is_path=True, of=_BOTH),
    "ready_file": Option(_FILE, is_text=True, is_path=True),
    "port_file": Option(_FILE, is_text=True, is_path=True),
    "exports": Option(
        Check("a table of variables, each 'url', 'ws_url' or 'api_key'", _is_exported),
        {},
        of=("exec",),
    ),
    "lenient": Option(Check("True or False", _is_bool), False, of=("exec",)),
    "intercept": Option(Check("True or False", _is_bool), False, of=("exec",)),
    "grace": Option(Check("seconds, more than 0", _is_span), 10, of=("exec",)),
}
"""Every option that is no setting, by name."""
