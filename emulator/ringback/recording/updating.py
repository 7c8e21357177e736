"""What a scenario expects, brought up to date: only what differs is rewritten.

Comments, quotes and order stay as they are. A value is replaced where it stands; of a list of
attempts the last are taken out, or more are written behind them.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

from ringback.recording.spelling import text as spelt_text
from ringback.scenario.comparing import Check
from ringback.scenario.source import DocumentPath
from ringback.scenario.story.seeing import PENDING
from ringback.scenario.values import ENDS

BYTE_ORDER_MARK = "\ufeff"

_NUMBERS = ("bytes", "deliveries", "pending", "requests")
_TEXTS = ("err_code", "err_msg", "reason", "url")
_WORDS = ("at", "due", "method", "sha256")


class Refused(NamedTuple):
    """An expectation that is not brought up to date, and *why*."""

    check: Check
    why: str


class _Edit(NamedTuple):
    start: int
    end: int
    new: str


class _NotHere(Exception):
    """Why an expectation cannot be brought up to date."""


@dataclass(frozen=True, slots=True)
class Updated:
    """The *text* of a file, and what in it could not be brought up to date."""

    text: str
    refused: tuple[Refused, ...]


def updated(text: str, checks: Sequence[Check]) -> Updated:
    """*text*, of a valid scenario, expecting what its *checks* have got."""
    bare = text.removeprefix(BYTE_ORDER_MARK)
    root = yaml.compose(bare, Loader=yaml.SafeLoader)
    edits: dict[tuple[int, int], _Edit] = {}
    refused: list[Refused] = []
    for check in checks:
        if check.passed:
            continue
        try:
            if any(each.passed and each.path == check.path for each in checks):
                raise _NotHere("it holds for some attempts and not for others")
            edit = _edit(bare, root, check)
            if edits.setdefault(edit[:2], edit) != edit:
                raise _NotHere("attempts differ in it, and it is expected of all")
        except _NotHere as why:
            refused.append(Refused(check, str(why)))
    for edit in sorted(edits.values(), reverse=True):
        bare = bare[: edit.start] + edit.new + bare[edit.end :]
    return Updated(
        text[: len(text) - len(text.removeprefix(BYTE_ORDER_MARK))] + bare, tuple(refused)
    )


def _edit(text: str, root: Any, check: Check) -> _Edit:
    """What has to be written for *check* to pass. Raises `_NotHere`."""
    if "expect" not in check.path[:3]:
        raise _NotHere("it is no expectation; change what the story does")
    node = _found(root, check.path)
    if check.path[-1] == "attempts" and isinstance(node, yaml.SequenceNode):
        return _of_list(text, node, check)
    if not isinstance(node, yaml.ScalarNode):
        raise _NotHere("write by hand what is meant")
    if node.start_mark.line != node.end_mark.line or node.style in ("|", ">"):
        raise _NotHere("its text has several lines; write it by hand")
    return _Edit(node.start_mark.index, node.end_mark.index, _written(_value(check), node.style))


def _found(root: Any, path: DocumentPath) -> Any:
    """The node at *path*; that of an attempt which is written as its moment alone is the moment."""
    node = root
    for place, part in enumerate(path):
        if isinstance(node, yaml.ScalarNode) and part == "at" and place == len(path) - 1:
            return node
        node = _inside(node, part)
        if node is None:
            raise _NotHere("it is not written in this file")
    return node


def _inside(node: Any, part: str | int) -> Any:
    if isinstance(node, yaml.SequenceNode):
        is_there = isinstance(part, int) and part < len(node.value)
        return node.value[part] if is_there else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    return None


def _value(check: Check) -> Any:
    """What the file has to say, read from what the check has got."""
    name, got = check.path[-1], check.got
    around = check.path[-2] if len(check.path) > 1 else ""
    if around == "headers" or name in _TEXTS:
        if got == "none" and around == "headers":
            return None
        if "*" in got or got.endswith("(another one)"):
            raise _NotHere("what was seen may be a secret, and is not written down")
        try:
            return ast.literal_eval(got)
        except (ValueError, SyntaxError):
            raise _NotHere("nothing was seen") from None
    if name == "state":
        if got in ENDS:
            return got
        if got in ("scheduled", "in flight") and check.path[0] == "steps":
            return PENDING
        raise _NotHere(f"it came to no end: {got}")
    if name == "status":
        got = got.partition(" ")[0]
    if (name in (*_NUMBERS, "status", "got", "copy", "attempts") or around == "received") and (
        got.isdigit()
    ):
        return int(got)
    if name in (*_WORDS, "got", "copy") and got != "none":
        return got
    raise _NotHere("write by hand what is meant")


def _written(value: Any, style: str | None) -> str:
    """*value* as the file writes its neighbour: in the same quotes, if those can hold it."""
    if value is None:
        return "null"
    if not isinstance(value, str):
        return str(value)
    # What begins with a dollar would be a variable.
    said = f"${value}" if value.startswith("$") else value
    if style == "'" and said.isprintable():
        return "'" + said.replace("'", "''") + "'"
    bare = spelt_text(said)
    return f'"{bare}"' if style == '"' and not bare.startswith('"') else bare


# -- a list of attempts ----------------------------------------------------------------------------


def _of_list(text: str, node: yaml.SequenceNode, check: Check) -> _Edit:
    """The list at *node* with as many attempts as there were."""
    entries, seen = node.value, check.attempts
    if not seen or len(seen) < len(entries):
        return _shortened(text, node, len(seen))
    told = any(_inside(entry, "got") is not None for entry in entries)
    new = [_entry(at, got, told=told or not entries) for at, got in seen[len(entries) :]]
    if node.flow_style or not entries:
        if not entries:
            return _Edit(node.start_mark.index, node.end_mark.index, f"[{', '.join(new)}]")
        end = entries[-1].end_mark.index
        return _Edit(end, end, "".join(f", {each}" for each in new))
    indent = " " * node.start_mark.column
    end = _end_of_line(text, _last(entries[-1]))
    lines = "".join(f"{_newline(text)}{indent}- {each}" for each in new)
    return _Edit(end, end, lines)


def _shortened(text: str, node: yaml.SequenceNode, count: int) -> _Edit:
    entries = node.value
    if not count:
        end = node.end_mark.index if node.flow_style else _last(entries[-1])
        return _Edit(_behind_blanks(text, node.start_mark.index), end, " []")
    if node.flow_style:
        return _Edit(entries[count - 1].end_mark.index, entries[-1].end_mark.index, "")
    end = _end_of_line(text, _last(entries[count - 1]))
    return _Edit(end, _end_of_line(text, _last(entries[-1])), "")


def _behind_blanks(text: str, place: int) -> int:
    """Where the blanks and line breaks before *place* begin."""
    return len(text[:place].rstrip())


def _last(node: Any) -> int:
    """Where the last text of *node* ends: a block's own end is where the next thing begins."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    return max(_last(each) for each in _children(node))


def _children(node: Any) -> Iterator[Any]:
    for each in node.value:
        yield from each if isinstance(each, tuple) else (each,)


def _end_of_line(text: str, place: int) -> int:
    """The end of the line that *place* is in, a comment included."""
    found = [end for end in (text.find("\n", place), text.find("\r", place)) if end >= 0]
    return min(found, default=len(text))


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _entry(at: str, got: str, *, told: bool) -> str:
    return f"{{at: {at}, got: {got}}}" if told else at
