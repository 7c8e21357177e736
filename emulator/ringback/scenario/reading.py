"""A scenario file, read and checked: everything wrong with it is said at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ringback.scenario.model import Scenario
from ringback.scenario.schema import MODELS, version_of
from ringback.scenario.source import DocumentPath, Place, Problem, Source, read_source
from ringback.scenario.story.references import check_references
from ringback.scenario.story.story import Story
from ringback.scenario.tree import Tree, parse
from ringback.scenario.values import NEWEST, VERSION, shown
from ringback.scenario.wording import problems_of


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A *scenario*, the *name* of its file, and the *tree* that knows where everything stands."""

    name: str
    scenario: Scenario | Story
    tree: Tree

    def line(self, path: DocumentPath) -> int:
        """The line of the key at *path*, or of the nearest value around it."""
        return self.place(path).line

    def place(self, path: DocumentPath) -> Place:
        """The place of the key at *path*, or of the nearest value around it."""
        return self.tree.key_place(path)


def read_scenario(path: Path) -> ScenarioFile:
    """Read the scenario at *path*.

    Raises `ScenarioError`, which holds one text with line, column and caret for each problem.
    """
    return check(read_source(path))


def check(source: Source) -> ScenarioFile:
    """Read the scenario in *source*, wherever its text came from. Raises `ScenarioError`."""
    tree = parse(source)
    scenario = _checked(tree)
    if scenario is None:
        raise source.error(tree.problems)
    return ScenarioFile(source.name, scenario, tree)


def _checked(tree: Tree) -> Scenario | Story | None:
    """The scenario in *tree*, or None with one problem at least in the tree."""
    if not isinstance(tree.value, dict):
        if not tree.problems:
            tree.problems.append(_no_mapping(tree))
        return None
    version = version_of(tree.value)
    scenario = None
    try:
        scenario = MODELS[version].model_validate(tree.value)
    except ValidationError as error:
        tree.problems += problems_of(error, tree, version)
    if version == NEWEST:
        tree.problems += _wrong_references(tree)
    return None if tree.problems else scenario


def _wrong_references(tree: Tree) -> Iterator[Problem]:
    """What is wrong with names, but for those that cannot be read."""
    told = [problem.path or () for problem in tree.problems]
    for message, path, key in check_references(tree.value.get("steps")):
        if not any(each[: len(path)] == path for each in told):
            yield Problem(message, tree.key_place(path) if key else tree.place(path), path)


def _no_mapping(tree: Tree) -> Problem:
    if tree.value is None:
        return Problem(f"the file is empty; a scenario begins with `version: {VERSION}`")
    message = (
        f"a scenario is a mapping that begins with `version: {VERSION}`, not {shown(tree.value)}"
    )
    return Problem(message, tree.place(()))
