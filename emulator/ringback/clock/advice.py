"""What the clock's errors say: what is wrong, and what to do instead."""

from collections.abc import Sequence
from datetime import datetime

from ringback.core.duration import words
from ringback.views import Attempt


def busy_inside(verb: str) -> str:
    """For a mover inside a receiver."""
    return (
        f"{verb}() was called inside a receiver, while its own attempt is in flight, or inside a"
        " predicate of fail(when=…), while its request waits. Neither can move the time that it is"
        " waiting in: answer first, and move the clock in the test."
    )


def busy_beside(verb: str, mover: str) -> str:
    """For a mover beside another."""
    return (
        f"{verb}() was called while {mover}() is moving this clock. One mover at a time: wait for"
        " it to return, or use settle(), which joins."
    )


def nothing_due(verb: str) -> str:
    """For a step when nothing is armed."""
    return (
        f"{verb}(): nothing is due and nothing is in flight. Has the application called /v1/speak"
        " with a callback, at this emulator's URL and with its key?"
    )


def leap(now: datetime, moment: datetime) -> str:
    """For `advance_to` with a moment that is more than a year away."""
    return (
        f"advance_to(): the emulator's clock stands at {now} and was sent to {moment}, which is"
        " more than a year ahead. Is that a moment of frozen time, which the emulator does not"
        " follow yet? clock.sync() makes a freezer's time its own. If it is meant, say how far:"
        " advance(timedelta(days=…))."
    )


def never_true(made: Sequence[Attempt], within: int) -> str:
    """For `advance_until` at its limit; *within* is in nanoseconds."""
    tail = "".join(f"\n  {attempt}" for attempt in made[-11:]) or " none"
    return (
        f"advance_until(): the predicate was not true within {words(within)}. Attempts on the"
        f" way:{tail}"
    )
