"""What a YAML parser complains about, in words that say what to do.

The two parsers of PyYAML word their complaints differently, so both wordings stand in the table.
"""

import re
from collections.abc import Iterator

import yaml

from ringback.scenario.source import Place, Problem, Source

UNPRINTABLE = re.compile("[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML does not allow in a file at all, line breaks apart."""

_AT_THE_START = {
    "a quoted scalar": "the quotes that open here are not closed",
    "a flow sequence": "the list that begins here lacks a comma or its ']'",
    "a flow mapping": "the mapping that begins here lacks a comma or its '}'",
    "a simple key": "this is neither a key nor a value; write `key: value`",
}
"""Contexts whose beginning is the place to look at."""

_BEHIND_AN_INDICATOR = "a text behind > or | begins in the next line; or put it in quotes"
_BY_ITSELF = {
    "sequence entries are not allowed": (
        "a value cannot begin with '- ' here; put it in quotes, or begin a list in the next line"
    ),
    "mapping keys are not allowed": "a value cannot begin with '? '; put it in quotes",
    "comment or line break": _BEHIND_AN_INDICATOR,
    "a comment or a line break": _BEHIND_AN_INDICATOR,
    "a flow node": "the list or mapping around this lacks an entry here, or its end",
}
"""Complaints that say all by themselves."""

_NO_CHARACTER = "this escape is no character; write the character itself"
_BEYOND = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")
_ENDED_ABOVE = "the value has ended before this; put the whole of it in quotes"
_BLOCKS = ("a block mapping", "a block collection")

_WHERE_IT_STOPPED = {
    "mapping values are not allowed": (
        "this ': ' begins no value; put a value that contains ': ' in quotes, or mend the"
        " indentation"
    ),
    "a block mapping": "this line does not fit the mapping around it; mend its indentation",
    "a block collection": "this line does not fit the list around it; begin it with '- '",
}


def unprintable_characters(source: Source) -> list[Problem]:
    """One problem for each line with a character that YAML does not allow in a file."""
    found = ((number, UNPRINTABLE.search(line)) for number, line in _numbered(source))
    return [
        Problem(
            f"the control character U+{ord(match[0]):04X} cannot stand in a scenario; take it out",
            Place(number, match.start() + 1),
        )
        for number, match in found
        if match
    ]


def syntax_problems(source: Source, error: yaml.MarkedYAMLError) -> list[Problem]:
    """The parser's complaint in our words; where a tab is the cause, one problem for each tab."""
    tabs = _tabs(source)
    stopped = _at(error.problem_mark).line
    if any(tab.place and tab.place.line == stopped for tab in tabs):
        return tabs
    return [_explained(source, error)]


def _tabs(source: Source) -> list[Problem]:
    """The lines with a tab in their indentation; in a text of several lines it does no harm."""
    indents = ((number, re.match(" *\t[ \t]*(?=\\S)", line)) for number, line in _numbered(source))
    return [
        Problem(
            "a tab in the indentation, where YAML allows only spaces; replace it",
            Place(number, match[0].index("\t") + 1),
        )
        for number, match in indents
        if match
    ]


def _explained(source: Source, error: yaml.MarkedYAMLError) -> Problem:
    words = f"{error.context or ''}; {error.problem or ''}"
    place = _at(error.problem_mark or error.context_mark)
    if "escape" in words or "hexdecimal" in words:
        return _wrong_escape(source, place)
    for phrase, message in _BY_ITSELF.items():
        if phrase in words:
            return Problem(message, place)
    for phrase, message in _AT_THE_START.items():
        if phrase in words and error.context_mark is not None:
            return Problem(message, _at(error.context_mark))
    line = source.lines[place.line - 1] if place.line <= len(source.lines) else ""
    for phrase, message in _WHERE_IT_STOPPED.items():
        if phrase in words:
            before = line[: place.column - 1].strip(" -")
            return Problem(_ENDED_ABOVE if before and phrase in _BLOCKS else message, place)
    if "cannot start any token" in words:
        character = line[place.column - 1]
        return Problem(f"a value cannot begin with {character!r}; put it in quotes", place)
    return Problem(f"this is not YAML: {error.problem}", place)


def impossible_escapes(source: Source) -> list[Problem]:
    """The escapes beyond the last character that there is."""
    found = ((number, _BEYOND.search(line)) for number, line in _numbered(source))
    return [
        Problem(_NO_CHARACTER, Place(number, match.start() + 1, len(match[0])))
        for number, match in found
        if match
    ] or [Problem(_NO_CHARACTER)]


def _wrong_escape(source: Source, place: Place) -> Problem:
    """The escape that a parser stopped at, or behind the beginning of."""
    line = source.lines[place.line - 1]
    start = line.rfind("\\", 0, place.column)
    escape = line[start : start + 2]
    if start < 0 or escape[1:] in "xuU":
        return Problem(_NO_CHARACTER, place)
    return Problem(
        f"{escape} is no escape in double quotes; write \\{escape}, or take single quotes",
        Place(place.line, start + 1, 2),
    )


def _numbered(source: Source) -> Iterator[tuple[int, str]]:
    return enumerate(source.lines, 1)


def _at(mark: yaml.Mark | None) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
