"""Where a test's own comparison finds a delivery to be other than expected."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeGuard

if TYPE_CHECKING:
    from ringback import AsyncEmulator, Delivery, Emulator, Rule

AnyEmulator: TypeAlias = "Emulator | AsyncEmulator"

_ATTEMPT_LINE = re.compile(r"[+-][\d.]+s (POST|PUT) ")

_KINDS = ("timeline", "statuses", "offsets")
"""The lists of a delivery that have an entry for each attempt."""


class Difference(NamedTuple):
    """The delivery at a *position* of an emulator, and by attempt's number what was expected.

    *rules* are those behind what happened at the first of them in place of that.
    """

    emulator: AnyEmulator
    position: int
    expected: dict[int, str]
    rules: "tuple[Rule, ...]"

    @property
    def remarks(self) -> dict[tuple[int, int], str]:
        """As the timeline takes them."""
        return {(self.position, number): said for number, said in self.expected.items()}


def compared(left: object, right: object) -> list[str] | None:
    """Compare two timelines row by row; None for what is none."""
    if not (is_timeline(left) and is_timeline(right)):
        return None
    from ringback import compare_timelines

    return compare_timelines(left, right)


def difference(emulators: Iterable[AnyEmulator], one: object, other: object) -> Difference | None:
    """What *one* or *other*, a list of a delivery, has in another way than expected.

    None where neither is a delivery's, or is so of several: nobody can say which was meant.
    """
    if not (isinstance(one, list) and isinstance(other, list | tuple)):
        return None
    known = list(emulators)
    for got, expected in ((one, list(other)), (list(other), one)):
        found = list(_deliveries(known, got, expected))
        if len(found) == 1:
            emulator, delivery, kind = found[0]
            said = dict(_rows(got, expected, kind))
            first = min(said, default=0)
            rules = _rules(delivery, first, got, expected, kind) if first else ()
            return Difference(emulator, delivery.position, said, rules) if said else None
    return None


def is_timeline(value: object) -> TypeGuard[list[str]]:
    """Whether *value* is a list of lines such as `+30s PUT 503`."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(line, str) and _ATTEMPT_LINE.match(line) for line in value)
    )


def _deliveries(
    emulators: Iterable[AnyEmulator], got: list[object], expected: list[object]
) -> "Iterator[tuple[AnyEmulator, Delivery, str]]":
    """The deliveries of which *got* is a list, and which list that is."""
    if not got and not is_timeline(expected):
        return  # every list of a delivery without an attempt is empty
    kinds = _KINDS if got else _KINDS[:1]
    for emulator in emulators:
        for delivery in emulator.deliveries:
            for kind in kinds:
                if getattr(delivery, kind) == got:
                    yield emulator, delivery, kind
                    break


def _rows(got: list[object], expected: list[object], kind: str) -> Iterator[tuple[int, str]]:
    for index in range(max(len(got), len(expected))):
        if index >= len(expected):
            yield index + 1, "not expected"
        elif index >= len(got) or got[index] != expected[index]:
            yield index + 1, f"expected {_word(expected[index], kind)}"


def _word(entry: object, kind: str) -> str:
    return f"+{entry:g}s" if kind == "offsets" and isinstance(entry, int | float) else str(entry)


def _rules(
    delivery: "Delivery", number: int, got: list[object], expected: list[object], kind: str
) -> "tuple[Rule, ...]":
    """The rules behind what happened at attempt *number* in place of what was expected.

    When it came, or whether, is decided by the attempt before; what it came to, by itself.
    """
    behind, at = delivery.rules, number - 1
    before = behind[at - 1] if 0 < at <= len(behind) else ()
    if at >= len(got) or at >= len(expected):
        told = delivery.settled or at < len(got)
        return tuple(rule for rule in before if told and not rule.name.startswith("delay"))
    if kind == "offsets" or (kind == "timeline" and _offset(got[at]) != _offset(expected[at])):
        last = delivery.attempts[at - 1]
        lasted = last.finished_at > last.started_at
        return tuple(rule for rule in before if lasted or rule.name != "delay-from-the-end")
    return behind[at][:1]  # which says why the outcome is what it is


def _offset(line: object) -> str:
    return str(line).partition(" ")[0]
