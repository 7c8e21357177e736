"""The page about mistakes says who finds which, and is right; the sound applications are sound."""

import pytest

from tests.e2e.mistake_table import EXAMPLES, NOBODY, by_check, by_explore, table, written

pytestmark = pytest.mark.needs_tool


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_table_of_mistakes_says_who_finds_which(name: str) -> None:
    assert written(name) == table(EXAMPLES[name]()), "python -m tests.e2e.mistake_table mends it"


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_found_in_an_application_without_a_mistake(name: str) -> None:
    example = EXAMPLES[name]()
    assert by_explore(example, example.sound) == []
    assert by_check(example, example.sound) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_explore_and_check_find_every_mistake(name: str) -> None:
    for row in written(name).splitlines()[2:]:
        mistake, _, explored, checked = (cell.strip() for cell in row.strip("|").split("|"))
        assert NOBODY not in (explored, checked), mistake
