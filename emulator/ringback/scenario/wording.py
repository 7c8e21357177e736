"""pydantic's errors, turned into problems of a file: our words, and the place of each."""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ringback.scenario.changes import PLAYERS_OWN
from ringback.scenario.masking import without
from ringback.scenario.schema import keys_at, sections_with
from ringback.scenario.source import DocumentPath, Problem
from ringback.scenario.tree import Tree
from ringback.scenario.values import (
    BREAKS,
    FAULT_WORDS,
    NEWEST,
    NO_BODY,
    OUTCOME_WORDS,
    REPLY_WORDS,
    VERSION,
    nearest,
    shown,
)


def problems_of(error: ValidationError, tree: Tree, version: int) -> list[Problem]:
    """One problem for each of pydantic's errors, apart from those that another one explains."""
    details = [each for each in error.errors(include_url=False) if not _follows(each)]
    # What a newer version allows is not known here, so nothing else can be said about its file.
    newer = [each for each in details if each["loc"] == ("version",) and _is_newer(each["input"])]
    unusable = [problem.path for problem in tree.problems if problem.path is not None]
    problems = [_problem(each, tree, version) for each in newer or details]
    return [
        problem
        for problem in problems
        if not any((problem.path or ())[: len(path)] == path for path in unusable)
    ]


def _follows(error: ErrorDetails) -> bool:
    """Whether *error* only follows from others: a list all of whose entries are wrong is short."""
    return error["type"] == "too_short" and bool(error["input"])


def _problem(error: ErrorDetails, tree: Tree, version: int) -> Problem:
    path = _path(error["loc"], tree) + tuple(error.get("ctx", {}).get("inside", ()))
    name = error["loc"][-1] if error["loc"] else ""
    if error["type"] == "missing":
        where = f" in `{path[-1]}`" if path and isinstance(path[-1], str) else ""
        return Problem(f"missing key {name!r}{where}", tree.key_place(path), path)
    if error["type"] == "extra_forbidden":
        return Problem(_unknown_key(path, version), tree.key_place(path), path)
    if path == ("version",):
        return Problem(_unknown_version(error["input"]), tree.place(path), path)
    message = _said(error, path, tree)
    at_key = name == "[key]" or isinstance(error["input"], dict | list)
    return Problem(message, tree.key_place(path) if at_key else tree.place(path), path)


def _said(error: ErrorDetails, path: DocumentPath, tree: Tree) -> str:
    value, context = error["input"], error.get("ctx", {})
    if value is None and path in tree.remarks:
        return "there is nothing here but a comment; put a text that begins with # in quotes"
    say = _SAYINGS.get(error["type"])
    message = say(value, context) if say else f"{shown(value)} cannot stand here"
    if say is _not_a_text and path in tree.flows:
        message += (
            f"; put a text that begins with {'[' if isinstance(value, list) else '{'} in quotes"
        )
    return (
        message
        if value is None or isinstance(value, dict | list)
        else without(value, message, path)
    )


def _path(loc: tuple[str | int, ...], tree: Tree) -> DocumentPath:
    """Where *loc* leads in the file: pydantic also names the members of unions on its way."""
    path: DocumentPath = ()
    for part in loc:
        if (*path, part) in tree.places:
            path = (*path, part)
    return path


def _unknown_key(path: DocumentPath, version: int) -> str:
    *around, key = path
    if around == ["settings"] and key in PLAYERS_OWN:
        return f"{key!r} is for whoever plays the scenario to decide; take it out"
    known = keys_at(tuple(around), version)
    elsewhere = [name for name in sections_with(str(key), version) if name not in around]
    if elsewhere:
        return f"unknown key {key!r} here; it belongs under `{elsewhere[0]}`"
    return f"unknown key {key!r}{nearest(str(key), known)}"


def _unknown_version(value: Any) -> str:
    if _is_newer(value):
        return f"version {value} is from a newer Ringback; this one reads versions 1 and {NEWEST}"
    meant = value if value == str(NEWEST) else VERSION
    return f"{shown(value)} is no version of this format; write `version: {meant}`"


def _is_newer(version: Any) -> bool:
    return isinstance(version, int) and version > NEWEST


def _not_a_text(value: Any, _: dict[str, Any]) -> str:
    if isinstance(value, dict | list):
        return f"{shown(value)} stands where a text belongs"
    return f"{shown(value)} is not a text unless it is put in quotes"


def _not_a_list(value: Any, _: dict[str, Any]) -> str:
    example = "" if isinstance(value, dict) else f"; write [{value}]"
    if isinstance(value, str) and (len(value) > 40 or "://" in value):
        example = "; put it in brackets"
    return f"{shown(value)} stands where a list belongs{example}"


def _not_a_mapping(value: Any, _: dict[str, Any]) -> str:
    return f"{shown(value)} stands where keys belong; write `key: value` under it"


def _wrong_form(kind: str, *, words: tuple[str, ...], rest: str) -> Callable[..., str]:
    choice = f"write a status such as 503, one of {', '.join(words)}{rest}"
    return lambda value, _: f"{shown(value)} is not {kind}; {choice}"


_LONG_FAULT = ", null, a mapping with `fault` and its numbers"
_LONG_FORM = ", or a mapping with `status`, `headers`, `body` or `after`"
_SAYINGS: dict[str, Callable[[Any, dict[str, Any]], str]] = {
    "scenario": lambda _, context: str(context["text"]),
    "string_type": _not_a_text,
    "int_type": lambda value, _: f"{shown(value)} is not a whole number",
    "float_type": lambda value, _: f"{shown(value)} is not a number",
    "bool_type": lambda value, _: f"{shown(value)} is neither true nor false",
    "tuple_type": _not_a_list,
    "dict_type": _not_a_mapping,
    "model_type": _not_a_mapping,
    "literal_error": lambda value, context: f"{shown(value)} is not {context['expected']}",
    "greater_than_equal": lambda value, context: f"{value} is less than {context['ge']}",
    "less_than_equal": lambda value, context: f"{value} is more than {context['le']}",
    "too_short": lambda _value, _: "the list is empty; write at least one entry",
    "too_long": lambda _, context: f"the list has more than {context['max_length']} entries",
    "reply_form": _wrong_form("an answer", words=REPLY_WORDS, rest=_LONG_FORM),
    "fault_form": _wrong_form(
        "a fault",
        words=FAULT_WORDS,
        rest=_LONG_FAULT + _LONG_FORM,
    ),
    "outcome_form": _wrong_form("an outcome", words=OUTCOME_WORDS, rest=""),
    "header_form": _not_a_text,
    "list_form": _not_a_list,
    "tag_form": lambda value, _: f"{shown(value)} is not a tag; write a text or a list of texts",
    "answer_form": lambda value, _: (
        f"{shown(value)} is not an answer to the submission; write keys, such as {{status: 400}},"
        f" or one of {', '.join(BREAKS)}"
    ),
    "failure_form": lambda value, _: (
        f"{shown(value)} is not a failure; write a status such as 503, one of {', '.join(BREAKS)},"
        " or a mapping with `status`, `delay` or `breaks`"
    ),
    "frame_form": lambda value, _: (
        f"{shown(value)} is not a frame; write a message, such as {{type: Flush}}, audio or close"
    ),
    "texts_form": lambda value, _: f"{shown(value)} is not a text; write a text or a list of texts",
    "attempts_form": lambda value, _: (
        f"{shown(value)} are no attempts; write how many there are, or a list such as [+0s, +30s]"
    ),
    "submit_form": _not_a_mapping,
    "same_as_form": lambda value, _: f"{shown(value)} {NO_BODY}",
}
