"""Two timelines side by side."""

import pytest

from ringback.core.delivery.timelines import compare_timelines, expect_timeline
from ringback.errors import SettingsError


def test_rows_stand_side_by_side_and_those_that_differ_are_marked() -> None:
    assert compare_timelines(["+0s POST 503", "+30s POST 204"], ["+0s POST 503", "+9s PUT 1"]) == [
        "two timelines of 2 and 2 attempts",
        "+0s POST 503    +0s POST 503",
        "+30s POST 204   +9s PUT 1   <-- differs",
    ]


@pytest.mark.parametrize(
    ("got", "expected", "row"),
    [
        (["+0s POST 503"], [], "+0s POST 503   (nothing)   <-- differs"),
        ([], ["+0s POST 503"], "(nothing)   +0s POST 503   <-- differs"),
    ],
)
def test_what_is_missing_is_nothing(got: list[str], expected: list[str], row: str) -> None:
    assert compare_timelines(got, expected)[1:] == [row]


def test_an_expected_timeline_is_silent() -> None:
    expect_timeline("request 1", ["+0s POST 503"], ("+0s POST 503",))
    expect_timeline("request 1", [], [])


def test_another_timeline_fails_with_both_side_by_side() -> None:
    with pytest.raises(AssertionError) as failed:
        expect_timeline("request 1", ["+0s POST 503"], ["+0s POST 204"])
    assert str(failed.value).splitlines() == [
        "request 1: two timelines of 1 and 1 attempts, as it was and as expected",
        "+0s POST 503   +0s POST 204   <-- differs",
    ]
    assert vars(failed.value)["timelines"] == (["+0s POST 503"], ["+0s POST 204"])


@pytest.mark.parametrize("expected", ["+0s POST 204", [204], [("+0s", 204)]])
def test_what_is_no_timeline_is_refused(expected: list[str]) -> None:
    with pytest.raises(SettingsError, match="takes a list with a line for each attempt"):
        expect_timeline("request 1", ["+0s POST 204"], expected)
