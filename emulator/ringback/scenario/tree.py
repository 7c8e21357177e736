"""A scenario file as plain values, each with its place in the file.

The parser's events are composed here, not by PyYAML: its composer keeps neither the place of a key
nor a second key of the same name, expands aliases and recurses as deep as the file asks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from ringback.scenario.masking import without
from ringback.scenario.scalars import resolve
from ringback.scenario.source import DocumentPath, Place, Problem, Source
from ringback.scenario.syntax import (
    impossible_escapes,
    syntax_problems,
    unprintable_characters,
)

MAX_DEPTH = 64
"""How deep lists and mappings may be nested."""

MAX_VALUES = 20_000
"""How many values a file may hold, lists and mappings among them."""


HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
"""An escape that only the parser of Python lets through."""


def _loader() -> Any:
    """The loader of C, twenty times as fast as that of Python, where it is there and usable.

    When `yaml` is imported a second time in one process, as under pytester, libyaml still makes
    the events of the first one.
    """
    fast = getattr(yaml, "CSafeLoader", None)
    usable = fast and isinstance(next(yaml.parse("", Loader=fast)), yaml.StreamStartEvent)
    return fast if usable else yaml.SafeLoader


_LOADER = _loader()


@dataclass(slots=True)
class Tree:
    """The document's *value*, the *places* of values and of *keys* by path, and the *problems*.

    *flows* are the lists and mappings that stand in brackets, *remarks* the values that are nothing
    but a comment.
    """

    value: Any = None
    places: dict[DocumentPath, Place] = field(default_factory=dict)
    keys: dict[DocumentPath, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    flows: set[DocumentPath] = field(default_factory=set)
    remarks: set[DocumentPath] = field(default_factory=set)

    def place(self, path: DocumentPath) -> Place:
        """The place of the value at *path*, or of the nearest value around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(1, 1))

    def key_place(self, path: DocumentPath) -> Place:
        """The place of the key at *path*, or of its value where it has none, as in a list."""
        return self.keys.get(path) or self.place(path)

    def moved(self, paths: Mapping[DocumentPath, DocumentPath]) -> "Tree":
        """The same for a document that has at some *paths* what stands at others in the file."""
        if not paths:
            return self
        places, keys = dict(self.places), dict(self.keys)
        for path, origin in paths.items():
            length = len(origin)
            for known, moved in ((self.places, places), (self.keys, keys)):
                inside = {each: place for each, place in known.items() if each[:length] == origin}
                moved |= {(*path, *each[length:]): place for each, place in inside.items()}
        return replace(self, places=places, keys=keys)


class _Abandoned(Exception):
    """The rest of the file cannot be read: what is wrong is among the problems."""


def parse(source: Source) -> Tree:
    """Read *source* as YAML 1.2. Nothing is raised: what is wrong is in the tree's problems."""
    unprintable = unprintable_characters(source)
    if unprintable:
        return Tree(problems=unprintable)
    composer = _Composer(source)
    try:
        composer.compose()
    except _Abandoned:
        pass
    except yaml.MarkedYAMLError as error:
        composer.tree.problems += syntax_problems(source, error)
    except (ValueError, OverflowError):  # as the parser of Python ends at `\\U00110000`
        composer.tree.problems += impossible_escapes(source)
    return composer.tree


class _Composer:
    def __init__(self, source: Source) -> None:
        self.tree = Tree()
        self._lines = source.lines
        # The stubs know neither that an event of a node has a tag nor that every event has marks.
        self._events: Iterator[Any] = yaml.parse(source.text, Loader=_LOADER)

    def compose(self) -> None:
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._report("a second document begins here; a file tells one story", event)
                    raise _Abandoned
            elif isinstance(event, yaml.NodeEvent):
                self.tree.value = self._node(event, ())

    def _node(self, event: Any, path: DocumentPath) -> Any:
        self.tree.places[path] = _place(event)
        if len(self.tree.places) > MAX_VALUES:
            self._report(f"more than {MAX_VALUES} values; a scenario tells one short story", event)
            raise _Abandoned
        if isinstance(event, yaml.AliasEvent):
            self._report(
                f"'*{event.anchor}' is an alias, and scenarios have none; write the value out, or"
                " put it in quotes",
                event,
                path,
            )
            return None
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, path)
        elif len(path) >= MAX_DEPTH:
            self._report(f"nested more than {MAX_DEPTH} levels deep", event, path)
            raise _Abandoned
        elif isinstance(event, yaml.SequenceStartEvent):
            self._note_brackets(event, path)
            value = self._sequence(path)
        else:
            self._note_brackets(event, path)
            value = self._mapping(path)
        self._refuse_properties(event, path)
        return value

    def _scalar(self, event: Any, path: DocumentPath) -> Any:
        plain = event.implicit[0]
        half = HALF_A_CHARACTER.search(event.value)
        if half:
            self._report(
                f"\\u{ord(half[0]):04x} is half a character; write the whole of it", event, path
            )
            return None
        if plain and not event.value:
            self._note_remark(event, path)
        try:
            return resolve(event.value) if plain else event.value
        except ValueError as error:
            self._report(str(error), event, path)
            return None

    def _note_brackets(self, event: Any, path: DocumentPath) -> None:
        if event.flow_style:
            self.tree.flows.add(path)

    def _note_remark(self, event: Any, path: DocumentPath) -> None:
        mark = event.start_mark
        if (
            mark.line < len(self._lines)
            and self._lines[mark.line][mark.column :].lstrip()[:1] == "#"
        ):
            self.tree.remarks.add(path)

    def _sequence(self, path: DocumentPath) -> list[Any]:
        items: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: DocumentPath) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            name = self._key(event, path)
            inside = (*path, name)
            if name in mapping:
                first = self.tree.keys[inside]
                self._report(f"duplicate key {name!r}, first given in line {first.line}", event)
                inside = (*path, f"{name} (duplicate)")
            else:
                self.tree.keys[inside] = _place(event)
            value = self._node(next(self._events), inside)
            mapping.setdefault(name, value)
        return mapping

    def _key(self, event: Any, path: DocumentPath) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._report("a key must be a word, not a list, a mapping or an alias", event)
            raise _Abandoned
        self._refuse_properties(event, path)
        name: str = event.value
        if event.implicit[0] and name == "<<":
            self._report("merge keys are not supported; write the keys out", event, (*path, name))
        elif event.implicit[0] and not _is_word(name):
            self._report(f"a key must be a word; put {name!r} in quotes", event, (*path, name))
        return name

    def _refuse_properties(self, event: Any, path: DocumentPath) -> None:
        if event.anchor:
            self._report(
                f"anchors are not supported; take '&{event.anchor}' out, or put the text in quotes",
                event,
                path,
            )
        if getattr(event, "tag", None):
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._report(
                f"tags are not supported; take {tag!r} out, or put the text in quotes", event, path
            )

    def _report(self, message: str, event: Any, path: DocumentPath | None = None) -> None:
        if path is not None:
            message = without(getattr(event, "value", ""), message, path)
        self.tree.problems.append(Problem(message, _place(event), path))


def _is_word(text: str) -> bool:
    try:
        return isinstance(resolve(text), str)
    except ValueError:
        return False


def _place(event: Any) -> Place:
    start, end = event.start_mark, event.end_mark
    width = end.column - start.column if end.line == start.line else 1
    return Place(start.line + 1, start.column + 1, max(1, width))
