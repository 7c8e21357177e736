"""How many histories there are, told before the first fault is tried.

It is the number for receivers that accept whatever reaches them and submit nothing themselves. Who
counts more or fewer afterwards has met a receiver that does otherwise.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from math import factorial
from typing import NamedTuple

from ringback.core.delivery.outcome import Answered, succeeded
from ringback.core.delivery.reply import Answer
from ringback.core.delivery.shape import Shape


class Kind(NamedTuple):
    """What a choice does to an attempt, as far as what follows depends on it.

    Whether the receiver is reached, whether that is the delivery's end, and how many nanoseconds
    the attempt takes.
    """

    reaches: bool
    ends: bool
    takes: int


UNDISTURBED = Kind(reaches=True, ends=True, takes=0)


def kind_of(fault: Shape, limit: int) -> Kind:
    """What *fault* comes to with a receiver that accepts all, under a *limit* of nanoseconds."""
    answer = fault.instead or fault.heard(Answer(Answered(200)))
    late = answer.takes is None or answer.takes > limit
    takes = limit if answer.takes is None or late else answer.takes
    ends = not late and succeeded(answer.outcome)
    return Kind(reaches=fault.instead is None, ends=ends, takes=takes)


_Armed = tuple[int, int]
"""An attempt: nanoseconds until it is due, and its number, counted from 1."""


def count(
    due: Sequence[int],
    kinds: Sequence[Kind],
    depth: int,
    *,
    delay: int,
    attempts: int,
    interleavings: bool = True,
    reduced: bool = True,
) -> int:
    """The number of histories of deliveries whose first attempts are *due* at these moments.

    *kinds* are those of the faults, each of which may shape one of the first *depth* attempts of
    each delivery, of *attempts* at most, *delay* nanoseconds after the last one. With
    *interleavings* all orders of attempts at one moment count; *reduced*, only the orders of those
    that reach their receivers.
    """
    choices = Counter([UNDISTURBED, *kinds])
    undisturbed = Counter([UNDISTURBED])

    @cache
    def total(armed: tuple[_Armed, ...]) -> int:
        if not armed:
            return 1
        first = armed[0][0]
        ready = [number for moment, number in armed if moment == first]
        later = [(moment - first, number) for moment, number in armed if moment > first]
        found = 0
        options = [choices if number <= depth else undisturbed for number in ready]
        for picked, times in _picks(options):
            reaching = sum(kind.reaches for kind in picked) if reduced else len(picked)
            orders = factorial(reaching) if interleavings else 1
            following = [
                (kind.takes + delay, number + 1)
                for kind, number in zip(picked, ready, strict=True)
                if not kind.ends and number < attempts
            ]
            found += times * orders * total(tuple(sorted(later + following)))
        return found

    return total(tuple(sorted((moment, 1) for moment in due)))


def _picks(options: Sequence[Mapping[Kind, int]]) -> Iterator[tuple[list[Kind], int]]:
    """One kind of each of *options*, in every way, and in how many ways it may come about."""
    if not options:
        yield [], 1
        return
    first, *others = options
    for kind, times in first.items():
        for picked, ways in _picks(others):
            yield [kind, *picked], times * ways
