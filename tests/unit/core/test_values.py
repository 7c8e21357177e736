"""What holds for every module of the core: it is made of values, and it is pure."""

import ast
from dataclasses import fields, is_dataclass
from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path

import pytest

from ringback import core

ROOM = Path(*core.__path__)
MODULES = sorted(
    f"ringback.core.{'.'.join(file.relative_to(ROOM).with_suffix('').parts)}"
    for file in ROOM.rglob("[!_]*.py")
)
VALUES = [
    each
    for name in MODULES
    for _, each in getmembers(import_module(name), isclass)
    if is_dataclass(each) and each.__module__ == name
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__qualname__)
def test_a_value_cannot_be_changed_and_has_no_room_for_anything_else(value: type) -> None:
    assert value.__dataclass_params__.frozen  # type: ignore[attr-defined]
    slots = set(vars(value)["__slots__"]) - {"__weakref__"}  # which holds nothing of its own
    assert slots == {field.name for field in fields(value)}


@pytest.mark.parametrize("name", MODULES)
def test_the_core_never_waits(name: str) -> None:
    source = Path(str(import_module(name).__file__)).read_text("utf-8")
    waits = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.AsyncFunctionDef)
    assert [node for node in ast.walk(ast.parse(source)) if isinstance(node, waits)] == []
