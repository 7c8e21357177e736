"""Each error of the emulator's has one status, and a detail that is one line."""

import json

import pytest

from ringback import errors
from ringback.control.problems import TITLES, Problem, answer_of, meant, quoted

STATUSES: dict[type[Exception], int] = {
    errors.ClockBusy: 409,
    errors.ClockClosed: 409,
    errors.NothingDue: 409,
    errors.Runaway: 409,
    errors.RingbackError: 409,
    errors.ClockBackwards: 422,
    errors.ClockLeap: 422,
    errors.SettingsError: 422,
    ValueError: 422,
    errors.Stuck: 504,
    KeyError: 500,
    KeyboardInterrupt: 500,  # type: ignore[dict-item] # a predicate of the test may raise it
}


@pytest.mark.parametrize("kind", STATUSES, ids=lambda kind: kind.__name__)
def test_an_error_has_a_status_and_keeps_its_name(kind: type[Exception]) -> None:
    answer = answer_of(kind("so\nit is\x1b[2J"))
    document = json.loads(answer.body)
    assert answer.status == document["status"] == STATUSES[kind]
    assert document["error"] == kind.__name__
    assert document["title"] == TITLES[answer.status]
    assert document["detail"].isprintable()


def test_a_problem_is_its_own_answer() -> None:
    answer = answer_of(Problem(408, "too late", timeline="nothing"))
    assert (answer.status, json.loads(answer.body)["timeline"]) == (408, "nothing")


def test_the_nearest_word_is_named_where_there_is_one() -> None:
    assert meant("pendng", ["pending", "replies"]) == " Did you mean 'pending'?"
    assert meant("xyz", ["pending", "replies"]) == ""


def test_what_was_sent_is_repeated_as_far_as_it_is_short() -> None:
    assert quoted("a\nb") == repr("a\nb")
    assert len(quoted("x" * 5000)) < 250
