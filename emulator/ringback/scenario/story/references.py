"""Names in a story: each is given once, and stands for something of an earlier step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ringback.scenario.source import DocumentPath
from ringback.scenario.story.steps import verb_of
from ringback.scenario.values import nearest, shown


class Found(NamedTuple):
    """What is wrong with the value at *path*, or with the whole that stands behind its *key*."""

    message: str
    path: DocumentPath
    key: bool = False


REQUEST, DELIVERY, STREAM = "request", "delivery", "stream"

NAMES: Mapping[str, str] = {"submit": REQUEST, "redeliver": DELIVERY, "open": STREAM}
"""The verbs that give names, and to what."""

REFERS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "cancel": ("of", "of", (REQUEST, DELIVERY)),
    "redeliver": ("of", "of", (REQUEST, DELIVERY)),
    "fail_job": ("of", "of", (REQUEST, DELIVERY)),
    "expect": ("of", "", (REQUEST, DELIVERY, STREAM)),
    "wait": ("of", "", (REQUEST, DELIVERY)),
    "send": ("on", "", (STREAM,)),
    "expect_frames": ("on", "", (STREAM,)),
    "ping": ("on", "on", (STREAM,)),
    "close": ("on", "on", (STREAM,)),
}
"""The verbs that refer to something: by which key, by which one if it stands alone, to what."""

ALL = ("deliveries", "pending", "requests", "received")
"""Keys of `expect` that are about everything there is."""


@dataclass(slots=True)
class _Known:
    """What has been told of so far: *kinds* by name, with the step that gave each."""

    kinds: dict[str, str] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def check_references(steps: Any) -> Iterator[Found]:
    """What is wrong with the names in *steps*, as they are written: all of it."""
    if not isinstance(steps, list):
        return
    known = _Known()
    later = _given(steps)
    for index, step in enumerate(steps):
        verb = verb_of(step)
        if verb is None:
            continue
        name, said = verb
        where: DocumentPath = ("steps", index, name)
        if name in REFERS:
            yield from _reference(name, said, where, known, later)
        if name in NAMES:
            yield from _name(name, said, where, known, index)


def _given(steps: list[Any]) -> dict[str, int]:
    """The names that are given anywhere, each with its first step."""
    given: dict[str, int] = {}
    for index, step in enumerate(steps):
        verb = verb_of(step)
        if verb is not None and verb[0] in NAMES:
            for said in verb[1] if isinstance(verb[1], list) else [verb[1]]:
                if isinstance(said, dict) and isinstance(said.get("as"), str):
                    given.setdefault(said["as"], index)
    return given


def _name(verb: str, said: Any, where: DocumentPath, known: _Known, index: int) -> Iterator[Found]:
    kind = NAMES[verb]
    listed = isinstance(said, list)
    for place, each in enumerate(said if listed else [said]):
        known.counts[kind] = known.counts.get(kind, 0) + 1
        name = each.get("as") if isinstance(each, dict) else None
        if not isinstance(name, str):
            continue
        if name in known.kinds:
            inside = (place, "as") if listed else ("as",)
            first = known.steps[name] + 1
            yield Found(
                f"{name!r} is the name of something in step {first} already", (*where, *inside)
            )
        known.kinds.setdefault(name, kind)
        known.steps.setdefault(name, index)


def _reference(
    verb: str, said: Any, where: DocumentPath, known: _Known, later: Mapping[str, int]
) -> Iterator[Found]:
    key, alone, kinds = REFERS[verb]
    if isinstance(said, dict):
        name, place = said.get(key), (*where, key)
        if name is None and verb in ("expect", "wait") and not _is_about_one(verb, said):
            return
    else:
        name, place = said if alone else None, where
    if isinstance(name, str):
        yield from _named(name, place, known, later, kinds)
    elif name is None:
        yield from _unnamed(where, key, known, kinds)


def _is_about_one(verb: str, said: Mapping[str, Any]) -> bool:
    return verb == "expect" and any(name not in ALL for name in said)


def _named(
    name: str,
    place: DocumentPath,
    known: _Known,
    later: Mapping[str, int],
    kinds: tuple[str, ...],
) -> Iterator[Found]:
    kind = known.kinds.get(name)
    if kind in kinds:
        return
    fitting = [each for each, what in known.kinds.items() if what in kinds]
    if kind is not None:
        yield Found(
            f"{name!r} is the name of a {kind}, and a {' or a '.join(kinds)} belongs here", place
        )
    elif name in later:
        yield Found(
            f"{name!r} is there only from step {later[name] + 1} on; a step refers to earlier ones",
            place,
        )
    elif fitting:
        yield Found(f"no earlier step has the name {name!r}{nearest(name, fitting)}", place)
    else:
        yield Found(
            f"no earlier step has the name {name!r}; give one by `as: {_safe(name)}`", place
        )


def _unnamed(
    where: DocumentPath, key: str, known: _Known, kinds: tuple[str, ...]
) -> Iterator[Found]:
    count = sum(known.counts.get(kind, 0) for kind in kinds)
    if count == 1:
        return
    what = " or ".join(kinds)
    names = [each for each, kind in known.kinds.items() if kind in kinds]
    if not count:
        yield Found(f"there is no {what} before this step that it could be about", where, key=True)
    elif names:
        yield Found(
            f"there are {count} before this step; say which by `{key}: {names[-1]}`",
            where,
            key=True,
        )
    else:
        yield Found(
            f"there are {count} before this step; name them by `as: first` and say which by"
            f" `{key}: first`",
            where,
            key=True,
        )


def _safe(name: str) -> str:
    return shown(name).strip("'")
