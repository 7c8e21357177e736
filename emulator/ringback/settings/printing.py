"""What holds, as a settings file would say it, each with where it comes from; secrets masked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from json import dumps
from typing import Any

from ringback.core.base.masking import MASK, in_one_line, is_secret, masked_header, masked_url
from ringback.settings.layers import Configuration
from ringback.settings.settings import NAMES

_WIDTH = 40
"""Columns of a line up to its source, where the value leaves as much."""


def printed(found: Configuration) -> list[str]:
    """A line of TOML for each option and setting of *found*, those first that were given.

    One that is not set is a comment.
    """
    rows = []
    names = (*found.options, *NAMES)
    for name in sorted(names, key=lambda name: name not in found.sources):
        value = found.options.get(name, getattr(found.settings, name, None))
        if name in found.sources:
            value, where = found.given[name], found.sources[name].where
        else:
            where = f"default of {found.section}" if name in found.defaults else "default"
        said = f"# {name} is not set" if value is None else f"{name} = {_written(name, value)}"
        rows.append((said, where))
    return [f"{said:{_WIDTH}}  # {where}" for said, where in rows]


def _written(name: str, value: Any) -> str:
    """*value* in TOML, as it may be shown."""
    match value:
        case bool():
            return "true" if value else "false"
        case timedelta():
            return repr(value.total_seconds())
        case datetime():
            return value.isoformat()
        case int() | float():
            return repr(value)
        case Mapping():
            pairs = (
                f"{_text(masked_url(key))} = {_pair(key, each)}" for key, each in value.items()
            )
            return f"{{{', '.join(pairs)}}}"
        case list() | tuple():
            return f"[{', '.join(_written(name, each) for each in value)}]"
        case _:
            return _text(MASK if is_secret(name) else masked_url(str(value)))


def _pair(key: str, value: Any) -> str:
    if isinstance(value, str):
        return _text(MASK if is_secret(key) else masked_url(masked_header(key, value)))
    return _written(key, value)


def _text(text: str) -> str:
    return dumps(in_one_line(text), ensure_ascii=False)
