"""A scenario file, read and checked: everything wrong with it is said at once."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ringback.scenario.model import Scenario
from ringback.scenario.source import DocumentPath, Place, Problem, Source, read_source
from ringback.scenario.tree import Tree, parse
from ringback.scenario.values import VERSION, shown
from ringback.scenario.wording import problems_of


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A *scenario*, the *name* of its file, and the *tree* that knows where everything stands."""

    name: str
    scenario: Scenario
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


def _checked(tree: Tree) -> Scenario | None:
    """The scenario in *tree*, or None with one problem at least in the tree."""
    if isinstance(tree.value, dict):
        try:
            scenario = Scenario.model_validate(tree.value)
        except ValidationError as error:
            tree.problems += problems_of(error, tree)
            return None
        return None if tree.problems else scenario
    if not tree.problems:
        tree.problems.append(_no_mapping(tree))
    return None


def _no_mapping(tree: Tree) -> Problem:
    if tree.value is None:
        return Problem(f"the file is empty; a scenario begins with `version: {VERSION}`")
    message = (
        f"a scenario is a mapping that begins with `version: {VERSION}`, not {shown(tree.value)}"
    )
    return Problem(message, tree.place(()))
