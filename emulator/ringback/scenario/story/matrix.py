"""Files that differ in one value: `$matrix.NAME` stands for each of several, case by case.

It stands for a whole value, as every variable does, wherever a step or a setting has one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from ringback.scenario.source import DocumentPath
from ringback.scenario.story.writing import LABEL
from ringback.scenario.values import nearest

MARK = "$matrix."

MAX_CASES = 1000
"""How many combinations one file may have."""

VARIED = rf"^\$matrix\.{LABEL}$"
"""What stands in the place of a value that the matrix has."""

LONGEST_ID = 40
_PLAIN = re.compile(r"[^\w.+:/@%-]+")
_AS_IT_IS = ("matrix", "version", "name", "why", "$schema")
"""Keys whose values are the same in every case."""


@dataclass(frozen=True, slots=True)
class Case:
    """One combination: the *document* with its values, and its *id*.

    *moved* tells where each of these values stands in the file, by the path at which it was put.
    """

    id: str
    document: Mapping[str, Any]
    moved: Mapping[DocumentPath, DocumentPath] = field(default_factory=dict)


def cases(document: Mapping[str, Any]) -> list[Case]:
    """Every combination of what the document's `matrix` has; one case where it has none.

    One whose matrix cannot be read, or has too many combinations, is taken as it stands.
    """
    matrix = readable(document)
    if not matrix or count(matrix) > MAX_CASES:
        return [Case("", document)]
    names = list(matrix)
    found: list[Case] = []
    ids: set[str] = set()
    for places in product(*(range(len(values)) for values in matrix.values())):
        chosen = dict(zip(names, places, strict=True))
        parts = [_id(name, matrix[name][place], place) for name, place in chosen.items()]
        name = "-".join(parts)
        while name in ids:  # `1` and `"1"` are written alike
            name += "+"
        ids.add(name)
        moved: dict[DocumentPath, DocumentPath] = {}
        put = {
            key: value if key in _AS_IT_IS else _put(value, (key,), matrix, chosen, moved)
            for key, value in document.items()
        }
        found.append(Case(name, put, moved))
    return found


def readable(document: Mapping[str, Any]) -> dict[str, list[Any]] | None:
    """The document's matrix, if it is a mapping of lists; anything else is refused elsewhere."""
    matrix = document.get("matrix")
    if not isinstance(matrix, dict) or not matrix:
        return None
    if not all(isinstance(values, list) and values for values in matrix.values()):
        return None
    return matrix


def count(matrix: Mapping[str, list[Any]]) -> int:
    """How many combinations there are."""
    combinations = 1
    for values in matrix.values():
        combinations *= len(values)
    return combinations


def wrong_names(document: Mapping[str, Any]) -> Iterator[tuple[str, DocumentPath, bool]]:
    """What is wrong with the names of a matrix: message, path, and whether the key is meant."""
    matrix = document.get("matrix")
    known = [str(name) for name in matrix] if isinstance(matrix, dict) else []
    used: set[str] = set()
    for key, value in document.items():
        if key in _AS_IT_IS:
            continue
        for name, path in _marks(value, (key,)):
            used.add(name)
            if not known:
                yield f"there is no `matrix` that {MARK + name!r} could be taken from", path, False
            elif name not in known:
                meant = nearest(name, known)
                yield f"the matrix has no {name!r}{meant}", path, False
    for name in known:
        if name not in used:
            yield f"nothing takes {MARK + name!r}; use it, or take it out", ("matrix", name), True
    combinations = count(readable(document) or {})
    if combinations > MAX_CASES:
        message = f"the matrix has {combinations} combinations, more than {MAX_CASES}"
        yield message, ("matrix",), True


def _marks(value: Any, path: DocumentPath) -> Iterator[tuple[str, DocumentPath]]:
    if isinstance(value, str):
        if value.startswith(MARK):
            yield value.removeprefix(MARK), path
    else:
        for key, each in _inside(value):
            yield from _marks(each, (*path, key))


def _inside(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _put(
    value: Any,
    path: DocumentPath,
    matrix: Mapping[str, list[Any]],
    chosen: Mapping[str, int],
    moved: dict[DocumentPath, DocumentPath],
) -> Any:
    if isinstance(value, str) and value.startswith(MARK):
        name = value.removeprefix(MARK)
        if name in chosen:
            moved[path] = ("matrix", name, chosen[name])
            return matrix[name][chosen[name]]
        return value
    if isinstance(value, dict):
        return {key: _put(each, (*path, key), matrix, chosen, moved) for key, each in value.items()}
    if isinstance(value, list):
        return [_put(each, (*path, key), matrix, chosen, moved) for key, each in enumerate(value)]
    return value


def _id(name: str, value: Any, place: int) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return _PLAIN.sub("_", str(value))[:LONGEST_ID] or f"{name}{place}"
        case _:
            return f"{name}{place}"
