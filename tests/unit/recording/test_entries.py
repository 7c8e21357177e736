"""An attempt becomes the fault on its way and the answers of its receiver."""

from dataclasses import replace
from typing import Any

import pytest

from ringback.core.base.duration import SECOND
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
from ringback.recording.entries import entry_of
from tests.conftest import an_attempt

LIMIT = 10 * SECOND


@pytest.mark.parametrize(
    ("outcome", "took", "reply"),
    [
        (Answered(503), 0, 503),
        (Answered(503), SECOND, {"status": 503, "after": "+1s"}),
        (
            Answered(302, Headers({"Location": "https://ada:s3cret@b.example/", "Date": "today"})),
            0,
            {"status": 302, "headers": {"location": "https://***@b.example/"}},
        ),
        (TimedOut(10), LIMIT, "timeout"),
        (Unreachable("refused"), 0, "refused"),
        (Dropped("reset", "waiting"), 0, "reset"),
    ],
)
def test_without_a_fault_the_receiver_did_all_of_it(
    outcome: Outcome, took: int, reply: Any
) -> None:
    entry = entry_of(an_attempt(outcome=outcome, at=5, took=took), LIMIT)
    assert (entry.fault, [each.reply for each in entry.arrivals]) == (None, [reply])
    assert (entry.said, entry.other) == (outcome.word, "")


@pytest.mark.parametrize(
    ("name", "outcome", "took", "fault", "replies"),
    [
        ("refused", Unreachable("refused", "scripted"), 0, "refused", []),
        ("timeout", TimedOut(10), LIMIT, "timeout", []),
        ("503", Answered(503), 0, 503, []),
        ("503", Answered(503), 2 * SECOND, {"status": 503, "after": "+2s"}, []),
        ("answer lost", AnswerLost(Answered(204)), 0, "answer lost", [204]),
        ("answer lost", TimedOut(10), LIMIT, "answer lost", ["timeout"]),
        ("reset after", Dropped("reset", "waiting"), 0, "reset after", [200]),
        ("reset after", Unreachable("refused"), 0, "reset after", ["refused"]),
        ("garbage", Garbled("it does not begin with HTTP/1"), 0, "garbage", [200]),
        ("garbage", Dropped("reset", "waiting"), 0, "garbage", ["reset"]),
        ("endless body", TimedOut(10), LIMIT, "endless body", [200]),
        (
            "answer replaced (status 504)",
            Answered(504),
            0,
            {"fault": "answer replaced", "status": 504},
            [200],
        ),
        (
            "slow (after 3 s)",
            Answered(204),
            4 * SECOND,
            {"fault": "slow", "after": 3.0},
            [{"status": 204, "after": "+1s"}],
        ),
        ("slow (after 30 s)", TimedOut(10), LIMIT, {"fault": "slow", "after": 30.0}, [200]),
        ("body cut (at 7)", Answered(422), 0, {"fault": "body cut", "at": 7}, [422]),
    ],
)
def test_a_fault_is_told_as_a_file_writes_it(
    name: str, outcome: Outcome, took: int, fault: Any, replies: list[Any]
) -> None:
    attempt = replace(an_attempt(outcome=outcome, took=took), fault=name)
    entry = entry_of(attempt, LIMIT)
    assert (entry.fault, [each.reply for each in entry.arrivals]) == (fault, replies)


def test_both_copies_of_a_duplicate_are_answered() -> None:
    attempt = replace(an_attempt(outcome=503), fault="duplicate", copy=Answered(204))
    assert [each.reply for each in entry_of(attempt, LIMIT).arrivals] == [503, 204]
    later = replace(attempt, fault="duplicate (after 2 s)")
    assert [each.at for each in entry_of(later, LIMIT).arrivals] == [0, 2 * SECOND]
    late = replace(attempt, fault="late copy")
    assert [each.at for each in entry_of(late, LIMIT).arrivals] == [0, 30 * SECOND]


@pytest.mark.parametrize(
    ("outcome", "said", "other"),
    [
        (Unreachable("tls", "certificate has expired"), "refused", "tls"),
        (Unreachable("unknown host"), "refused", "unknown host"),
        (Dropped("closed", "waiting"), "reset", "closed"),
        (Dropped("reset", "sending"), "reset", "connection reset while sending"),
        (Garbled("no HTTP"), "reset", "not http"),
        (Aborted("stuck"), "refused", "aborted"),
    ],
)
def test_what_no_script_can_say_is_said_by_the_nearest_word_and_told_of(
    outcome: Outcome, said: str, other: str
) -> None:
    entry = entry_of(an_attempt(outcome=outcome), LIMIT)
    assert (entry.said, entry.other) == (said, other)
    assert [each.reply for each in entry.arrivals] == [said]
