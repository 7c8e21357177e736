"""Facts in an order in which scripted receivers can bring them about.

A real receiver is at work for a while in which virtual time stands still, and something may happen:
its delivery is given up, say, by the application itself. A scripted one answers at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ringback.core.delivery.outcome import Answered
from ringback.core.facts import AttemptFinished, AttemptStarted, DeliveryCancelled
from ringback.recording.told import Happened

A_MOMENT = 1_000_000
"""How long, in nanoseconds, an answer takes that came when its delivery had been given up."""


def in_their_turn(facts: Iterable[Happened]) -> Iterator[Happened]:
    """*facts*, where nothing comes between the beginning of an attempt and its end at once.

    What gave a delivery up meanwhile comes after the attempt; or the answer takes a moment, where
    it would have been a success.
    """
    known = list(facts)
    given_up = {
        (each.position, each.attempt.number): each
        for each in known
        if isinstance(each, AttemptFinished) and each.attempt.finished_at == each.attempt.started_at
    }
    flying: dict[int, int] = {}
    waiting: dict[int, DeliveryCancelled] = {}
    slow: set[int] = set()
    for fact in known:
        match fact:
            case AttemptStarted():
                if (fact.position, fact.number) in given_up:
                    flying[fact.position] = fact.number
            case DeliveryCancelled() if (number := flying.get(fact.position)) is not None:
                if not isinstance(given_up[fact.position, number].attempt.outcome, Answered):
                    waiting[fact.position] = fact
                    continue
                slow.add(fact.position)
            case AttemptFinished():
                flying.pop(fact.position, None)
                if fact.position in slow:
                    fact = _later(fact)
            case _:
                pass
        yield fact
        if isinstance(fact, AttemptFinished) and fact.position in waiting:
            yield waiting.pop(fact.position)
    yield from waiting.values()


def _later(fact: AttemptFinished) -> AttemptFinished:
    attempt = replace(fact.attempt, finished_at=fact.attempt.finished_at + A_MOMENT)
    return replace(fact, at=attempt.finished_at, attempt=attempt)
