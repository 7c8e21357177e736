"""What can happen, in one family of facts."""

import re
from typing import get_args

import pytest

from ringback.core.facts import (
    AttemptFinished,
    AttemptStarted,
    ClockFailed,
    ClockMoved,
    Fact,
    JobAccepted,
    JobFailed,
)
from tests.conftest import a_job


def test_each_fact_has_a_dotted_name_of_its_own() -> None:
    names = [fact.name for fact in get_args(Fact)]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"(speak|stream|auth|request|attempt|delivery|clock)\.[a-z_]+", name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (JobAccepted, "speak.accepted"),
        (JobFailed, "speak.failed"),
        (AttemptStarted, "attempt.started"),
        (AttemptFinished, "attempt.finished"),
        (ClockMoved, "clock.moved"),
        (ClockFailed, "clock.failed"),
    ],
)
def test_a_fact_is_named_in_the_past_tense(kind: type[Fact], name: str) -> None:
    assert kind.name == name


def test_an_accepted_job_names_its_request() -> None:
    assert JobAccepted(0, a_job("request-7"), 0, 0).request_id == "request-7"
