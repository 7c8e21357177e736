"""What the clock's errors say: what is wrong, and what to do instead."""

import threading
from collections.abc import Sequence
from datetime import datetime

from ringback.core.base.duration import words
from ringback.core.facts import AttemptFinished, Fact, JobAccepted

_NAMED = 5
"""How many threads are named."""

BACKGROUND = "background work"
"""How what a receiver goes on doing after its answer is called while it keeps time from moving."""


def busy_inside(verb: str) -> str:
    """For a mover inside a receiver."""
    return (
        f"{verb}() was called inside a receiver, while its own attempt is in flight, or inside a"
        " predicate of fail_requests(when=…), while its request waits. Neither can move the time"
        " that it is waiting in: answer first, and move the clock in the test."
    )


def busy_beside(verb: str, mover: str) -> str:
    """For a mover beside another."""
    return (
        f"{verb}() was called while {mover}() is moving this clock. One mover at a time: wait for"
        " it to return, or use settle(), which joins."
    )


def no_steps(verb: str) -> str:
    """For a step of a clock that goes on by itself."""
    return (
        f"{verb}(): a clock that is 'auto' takes every step by itself, so which is next is a matter"
        " of chance. run_until_idle() and advance_until(…) wait for it; Settings(clock='paused')"
        " stands still between two steps."
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


def led_astray(verb: str, now: datetime, told: datetime) -> str:
    """For a verb of a clock whose freezer was moved by somebody else."""
    return (
        f"{verb}(): the clock leads the freezer, and stands at {now}; the freezer was moved to"
        f" {told} by itself. Move the clock, and the freezer goes along; or have the clock go along"
        " with the freezer: clock.follow(frozen)."
    )


def disagreed(moment: int, now: datetime, told: datetime) -> str:
    """For an attempt at *moment*, when the application was told another time."""
    return (
        f"at {words(moment)} the emulator's clock stood at {now}, and the application was told"
        f" {told}. clock.lead(frozen) moves both, and so does clock.follow(frozen)."
    )


def never_true(journal: Sequence[Fact], made: Sequence[AttemptFinished], within: int) -> str:
    """For `advance_until` at its limit; *within* is in nanoseconds, *made* are facts of *journal*.

    As everywhere else, an attempt is told by when it began since its job was accepted.
    """
    accepted = {fact.position: fact.at for fact in journal if isinstance(fact, JobAccepted)}
    tail = ""
    for fact in made[-11:]:
        attempt = fact.attempt
        offset = words(attempt.started_at - accepted.get(fact.position, 0))
        tail += f"\n  {offset} {attempt.message.method} {attempt.outcome.word}"
    return (
        f"advance_until(): the predicate was not true within {words(within)}.{_others_at_work()}"
        f" Attempts on the way:{tail or ' none'}"
    )


def _others_at_work() -> str:
    """Which threads of the application are still there: what they do takes real time."""
    ours = ("ringback", "loopback receiver")
    others = [
        each.name
        for each in threading.enumerate()
        if each is not threading.main_thread()
        and each is not threading.current_thread()
        and not each.name.startswith(ours)
    ]
    if not others:
        return ""
    named = ", ".join(sorted(others)[:_NAMED]) + (", …" if len(others) > _NAMED else "")
    return (
        f" There are threads that are not the emulator's: {named}. If the application works in one"
        " of them, that takes real time and no virtual time: wait_until(…) waits for it, and"
        " hold(…) keeps the clock from going ahead of it."
    )


def stuck(guard: float, busy: Sequence[str]) -> str:
    """For a walk that has waited for *guard* real seconds for what is *busy*, in words."""
    said = f"nothing moved for {guard:g} real seconds; still in flight: "
    if busy and all(each.startswith(BACKGROUND) for each in busy):
        return (
            f"{said}{', '.join(busy)}. The callback was answered, and its delivery keeps that"
            " answer. What the receiver goes on doing keeps time from moving, so that a test sees"
            " its effects: let it end, or raise Settings.guard."
        )
    return (
        f"{said}{', '.join(busy) or 'the event loop itself'}. A real receiver's slowness costs no"
        " virtual time, so this is a receiver that hangs, a client that does not read its answer,"
        " or a hold that was not released. Script a time-out with receiver(…,"
        " replies=['timeout']), or raise Settings.guard."
    )
