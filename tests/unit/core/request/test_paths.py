"""Which path was meant."""

import pytest

from ringback.core.request.editions import V1
from ringback.core.request.paths import SERVED, advice


@pytest.mark.parametrize("path", SERVED)
def test_every_served_path_is_meant_by_its_slips(path: str) -> None:
    meant = f"Did you mean {SERVED[path]} {path}?"
    for slip in (f"{path}/", f"/{path}", path.upper(), f"{path}s", f"/v1{path}", path[1:]):
        assert advice(slip) == meant


def test_a_path_that_resembles_none_is_told_so() -> None:
    assert advice("/health").endswith("of /health there is nothing.")


@pytest.mark.parametrize("path", [V1.path, "/v1/projects/1/keys", "/v1/anything"])
def test_where_another_method_is_allowed_that_one_was_meant(path: str) -> None:
    assert advice(path, "PATCH") == f"Did you mean PATCH {path}?"
