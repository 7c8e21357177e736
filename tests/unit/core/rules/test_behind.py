"""The rules behind what became of an attempt."""

import pytest

from ringback.core.base.headers import Headers
from ringback.core.delivery.outcome import (
    Aborted,
    Answered,
    AnswerLost,
    Dropped,
    Garbled,
    Outcome,
    TimedOut,
    Unreachable,
)
from ringback.core.rules.behind import behind

RETRIED = ("retries", "delay", "delay-from-the-end")


@pytest.mark.parametrize(
    ("outcome", "rules"),
    [
        (Answered(503), ("success",)),
        (Answered(302), ("redirects",)),
        (Answered(429, Headers([("Retry-After", "5")])), ("success", "retry-after-ignored")),
        (TimedOut(10), ("attempt-limit",)),
        (TimedOut(1, "connect"), ("connect-limit",)),
        (AnswerLost(Answered(200)), ("success",)),
        (Dropped("reset", "waiting"), ("success",)),
        (Unreachable("refused"), ("success",)),
        (Garbled("220 mail.example"), ("success",)),
        (Aborted("the emulator was closed"), ()),
    ],
)
def test_a_failure_and_its_retry_have_rules_behind_them(
    outcome: Outcome, rules: tuple[str, ...]
) -> None:
    assert named(outcome, has_next=True) == rules + RETRIED
    assert named(outcome, is_last=True) == (*rules, "retries")
    assert named(outcome) == rules


def test_a_success_ends_a_delivery_by_two_rules() -> None:
    assert named(Answered(200)) == named(Answered(299)) == ("success", "one-success")


def named(outcome: Outcome, *, has_next: bool = False, is_last: bool = False) -> tuple[str, ...]:
    return tuple(rule.name for rule in behind(outcome, has_next=has_next, is_last=is_last))
