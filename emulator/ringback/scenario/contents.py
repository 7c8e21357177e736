"""What is in a body, as a story expects it: a JSON document, a text, a part of one."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ringback.scenario import variables
from ringback.scenario.comparing import Check
from ringback.scenario.source import DocumentPath
from ringback.scenario.story.seeing import WantedBody
from ringback.scenario.values import quoted

MOST_SHOWN = 200
"""Characters of a body that a report shows."""


def content_checks(
    what: str, where: DocumentPath, expected: WantedBody, body: bytes, known: Mapping[str, str]
) -> Iterator[Check]:
    """Hold *body* against what must be in it; *known* are the values of variables."""
    if "document" in expected.model_fields_set:
        yield _json_check(f"{what}, json", (*where, "json"), expected.document, body, known)
    if expected.text is not None:
        right = body == expected.text.encode()
        yield Check(f"{what}, text", (*where, "text"), quoted(expected.text), _shown(body), right)
    if expected.contains is not None:
        listed = isinstance(expected.contains, tuple)
        parts = expected.contains if isinstance(expected.contains, tuple) else (expected.contains,)
        for index, part in enumerate(parts):
            place = (*where, "contains", index) if listed else (*where, "contains")
            yield Check(
                f"{what}, contains", place, quoted(part), _shown(body), part.encode() in body
            )


def _json_check(
    what: str, where: DocumentPath, expected: Any, body: bytes, known: Mapping[str, str]
) -> Check:
    try:
        got = json.loads(body)
    except ValueError:
        return Check(what, where, written(expected), f"no JSON: {_shown(body)}", passed=False)
    difference = first_difference(expected, got, known)
    if difference is None:
        return Check(what, where, written(expected), written(got), passed=True)
    path, wanted, found = difference
    at = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    return Check(f"{what}, {at}" if at else what, (*where, *path), wanted, found, passed=False)


def first_difference(
    expected: Any, got: Any, known: Mapping[str, str], *, partly: bool = False
) -> tuple[DocumentPath, str, str] | None:
    """Where *got* is not what is *expected*: the path, and both in words; None if it is.

    *partly*: a mapping may have more keys than are expected, on the outside.
    """
    if isinstance(expected, dict) and isinstance(got, dict):
        for name in expected.keys() | (set() if partly else got.keys()):
            if name not in got:
                return (name,), written(expected[name]), "none"
            if name not in expected:
                return (), f"no key {name!r}", written(got[name])
        pairs: list[tuple[str | int, Any, Any]] = [(n, expected[n], got[n]) for n in expected]
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            return (), f"{len(expected)} entries", f"{len(got)}"
        pairs = [(n, *pair) for n, pair in enumerate(zip(expected, got, strict=True))]
    elif isinstance(expected, str) and (expected == variables.ANY or isinstance(got, str)):
        right = expected == variables.ANY or variables.agrees(expected, got, known)
        meant = variables.meaning(expected, known)
        return None if right else ((), written(meant), written(got))
    else:
        alike = expected == got and isinstance(expected, bool) == isinstance(got, bool)
        return None if alike else ((), written(expected), written(got))
    for name, wanted, found in pairs:
        inner = first_difference(wanted, found, known)
        if inner is not None:
            return (name, *inner[0]), inner[1], inner[2]
    return None


def written(value: Any) -> str:
    """A value as one line of JSON, in short."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _shown(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"{len(body)} bytes that are no text"
    return quoted(text) if len(text) <= MOST_SHOWN else f"{quoted(text[:MOST_SHOWN])}…"
