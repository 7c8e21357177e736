"""What a file's keeper is told has no words of Python in it."""

import ast
import re
from pathlib import Path

import pytest

import ringback
from ringback.scenario.phrasing import for_files, setting_refused
from ringback.settings.settings import CHECKS

HOUSE = Path(ringback.__file__).parent
PYTHON = re.compile(
    r"\w\(\)|\bSettings\b|\btuple\b|\btimedelta\b|\bdict\b|\bNone\b|\bTrue\b|\(,|,\)"
)


def texts_of(path: Path) -> list[str]:
    """The texts of a module, an `x` for whatever is put into one."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    formatted = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in formatted for part in node.values}
    plain = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts
    ]
    return plain + [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        for node in formatted
    ]


HINTS = sorted(
    {
        text
        for path in (HOUSE / "core").rglob("*.py")
        for text in texts_of(path)
        if re.search(r"Settings\.|connect\(\)", text) and "\n" not in text
    }
)
"""The advice of the core; texts of several lines are docstrings."""


def test_there_are_hints_to_put_into_other_words() -> None:
    assert len(HINTS) >= 4


@pytest.mark.parametrize("hint", HINTS)
def test_no_hint_of_the_service_names_a_verb_or_a_class(hint: str) -> None:
    assert not PYTHON.search(for_files(hint))
    assert len(for_files(hint)) > 10


@pytest.mark.parametrize(
    ("name", "wanted"), [(name, check.wanted) for name, check in CHECKS.items()]
)
def test_no_setting_is_refused_in_words_of_python(name: str, wanted: str) -> None:
    said = setting_refused(name, (0,), f"{name} is {wanted}, not (0,)")
    if name not in ("seed", "epoch"):  # a file's own reader refuses all but what these may be
        assert not PYTHON.search(said)
    assert said.startswith(f"{name} is ")
    assert said.endswith("not [0]")


def test_a_setting_is_refused_as_the_file_has_it() -> None:
    reason = "permitted_ports is a tuple of ports from 1 to 65535, or 'any', not (0, 'x')"
    assert setting_refused("permitted_ports", (0, "x"), reason) == (
        "permitted_ports is a list of ports from 1 to 65535, or the word any, not [0, 'x']"
    )


def test_any_other_reason_is_told_as_it_is() -> None:
    assert setting_refused("speech", True, "speech needs its extra") == "speech needs its extra"
