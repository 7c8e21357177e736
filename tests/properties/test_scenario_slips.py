"""Whatever is written into a scenario file, it is played or told what is wrong with it."""

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ringback.errors import ScenarioError
from ringback.faces.playing import play_scenario
from ringback.scenario.reading import ScenarioFile, check_all
from ringback.scenario.schema import whole_schema
from ringback.scenario.source import Source
from tests.budgets import budget
from tests.properties.mutated_scenarios import SEEDS, slipped

FILES = st.builds(slipped, st.sampled_from(SEEDS), st.integers(0, 1 << 32))
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def read(text: str) -> list[ScenarioFile]:
    """The scenarios in *text*, or none if what is wrong with it has been said in due form."""
    source = Source.of(text, "s")
    try:
        return check_all(source)
    except ScenarioError as caught:
        error = caught
    assert error.problems
    assert len(error.problems) == len(error.mistakes)
    for problem, mistake in zip(error.problems, error.mistakes, strict=True):
        assert_well_said(problem.splitlines()[0], text)
        if mistake.line is not None and mistake.column is not None:
            assert 1 <= mistake.line <= len(source.lines) + 1
            assert mistake.column >= 1
            assert problem.count("\n") == 2
    return []


def assert_well_said(message: str, about: str) -> None:
    """Neither a secret nor a word of Python's own errors, unless it was *about* just that word."""
    assert message.isprintable()
    for secret in ("s3cr3t", "s3/cr"):
        assert secret not in message
    for word in ("Traceback", "pydantic", "Input should", "tuple", "Settings("):
        assert word not in message or word in about


def test_every_seed_is_valid() -> None:
    for seed in SEEDS:
        assert read(seed)


@settings(max_examples=budget(150, 5_000))
@given(FILES | ANY_TEXT)
def test_what_is_wrong_is_told_in_due_form_and_the_rest_is_a_scenario(text: str) -> None:
    read(text)


@settings(max_examples=budget(100, 2_000))
@given(FILES)
def test_what_can_be_read_can_be_played(text: str) -> None:
    for file in read(text)[:2]:
        report = play_scenario(file)
        assert report.outcome in ("passed", "failed", "skipped", "xfailed")
        assert "fault of Ringback" not in report.trouble
        assert "s3cr3t" not in str(report)


@settings(max_examples=budget(10, 200))
@given(FILES)
def test_what_can_be_read_says_the_same_over_sockets(text: str) -> None:
    for file in read(text)[:2]:
        if "https:" in text:
            return
        here, there = play_scenario(file), play_scenario(file, over="sockets")
        assert "fault of Ringback" not in there.trouble
        if not there.skipped:
            assert there.failures == here.failures


@settings(max_examples=budget(100, 2_000))
@given(FILES)
def test_what_the_loader_takes_the_schema_takes(text: str) -> None:
    for file in read(text)[:1]:
        errors = Draft202012Validator(whole_schema()).iter_errors(file.tree.value)
        assert [error.message for error in errors] == []
