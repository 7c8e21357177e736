"""Every rule says how sure we are of it, and is proven by a test that names it."""

import ast
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from ringback.core.rules import RULES, TOPICS, Rule, Standing
from ringback.core.rules.page import page
from ringback.settings.settings import Settings

TESTS = Path(__file__).parents[3]
NAMES = [rule.name for rule in RULES]


@cache
def rules_named_by_tests() -> frozenset[str]:
    """The names in each `pytest.mark.rule(…)` below `tests/`."""
    return frozenset(
        ast.literal_eval(name)
        for file in TESTS.rglob("test_*.py")
        if "pytest.mark.rule" in (text := file.read_text("utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "rule"
        and ast.unparse(node.func) == "pytest.mark.rule"
        for name in node.args
    )


def test_every_rule_is_named_by_a_test_that_proves_it() -> None:
    assert [name for name in NAMES if name not in rules_named_by_tests()] == []


def test_no_test_names_a_rule_that_is_not_there() -> None:
    assert rules_named_by_tests() - set(NAMES) == set()


def test_no_two_rules_share_a_name() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_a_rule_states_something_and_says_where_from(rule: Rule) -> None:
    assert rule.statement.endswith(".")
    assert rule.source
    assert rule.standing in Standing


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.setting], ids=lambda r: r.name)
def test_a_rule_is_changed_by_a_setting_that_exists(rule: Rule) -> None:
    assert rule.setting in {field.name for field in fields(Settings)}


@pytest.mark.parametrize(
    ("rule", "standing"),
    [
        ("success", "documented"),
        ("retries", "documented"),
        ("delay", "documented"),
        ("delay-from-the-end", "assumed"),
        ("attempt-limit", "assumed"),
        ("dg-token", "documented"),
        ("acknowledgement", "documented"),
        ("acknowledgement-headers", "observed"),
        ("wav-sizes", "observed"),
        ("framing", "assumed"),
    ],
)
def test_nothing_is_called_surer_than_it_is(rule: str, standing: str) -> None:
    assert RULES[NAMES.index(rule)].standing == standing


def test_the_page_of_the_documentation_is_what_the_code_runs_on() -> None:
    """`ringback rules --format markdown > docs/rules.md` brings it up to date."""
    assert (TESTS.parent / "docs" / "rules.md").read_text("utf-8") == page(TOPICS)


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_the_page_has_one_whole_row_for_each_rule(rule: Rule) -> None:
    (row,) = [line for line in page(TOPICS).splitlines() if line.startswith(f"| {rule.name} |")]
    assert row.count(" | ") == 4
    assert f"| {rule.standing} |" in row
    assert row.endswith(f"| `{rule.setting}` |" if rule.setting else "| none |")
