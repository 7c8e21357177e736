"""A scenario file, read and checked: everything wrong with it is said at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from ringback.errors import SettingsError
from ringback.scenario.folder import folder_defaults
from ringback.scenario.model import Scenario
from ringback.scenario.schema import MODELS, version_of
from ringback.scenario.source import DocumentPath, Place, Problem, Source, read_source
from ringback.scenario.story.defaults import applied, with_folder
from ringback.scenario.story.matrix import Case, cases, wrong_names
from ringback.scenario.story.references import check_references
from ringback.scenario.story.story import Story
from ringback.scenario.tree import Tree, parse
from ringback.scenario.values import NEWEST, VERSION, shown
from ringback.scenario.wording import problems_of

Folder: TypeAlias = Callable[[], Mapping[str, Any]]
"""Finds what holds for the folder of a file, as it is written there."""


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A *scenario*, the *name* of its file, and the *tree* that knows where everything stands.

    *case* is the id of one combination, in a file that has a matrix.
    """

    name: str
    scenario: Scenario | Story
    tree: Tree
    case: str = ""

    @property
    def title(self) -> str:
        """The scenario's name, with the id of its case if it has one."""
        return f"{self.scenario.name} [{self.case}]" if self.case else self.scenario.name

    def line(self, path: DocumentPath) -> int:
        """The line of the key at *path*, or of the nearest value around it."""
        return self.place(path).line

    def place(self, path: DocumentPath) -> Place:
        """The place of the key at *path*, or of the nearest value around it."""
        return self.tree.key_place(path)


def read_scenario(path: Path, case: str = "") -> ScenarioFile:
    """Read the scenario at *path*; of a file with a matrix, the *case* of this id.

    Raises `ScenarioError`, which holds one text with line, column and caret for each problem, and
    `SettingsError` where the file has no such case, or several.
    """
    return _only(read_scenarios(path), case)


def read_scenarios(path: Path) -> list[ScenarioFile]:
    """Read every case of the file at *path*: one, if it has no matrix. Raises `ScenarioError`."""
    source = read_source(path)
    return check_all(source, lambda: folder_defaults(path))


def check(source: Source) -> ScenarioFile:
    """Read the scenario in *source*, wherever its text came from. Raises `ScenarioError`."""
    return _only(check_all(source), "")


def check_all(source: Source, folder: Folder = dict) -> list[ScenarioFile]:
    """Read every case of *source*; *folder* finds what holds for its folder.

    Raises `ScenarioError`.
    """
    tree = parse(source)
    if isinstance(tree.value, dict):
        files = list(_files(source, tree, folder))
    else:
        files = []
        if not tree.problems:
            tree.problems.append(_no_mapping(tree))
    if tree.problems:
        raise source.error(list(dict.fromkeys(tree.problems)))
    return files


def _only(files: list[ScenarioFile], case: str) -> ScenarioFile:
    found = [each for each in files if case in ("", each.case)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(each.case for each in files) or "none"
    if case:
        raise SettingsError(f"{files[0].name} has no case {case!r}; its cases are {known}")
    raise SettingsError(f"{files[0].name} has {len(files)} cases; name one by case=…: {known}")


def _files(source: Source, tree: Tree, folder: Folder) -> Iterator[ScenarioFile]:
    """The scenarios in *tree*, which learns all problems."""
    version = version_of(tree.value)
    if version != NEWEST:
        yield from _validated(source, tree, Case("", tree.value), version)
        return
    tree.problems += _wrong_names(tree)
    document = with_folder(tree.value, folder())
    for case in cases(document):
        moved = dict(case.moved)
        filled = Case(case.id, applied(case.document, moved), moved)
        yield from _validated(source, tree.moved(moved), filled, version)


def _validated(source: Source, tree: Tree, case: Case, version: int) -> Iterator[ScenarioFile]:
    try:
        scenario = MODELS[version].model_validate(case.document)
    except ValidationError as error:
        tree.problems += problems_of(error, tree, version)
    else:
        yield ScenarioFile(source.name, scenario, tree, case.id)
    if version == NEWEST:
        tree.problems += _wrong_references(tree, case.document)


def _wrong_references(tree: Tree, document: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with names, but for what is in steps that cannot be read."""
    told = [problem.path or () for problem in tree.problems]
    for message, path, key in check_references(document.get("steps")):
        if not any(each[: len(path)] == path for each in told):
            yield Problem(message, tree.key_place(path) if key else tree.place(path), path)


def _wrong_names(tree: Tree) -> Iterator[Problem]:
    for message, path, key in wrong_names(tree.value):
        yield Problem(message, tree.key_place(path) if key else tree.place(path), path)


def _no_mapping(tree: Tree) -> Problem:
    if tree.value is None:
        return Problem(f"the file is empty; a scenario begins with `version: {VERSION}`")
    message = (
        f"a scenario is a mapping that begins with `version: {VERSION}`, not {shown(tree.value)}"
    )
    return Problem(message, tree.place(()))
