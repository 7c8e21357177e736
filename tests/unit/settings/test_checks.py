"""Checks that are derived from annotations, and those that cannot be."""

from dataclasses import make_dataclass
from datetime import timedelta
from typing import Any, Literal

import pytest

from ringback.settings.checks import BY_HAND, checks_of, tuples_of
from ringback.settings.settings import CHECKS, NAMES, Settings


def derived(kind: Any) -> Any:
    return checks_of(make_dataclass("Some", [("some", kind)]))["some"]


@pytest.mark.parametrize(
    ("kind", "wanted", "right", "wrong"),
    [
        (bool, "True or False", [True, False], [0, 1, None, "yes"]),
        (Literal["a", "b"], "'a' or 'b'", ["a", "b"], ["A", "", None, ["a"]]),
        (Literal[4, 7], "4 or 7", [4, 7], [4.0, "4", True, 5]),
        (Literal[1, 2, 3], "one of 1, 2, 3", [1, 3], [True, 0]),
        (int | None, "an int or None", [None, 0, -1], [True, 1.0, "1"]),
        (
            float | timedelta,
            "seconds or a timedelta, 0 or more",
            [0, 0.5, timedelta(1)],
            [-1, timedelta(-1), "1", True, float("inf")],
        ),
    ],
)
def test_an_annotation_says_what_a_setting_is(
    kind: Any, wanted: str, right: list[Any], wrong: list[Any]
) -> None:
    check = derived(kind)
    assert check.wanted == wanted
    assert [value for value in right if not check.holds(value)] == []
    assert [value for value in wrong if check.holds(value)] == []


@pytest.mark.parametrize("kind", [int, str, str | None, dict[str, str]])
def test_an_annotation_that_says_too_little_needs_a_check_by_hand(kind: Any) -> None:
    with pytest.raises(NotImplementedError, match=r"^what some may be is not said by .*BY_HAND$"):
        derived(kind)


def test_every_setting_is_checked() -> None:
    read_elsewhere = {"clock", "request_failure"}
    assert CHECKS.keys() | read_elsewhere == set(NAMES)
    assert BY_HAND.keys() <= set(NAMES)


def test_tuples_are_found_by_their_annotations() -> None:
    assert tuples_of(Settings) == (
        *("permitted_ports", "mp3_bit_rates"),
        *("allow_origins", "allow_host_headers", "allow_hosts"),
    )
