"""The course of each delivery in words: its attempts, the rules behind them, and its end."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import TypeAlias

from ringback.core.base.duration import SECOND, words
from ringback.core.rules.rule import Rule
from ringback.service.views import Attempt, Delivery

Remarks: TypeAlias = Mapping[tuple[int, int], str]
"""What is to be said of some attempts, by the position of the delivery and the attempt's number;
of a number that there is not yet, it is said below the last one."""

NO_REMARKS: Remarks = MappingProxyType({})

_FOLDED = 3
"""How many attempts that tell the story of the one before them are told of as one."""


def courses(
    deliveries: Iterable[Delivery], *, rules: bool = False, remarks: Remarks = NO_REMARKS
) -> list[str]:
    """Each delivery, a line for each of its attempts, and where it stands.

    *rules* are told in full where they are first behind an attempt, and afterwards by name.
    """
    lines = []
    told: set[str] = set()
    for delivery in deliveries:
        due = "" if delivery.due_at is None else f", due at {_at(delivery.due_at)}"
        reason = f" ({delivery.reason})" if delivery.reason else ""
        lines.append(
            f"{delivery.request.method} {delivery.endpoint}  request {delivery.request_id}"
            f"  accepted at {_at(delivery.accepted_at)}"
        )
        lines += _of_attempts(delivery, told if rules else None, remarks)
        lines.append(f"  = {delivery.state}{due}{reason}")
    return lines or ["no deliveries"]


def _of_attempts(delivery: Delivery, told: set[str] | None, remarks: Remarks) -> Iterator[str]:
    """A line for each attempt; of many with one story the first is told, and the last named."""
    behind = delivery.rules if told is not None else []

    def of(attempt: Attempt) -> tuple[str, str, tuple[Rule, ...]]:
        remark = remarks.get((delivery.position, attempt.number), "")
        return _story(attempt), remark, behind[attempt.number - 1] if behind else ()

    attempts = delivery.attempts
    for (story, remark, rules), group in groupby(attempts, of):
        first, *others = group
        yield f"  {first}  {story}{_marked(remark)}"
        yield from _of_rules(rules, told)
        if len(others) < _FOLDED:
            yield from (f"  {each}  {story}{_marked(remark)}" for each in others)
        else:
            yield f"  … the same {len(others)} times more, the last at {others[-1]}"
    for (position, number), remark in remarks.items():
        if position == delivery.position and number > len(attempts):
            yield f"  (nothing){_marked(remark)}"


def _of_rules(rules: Iterable[Rule], told: set[str] | None) -> Iterator[str]:
    if told is None:
        return
    known = [rule.name for rule in rules if rule.name in told]
    for rule in rules:
        if rule.name not in told:
            told.add(rule.name)
            setting = f", setting {rule.setting}" if rule.setting else ""
            yield f"      {rule.name} ({rule.standing}{setting}): {rule.statement}"
    if known:
        yield f"      {', '.join(known)}: as above"


def _marked(remark: str) -> str:
    return f"   <-- {remark}" if remark else ""


def _story(attempt: Attempt) -> str:
    fault = f"  [fault: {attempt.fault}]" if attempt.fault else ""
    late = "" if attempt.copied_at is None else f" at {_at(attempt.copied_at)}"
    copy = f"  copy{late}: {attempt.copy}" if attempt.copy is not None else ""
    return f"{attempt.outcome}{fault}{copy}"


def _at(moment: float) -> str:
    return words(round(moment * SECOND))
