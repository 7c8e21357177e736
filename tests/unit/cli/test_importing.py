"""How a command that serves imports what it needs."""

import gc
from collections.abc import Iterator

import pytest

from ringback.cli.importing import nothing_to_collect


@pytest.fixture(params=[True, False])
def collects(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether garbage is collected as the test begins."""
    before = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if before else gc.disable)()


def test_no_garbage_is_looked_for_while_modules_are_imported(collects: bool) -> None:
    with nothing_to_collect():
        assert not gc.isenabled()
    assert gc.isenabled() is collects


def test_a_failing_import_leaves_collecting_as_it_was(collects: bool) -> None:
    with pytest.raises(ImportError), nothing_to_collect():
        raise ImportError
    assert gc.isenabled() is collects
