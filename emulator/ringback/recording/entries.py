"""An attempt as a script tells it: what happened on its way, and what its receiver answered."""

import re
from dataclasses import dataclass
from typing import Any

from ringback.core.base.duration import nanoseconds, words
from ringback.core.base.headers import is_header_name, is_header_value
from ringback.core.base.masking import masked_header
from ringback.core.delivery.delivery import Attempt
from ringback.core.delivery.fault_words import LATE_COPY_AFTER, WORDS
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

TOLD = ("retry-after", "location")
"""Headers of an answer that a timeline tells of."""

_NUMBER = re.compile(r"after (?P<after>[\d.]+) s|at (?P<at>\d+)|status (?P<status>\d+)")
_HIDES = {
    *("reset after", "reset in answer", "answer replaced", "garbage", "1xx flood"),
    *("endless body", "huge header"),
}
"""Faults under which nobody knows what the receiver answered, and it does not matter."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the receiver answered to one copy of an attempt, which arrived *at* this moment."""

    at: int
    reply: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt: its *fault*, and each of its *arrivals*.

    *said* is the word of its outcome as it will be seen again; *other* is what it was, where no
    script can say that.
    """

    fault: Any
    arrivals: tuple[Arrival, ...]
    said: str
    other: str = ""


def entry_of(attempt: Attempt, limit: int) -> Entry:
    """*attempt* as a script tells it, under an attempt limit of so many nanoseconds."""
    outcome, took = attempt.outcome, attempt.finished_at - attempt.started_at
    fault = _fault(attempt.fault)
    word = fault["fault"] if isinstance(fault, dict) else fault
    if word is not None and word not in WORDS:  # an answer from in between
        return Entry(_reply(outcome, took), (), outcome.word)
    if word in ("refused", "reset", "reset before", "timeout", "reset during"):
        return Entry(fault, (), outcome.word)
    if word in _HIDES and not _fell_short(outcome, word):
        hidden = 200 if isinstance(outcome, TimedOut) else _reply(Answered(200), took)
        return Entry(fault, (Arrival(attempt.started_at, hidden),), outcome.word)
    said, other = _scriptable(outcome)
    heard = outcome.answer if isinstance(outcome, AnswerLost) else outcome
    delay = nanoseconds(fault["after"]) if word == "slow" and isinstance(fault, dict) else 0
    reply = 200 if delay and isinstance(outcome, TimedOut) else _reply(heard, max(took - delay, 0))
    arrivals = [Arrival(attempt.started_at, reply)]
    if attempt.copy is not None:
        after = nanoseconds(fault["after"]) if isinstance(fault, dict) else 0
        if word == "late copy" and not isinstance(fault, dict):
            after = nanoseconds(LATE_COPY_AFTER)
        again = attempt.finished_at + after if after else attempt.started_at
        arrivals.append(Arrival(again, _reply(attempt.copy, 0)))
    return Entry(fault, tuple(arrivals), said, other)


def _fell_short(outcome: Outcome, word: str) -> bool:
    """Whether the receiver gave no answer for a fault to hide."""
    match outcome:
        case Unreachable() | Aborted():
            return True
        case TimedOut():
            return word != "endless body"
        case Dropped(phase="waiting", how="reset"):
            return word != "reset after"
        case _:
            return False


def _fault(name: str | None) -> Any:
    """The fault that is recorded under *name*, as a file writes it."""
    if name is None:
        return None
    word, _, numbers = name.partition(" (")
    if word not in WORDS:
        return name
    given = {
        key: float(value) if key == "after" else int(value)
        for found in _NUMBER.finditer(numbers)
        for key, value in found.groupdict().items()
        if value is not None
    }
    return {"fault": word, **given} if given else word


def _scriptable(outcome: Outcome) -> tuple[str, str]:
    """The word by which a script says *outcome*, and what that was if no script can say it."""
    match outcome:
        case Answered() | AnswerLost() | TimedOut():
            return outcome.word, ""
        case Unreachable(reason="refused"):
            return "refused", ""
        case Unreachable() | Aborted():
            return "refused", outcome.word
        case Dropped(how="reset", phase="waiting", detail=""):
            return "reset", ""
        case Dropped() | Garbled():
            other = outcome.word if outcome.word != "reset" else str(outcome)
            return "reset", other
    raise AssertionError(outcome)


def _reply(outcome: Outcome, took: int) -> Any:
    """What a receiver answered, as a file writes it."""
    if isinstance(outcome, AnswerLost):
        outcome = outcome.answer
    if isinstance(outcome, TimedOut):
        return "timeout"
    if not isinstance(outcome, Answered):
        return _scriptable(outcome)[0]
    long: dict[str, Any] = {"status": outcome.status}
    if headers := _headers(outcome):
        long["headers"] = headers
    if took:
        long["after"] = words(took)
    return outcome.status if len(long) == 1 else long


def _headers(answer: Answered) -> dict[str, str]:
    """Those that a timeline tells of, if a file may say them."""
    found: dict[str, str] = {}
    for name, value in answer.headers.on_the_wire:
        lower = name.lower()
        if lower in TOLD and lower not in found and is_header_name(name) and is_header_value(value):
            found[lower] = masked_header(name, value)
    return found
