"""One family of errors; each says who must act, and what to do."""

import inspect

import pytest

from ringback import errors
from ringback.errors import (
    ClockBackwards,
    ClockError,
    HistoryBroken,
    Refused,
    RingbackError,
    ScenarioError,
)

FAMILY = [
    RingbackError,
    *(
        each
        for _, each in inspect.getmembers(errors, inspect.isclass)
        if issubclass(each, BaseException) and each is not RingbackError
    ),
]
TREE = [line for line in (errors.__doc__ or "").splitlines() if "── " in line]


@pytest.mark.parametrize("error", FAMILY)
def test_everything_raised_at_the_author_of_a_test_is_one_family(
    error: type[BaseException],
) -> None:
    assert issubclass(error, RingbackError)
    assert error.__doc__


@pytest.mark.parametrize("error", FAMILY[1:])
def test_the_tree_at_the_top_draws_each_error_under_its_parent(
    error: type[BaseException],
) -> None:
    (line,) = (line for line in TREE if f"── {error.__name__} " in f"{line} ")
    assert (ClockError if "│   " in line else RingbackError) in error.__bases__


def test_the_tree_at_the_top_draws_no_error_that_is_not_there() -> None:
    assert len(TREE) == len(FAMILY) - 1


@pytest.mark.parametrize("error", [errors.SettingsError, ClockBackwards])
def test_a_value_that_cannot_mean_anything_is_a_value_error_too(error: type[Exception]) -> None:
    assert issubclass(error, ValueError)


def test_a_refusal_shows_the_answer_and_the_advice() -> None:
    payload = {"err_code": "Bad Request", "err_msg": "Invalid query string.", "request_id": "r"}
    refused = Refused(400, payload, "Quote it.")
    assert str(refused) == "400 Bad Request: Invalid query string. Quote it."
    assert (refused.status, refused.payload, refused.hint) == (400, payload, "Quote it.")
    assert str(Refused(400, payload)) == "400 Bad Request: Invalid query string."


def test_the_faults_of_a_scenario_are_shown_together_in_their_order() -> None:
    error = ScenarioError(["a.yaml:1:1: no", "a.yaml:2:1: neither"])
    assert error.problems == ("a.yaml:1:1: no", "a.yaml:2:1: neither")
    assert str(error) == "a.yaml:1:1: no\na.yaml:2:1: neither"


def test_a_broken_history_shows_what_was_chosen_what_happened_and_what_it_broke() -> None:
    error = HistoryBroken("story()", "answer lost", "one\ntwo", 4, "AssertionError", "version: 1")
    assert str(error) == (
        "story() breaks under answer lost (history 4):\n  one\n  two\nAssertionError"
    )
    assert (error.history, error.tried, error.scenario) == ("answer lost", 4, "version: 1")
    assert error.timeline == "one\ntwo"
