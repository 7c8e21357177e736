"""Which path was meant."""

import pytest

from ringback.core.request.paths import SERVED, advice


@pytest.mark.parametrize("path", SERVED)
def test_every_served_path_is_meant_by_its_slips(path: str) -> None:
    meant = f"Did you mean {SERVED[path]} {path}?"
    for slip in (f"{path}/", f"/{path}", path.upper(), f"{path}s", f"/v1{path}", path[1:]):
        assert advice(slip) == meant


def test_a_path_that_resembles_none_is_told_so() -> None:
    assert advice("/health").endswith("of /health there is nothing.")
