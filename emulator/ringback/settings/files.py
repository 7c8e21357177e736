"""The settings file: `ringback.toml`, or the table `[tool.ringback]` of a `pyproject.toml`."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ringback.core.base.dataclass import dataclass
from ringback.core.base.masking import in_one_line
from ringback.errors import SettingsError

OWN, PROJECT = "ringback.toml", "pyproject.toml"
TABLE = ("tool", "ringback")

_NAMED = re.compile(rb"\bringback\b[\"']?\s*[].=]")
"""What a file has that has the table: to parse others would cost every start some milliseconds."""

_AT = re.compile(r" \(at line (?P<line>\d+), column (?P<column>\d+)\)$")


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A settings file: its *table*, which is at *keys* of the *text*."""

    path: Path
    text: str
    keys: tuple[str, ...]
    table: Mapping[str, Any]

    def place(self, *keys: str) -> str:
        """The file and the line at which the value of *keys* of the table begins."""
        line = _line(self.text, (*self.keys, *keys))
        return shown(self.path) if line is None else f"{shown(self.path)}:{line}"


def find(folder: Path) -> SettingsFile | None:
    """The settings file of *folder*, or of the nearest folder above that has one.

    Raises `SettingsError` for one that cannot be read.
    """
    for each in (folder, *folder.parents):
        if (own := each / OWN).is_file():
            return read(own)
        project = each / PROJECT
        if project.is_file() and _NAMED.search(raw := _raw(project)):
            file = _parsed(project, raw)
            if file.keys:
                return file
    return None


def read(path: Path) -> SettingsFile:
    """The settings file at *path*. Raises `SettingsError` for one that is none."""
    file = _parsed(path, _raw(path))
    if path.name == PROJECT and not file.keys:
        raise SettingsError(f"{shown(path)}: it has no table [tool.ringback]; write one")
    return file


def shown(path: Path) -> str:
    """*path* as people know it: from where they are, if it is there or below."""
    here = Path.cwd()
    near = path.relative_to(here) if path.is_relative_to(here) else path
    return in_one_line(str(near))


def _raw(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(
            f"{shown(path)}: the settings file cannot be read: {reason}{_meant(path)}"
        ) from None


def _meant(path: Path) -> str:
    if path.exists() or not path.parent.is_dir():
        return ""
    near = get_close_matches(path.name, [each.name for each in path.parent.iterdir()], n=1)
    return f"; did you mean {in_one_line(near[0])!r}?" if near else ""


def _parsed(path: Path, raw: bytes) -> SettingsFile:
    from tomllib import TOMLDecodeError, loads

    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{shown(path)}:{line}: it is not UTF-8; save it as UTF-8") from None
    try:
        whole = loads(text)
    except TOMLDecodeError as error:
        raise SettingsError(_told(path, text, str(error))) from None
    inner: Any = whole
    for key in TABLE:
        inner = inner.get(key) if isinstance(inner, dict) else None
    if isinstance(inner, dict):
        return SettingsFile(path, text, TABLE, inner)
    return SettingsFile(path, text, (), whole)


def _told(path: Path, text: str, said: str) -> str:
    """What TOML's reader *said*, where, and what to do: not the line, which may hold a secret."""
    match = _AT.search(said)
    place = f"{match['line']}:{match['column']}" if match else str(max(1, len(text.splitlines())))
    message = said[: match.start()] if match else said.removesuffix(" (at end of document)")
    advice = '; a text stands in "quotes"' if message == "Invalid value" else ""
    return f"{shown(path)}:{place}: this is no TOML: {in_one_line(message)}{advice}"


def _line(text: str, keys: tuple[str, ...]) -> int | None:
    """The line of *text*, from 1, with which the value at *keys* comes into it.

    TOML's reader says no places, so that the lines above are read without it and with it.
    """
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if keys[-1] in line and _has(lines[: number - 1], keys) is False:
            ends = (_has(lines[:end], keys) for end in range(number, len(lines) + 1))
            if next((has for has in ends if has is not None), False):
                return number
    return None


def _has(lines: list[str], keys: tuple[str, ...]) -> bool | None:
    """Whether *lines* have a value at *keys*; None where they end in the middle of one."""
    from tomllib import TOMLDecodeError, loads

    try:
        value: Any = loads("\n".join(lines))
    except TOMLDecodeError:
        return None
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True
