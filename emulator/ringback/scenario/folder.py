"""The defaults of a folder: found, read and checked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ringback.scenario.schema import DEFAULTS
from ringback.scenario.source import Problem, read_source
from ringback.scenario.story.defaults import FILE, FolderDefaults
from ringback.scenario.tree import parse
from ringback.scenario.values import shown
from ringback.scenario.wording import problems_of


def folder_defaults(path: Path) -> Mapping[str, Any]:
    """What holds for the file at *path*, as it is written: the nearest file alone counts.

    It is looked for in the folder of *path*, and above it as far as the current one. Raises
    `ScenarioError` for defaults that cannot be read.
    """
    file = _nearest(path)
    if file is None:
        return {}
    source = read_source(file)
    tree = parse(source)
    if isinstance(tree.value, dict):
        try:
            FolderDefaults.model_validate(tree.value)
        except ValidationError as error:
            tree.problems += problems_of(error, tree, DEFAULTS)
    elif not tree.problems:
        said = shown(tree.value)
        tree.problems.append(
            Problem(f"defaults are a mapping that begins with `version: 2`, not {said}")
        )
    if tree.problems:
        raise source.error(tree.problems)
    document: Mapping[str, Any] = tree.value
    return document


def _nearest(path: Path) -> Path | None:
    here = path.parent
    found = here / FILE
    if found.is_file():
        return found
    top = Path.cwd()
    inside = here.absolute().is_relative_to(top)
    for above in here.absolute().parents if inside else ():
        if not above.is_relative_to(top):
            return None
        found = above / FILE
        if found.is_file():
            return found.relative_to(top) if not path.is_absolute() else found
    return None
