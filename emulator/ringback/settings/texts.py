"""Settings and options as texts say them: a flag `--set`, a variable of the environment."""

import re
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from ringback.errors import SettingsError
from ringback.settings import checks
from ringback.settings.options import OPTIONS
from ringback.settings.settings import NAMES, Settings

PREFIX = "RINGBACK_"

APART = ("settings", "url", "ws_url")
"""Variables that are no settings: where the settings file is, and where a server is."""

_FROM_OUTSIDE = re.compile(r"service_(host|port(_\w+)?)|port_\d+_(tcp|udp)(_\w+)?")
"""What Kubernetes says to all of a service that is called `ringback`; `RINGBACK_PORT` is a URL."""

_NEAR = 0.7
"""How alike two names must be for one to be taken for a slip of the other."""

_KINDS: dict[str, Any] = {each.name: each.type for each in fields(Settings)}
_TUPLES = checks.tuples_of(Settings)


def read_text(name: str, text: str) -> Any:
    """The value that *text* says for the setting or option *name*. Raises `SettingsError`.

    A text means what it says in YAML, but for names whose values are texts: there it is itself. A
    tuple may be written with commas. What it then says is still to be checked.
    """
    import yaml

    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        if _is_text(name):
            return text
        shown = "that" if name == "api_key" else repr(text)
        raise SettingsError(f"{name}: {shown} is no YAML value") from None
    if value is None and text:
        return None
    if _is_text(name):
        return text
    if name in _TUPLES and value != "any":
        return _listed(value)
    if _is_bool(name) and value in (0, 1):
        return bool(value)
    return value


def read_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The texts of the variables `RINGBACK_*`, by setting or option; an empty one says nothing.

    One that looks like a slip of another is refused; any other unknown one is somebody else's.
    Raises `SettingsError`.
    """
    found = {}
    for variable, text in environ.items():
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or not text or name in APART:
            continue
        if name in NAMES or name in OPTIONS:
            if not (name == "port" and text.startswith("tcp://")):
                found[name] = text
        elif not _FROM_OUTSIDE.fullmatch(name):
            near = get_close_matches(name, (*NAMES, *OPTIONS, *APART), n=1, cutoff=_NEAR)
            if near:
                raise SettingsError(
                    f"{variable}: unknown setting; did you mean {PREFIX}{near[0].upper()}?"
                )
    return found


def _is_text(name: str) -> bool:
    """Whether the values of *name* are texts, or None."""
    if name in OPTIONS:
        return OPTIONS[name].is_text
    kind = _KINDS[name]
    return kind is str or (str in get_args(kind) and get_origin(kind) is not tuple)


def _is_bool(name: str) -> bool:
    """Whether the values of *name* are True and False."""
    return isinstance(OPTIONS[name].default, bool) if name in OPTIONS else _KINDS[name] is bool


def _listed(value: object) -> Any:
    """*value* as a list, if it is one that is written with commas, or one that has one entry."""
    import yaml

    if isinstance(value, str):
        return [yaml.safe_load(each) for each in value.split(",") if each.strip()]
    return value if isinstance(value, list) else [value]
