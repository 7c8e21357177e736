"""What can become of an attempt, and which of it ends a delivery."""

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
    noted,
    remarked,
    succeeded,
    without_body,
)

FAILURES = [
    AnswerLost(Answered(200)),
    TimedOut(10.0),
    TimedOut(1.0, "connect"),
    Unreachable("refused"),
    Dropped(),
    Garbled("bad status line"),
    Aborted("the guard ran out"),
]


@pytest.mark.rule("success")
@pytest.mark.parametrize("status", range(100, 600))
def test_any_answer_from_200_to_299_is_a_success_and_no_other(status: int) -> None:
    assert succeeded(Answered(status)) is (status // 100 == 2)


@pytest.mark.rule("success")
@pytest.mark.parametrize("outcome", FAILURES, ids=str)
def test_whatever_is_no_answer_is_a_failure(outcome: Outcome) -> None:
    assert not succeeded(outcome)


@pytest.mark.parametrize(
    ("outcome", "word", "sentence"),
    [
        (Answered(503), "503", "answered 503"),
        (Answered(302, note="odd"), "302", "answered 302 (odd)"),
        (
            AnswerLost(Answered(204)),
            "answer lost",
            "the receiver answered 204, and the answer was lost on the way",
        ),
        (TimedOut(10.0), "timeout", "timed out: no answer within 10 s"),
        (TimedOut(0.5, "connect"), "timeout", "timed out: no connection within 0.5 s"),
        (Unreachable("refused"), "refused", "could not connect (refused)"),
        (Unreachable("tls", "expired"), "tls", "could not connect (tls): expired"),
        (Dropped(), "reset", "connection reset while waiting"),
        (Dropped("closed", "sending"), "closed", "connection closed while sending"),
        (Dropped("reset", detail="bad mac"), "reset", "connection reset while waiting: bad mac"),
        (Garbled("no status"), "not http", "the answer is not HTTP: no status"),
        (
            Garbled("no status", "b'SSH'"),
            "not http",
            "the answer is not HTTP: no status; it began b'SSH'",
        ),
        (Aborted("closed"), "aborted", "aborted by the emulator: closed"),
    ],
)
def test_an_outcome_has_a_word_for_timelines_and_a_sentence_for_people(
    outcome: Outcome, word: str, sentence: str
) -> None:
    assert (outcome.word, str(outcome)) == (word, sentence)


def test_what_is_not_said_of_an_outcome_is_the_usual_case() -> None:
    assert Answered(200) == Answered(200, Headers(), b"", note="")
    assert TimedOut(10) == TimedOut(10, phase="answer")
    assert Dropped() == Dropped("reset", phase="waiting")


@pytest.mark.rule("retry-after-ignored")
@pytest.mark.parametrize("status", [301, 429, 503])
def test_a_retry_after_is_noted(status: int) -> None:
    answer = noted(Answered(status, Headers([("Retry-After", "1")])))
    assert str(answer) == f"answered {status} (Retry-After is ignored)"


@pytest.mark.rule("success")
@pytest.mark.parametrize("status", [300, 302, 308, 399])
def test_a_redirect_is_noted_as_not_followed(status: int) -> None:
    answer = noted(Answered(status, Headers([("Location", "/elsewhere")])))
    assert str(answer) == f"answered {status} (the redirect is not followed)"
    assert not succeeded(answer)


def test_notes_are_added_to_what_was_odd_already() -> None:
    headers = Headers([("location", "/"), ("retry-after", "1")])
    answer = noted(Answered(302, headers, b"body", note="truncated body"))
    assert answer == Answered(
        302,
        headers,
        b"body",
        note="truncated body; the redirect is not followed; Retry-After is ignored",
    )


@pytest.mark.parametrize(
    "answer",
    [
        Answered(200, Headers([("Location", "/"), ("Retry-After", "1")])),
        Answered(201, note="truncated body"),
        Answered(299, Headers([("Retry-After", "1")])),
        Answered(304),
        Answered(400, Headers([("Location", "/")])),
        Answered(500),
    ],
    ids=str,
)
def test_an_answer_with_nothing_to_pass_over_stays_as_it_is(answer: Answered) -> None:
    assert noted(answer) is answer


def test_what_is_remarked_later_is_added_to_the_answer() -> None:
    answer = Answered(200, body=b"fine", note="truncated body")
    later = Answered(200, body=b"fine", note="truncated body; the app raised KeyError")
    assert remarked(answer, "the app raised KeyError") == later
    assert remarked(AnswerLost(answer), "the app raised KeyError") == AnswerLost(later)
    assert remarked(Answered(200), "odd") == Answered(200, note="odd")


def test_what_is_no_answer_takes_no_remark() -> None:
    outcome = Dropped("reset", "waiting")
    assert remarked(outcome, "odd") is outcome


def test_an_outcome_is_kept_without_its_body_and_shows_none() -> None:
    answer = Answered(503, Headers([("set-cookie", "s3cret")]), b"s3cret", "odd")
    assert without_body(answer) == Answered(503, answer.headers, b"", "odd")
    assert without_body(AnswerLost(answer)) == AnswerLost(without_body(answer))  # type: ignore[arg-type]
    assert without_body(TimedOut(10)) == TimedOut(10)
    assert repr(answer) == "Answered(503, Headers({'set-cookie': '***'}), <6 bytes>, note='odd')"
