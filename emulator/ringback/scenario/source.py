"""A scenario file as text: read once, and shown again wherever something is wrong with it."""

import re
import sys
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

from ringback.errors import Mistake, ScenarioError
from ringback.scenario.finding import STDIN
from ringback.scenario.masking import masked, sayable

MAX_BYTES = 1 << 20
"""The largest scenario file: 1 MiB."""

MAX_PROBLEMS = 100
"""How many problems of one file are shown."""

WINDOW = 120
"""How many characters of a line are shown around a problem."""

DocumentPath: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a document: `("receiver", 2)`."""

# YAML ends a line at more characters than a text editor does, and its marks count by them.
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of one line; *line* and *column* count from 1."""

    line: int
    column: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where; *path* is the value of the document that it makes unusable."""

    message: str
    place: Place | None = None
    path: DocumentPath | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The lines of a file, under the name by which it was asked for."""

    name: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, text: str, name: str = "scenario") -> "Source":
        """The lines of *text*."""
        return cls(name, tuple(_LINE_BREAK.split(text)))

    @property
    def text(self) -> str:
        """The whole file, every line ended by a newline."""
        return "\n".join(self.lines)

    def shown(self, problem: Problem) -> str:
        """A problem as people read it: `name:line:column: error: …`, the line, and carets."""
        place, message = problem.place, sayable(problem.message)
        if place is None:
            return f"{self.name}: error: {message}"
        heading = f"{self.name}:{place.line}:{place.column}: error: {message}"
        line = masked(self.lines[place.line - 1]) if place.line <= len(self.lines) else ""
        start = max(0, place.column - 1 - WINDOW // 2) if len(line) > WINDOW else 0
        excerpt = "".join(
            character if character.isprintable() else " "
            for character in line[start : start + WINDOW]
        )
        before = place.column - 1 - start
        pad = " " * _columns(excerpt[:before])
        carets = "^" * max(1, _columns(excerpt[before : before + place.width]))
        number = str(place.line)
        return f"{heading}\n {number} | {excerpt}\n {' ' * len(number)} | {pad}{carets}"

    def error(self, problems: list[Problem]) -> ScenarioError:
        """Every problem, in the order of the file, as one error."""
        ordered = sorted(problems, key=lambda problem: problem.place or Place(0, 0))
        if len(ordered) > MAX_PROBLEMS:
            rest = Problem(f"and {len(ordered) - MAX_PROBLEMS} problems more")
            ordered = [*ordered[:MAX_PROBLEMS], rest]
        return ScenarioError(map(self.shown, ordered), map(self._mistake, ordered))

    def _mistake(self, problem: Problem) -> Mistake:
        place = problem.place
        return Mistake(
            self.name,
            place.line if place else None,
            place.column if place else None,
            sayable(problem.message),
        )


def read_source(path: Path) -> Source:
    """Read the text of *path*, or of standard input.

    Raises `ScenarioError` if there is no such file, or if it is anything but UTF-8 text of at most
    1 MiB.
    """
    name = "<stdin>" if path == STDIN else printable(path)
    source = Source(name, ())
    try:
        raw = _checked(sys.stdin.buffer.read(MAX_BYTES + 1)) if path == STDIN else _bytes_of(path)
        text = _decoded(raw)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise source.error([Problem(f"the file cannot be read: {reason}")]) from None
    except ValueError as error:
        raise source.error([Problem(str(error))]) from None
    return Source.of(text, name)


def printable(path: Path) -> str:
    """The name of *path*, with bytes that are not UTF-8 spelt out."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _bytes_of(path: Path) -> bytes:
    if not path.exists():
        if path.is_symlink():
            raise ValueError("this is a link that leads nowhere; mend it, or take it away")
        raise ValueError(_missing(path))
    if path.is_dir():
        raise ValueError(
            "this is a directory; name a scenario file in it, or let `ringback play` search it"
        )
    if not path.is_file():
        raise ValueError("this is not a regular file; a scenario is a file of text")
    with path.open("rb") as file:
        return _checked(file.read(MAX_BYTES + 1))


def _checked(raw: bytes) -> bytes:
    if len(raw) > MAX_BYTES:
        raise ValueError("the file is larger than 1 MiB; a scenario tells one short story")
    return raw


def _missing(path: Path) -> str:
    siblings = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    near = get_close_matches(path.name, siblings, n=1)
    meant = f"; did you mean {near[0]!r}?" if near else "; check the path"
    return f"there is no such file{meant}"


def _decoded(raw: bytes) -> str:
    for mark, encoding in _ENCODINGS.items():
        if raw.startswith(mark):
            raise ValueError(f"the file is {encoding}; save it as UTF-8")
    if b"\0" in raw:
        raise ValueError("the file is binary; a scenario is UTF-8 text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"line {line} is not UTF-8 (byte 0x{raw[error.start]:02x}); save the file as UTF-8"
        ) from None


def _columns(text: str) -> int:
    """How many columns of a terminal *text* takes: wide characters take two, marks none."""
    return sum(
        0
        if unicodedata.combining(character)
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )
