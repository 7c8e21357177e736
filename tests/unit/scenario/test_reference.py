"""The reference of scenario files has every key, and an example of each that is played."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from ringback.scenario.schema import keys_at
from ringback.scenario.source import DocumentPath, Source
from ringback.scenario.story.moving import spread
from ringback.scenario.tree import parse
from ringback.scenario.values import NEWEST
from tests.e2e.pages.reading import DOCS, read

PAGE = DOCS / "reference" / "scenario.md"


def _load(path: Path) -> ModuleType:
    """The module at *path*, which stands in no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


SITE = _load(DOCS / "site" / "from_schema.py")


def used(value: Any, path: DocumentPath = ()) -> Iterator[tuple[DocumentPath, str]]:
    """The keys of *value*, each with where its mapping may stand in a file."""
    if path[-2:-1] == ("steps",):
        value = spread(value)
    if isinstance(value, dict):
        for key, each in value.items():
            yield path, key
            yield from used(each, (*path, key))
    elif isinstance(value, list):
        for each in value:
            yield from used(each, (*path, 0))


def test_each_key_is_explained_and_has_an_example() -> None:
    page = read("reference/scenario", PAGE.read_text("utf-8"))
    examples = [block.text for block in page.blocks if block.language == "yaml"]
    shown: set[tuple[tuple[tuple[str, str], ...], str]] = set()
    tables = {table.path: table.keys for table in SITE.tables()}
    for text in examples:
        for path, key in used(parse(Source.of(text)).value):
            # A list of requests is as good as one.
            shown |= {(tables[each], key) for each in (path, path[:-1]) if each in tables}
    for keys in tables.values():
        for key, said in keys:
            assert said, key
            assert (keys, key) in shown, f"no example has {key!r}, of {[each for each, _ in keys]}"


def test_the_tables_have_every_key_once() -> None:
    text = SITE.scenario()
    assert text.count("### The file") == text.count("### A step") == 1
    for key in (*keys_at((), NEWEST), *keys_at(("steps", 0), NEWEST)):
        assert f"| `{key}` |" in text
    assert "Its keys are those of `receiver.replies`." in text
