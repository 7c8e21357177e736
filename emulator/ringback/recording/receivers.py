"""The scripted receivers that answer what the real ones did: one for each origin, or several.

A receiver's faults are by the number of an attempt. Where two deliveries met different ones in the
attempt of one number, another receiver takes the place of the first in between.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ringback.core.delivery.fault import read_fault
from ringback.core.delivery.outcome import Unreachable
from ringback.core.delivery.shape import shape_of
from ringback.core.facts import AttemptFinished, AttemptStarted
from ringback.recording.entries import Arrival, Entry, entry_of
from ringback.recording.told import Told

Key = tuple[int, int]
"""A delivery's position, and the number of one of its attempts."""


@dataclass(slots=True)
class Script:
    """What stands at *origin* from a certain attempt on; *newest* is the place of its last one."""

    origin: str
    faults: dict[int, Any] = field(default_factory=dict)
    arrivals: list[tuple[int, int, Any]] = field(default_factory=list)
    newest: int = -1

    @property
    def replies(self) -> list[Any]:
        """What is answered, in order of arrival; what repeats at the end is said once."""
        said = [reply for _, _, reply in sorted(self.arrivals, key=lambda each: each[:2])]
        while len(said) > 1 and said[-1] == said[-2]:
            said.pop()
        return said

    @property
    def fault_list(self) -> list[Any]:
        """One entry for each attempt, up to the last that has one."""
        last = max(
            (number for number, fault in self.faults.items() if fault is not None), default=0
        )
        return [self.faults.get(number) for number in range(1, last + 1)]

    def as_step(self) -> dict[str, Any]:
        """The receiver as a step of a story has it."""
        said: dict[str, Any] = {"at": self.origin}
        if replies := self.replies:
            said["replies"] = replies
        if faults := self.fault_list:
            said["faults"] = faults
        return {"receiver": said}


@dataclass(frozen=True, slots=True)
class Receivers:
    """*entries* by attempt, the *first* script of each origin, and those that come *later*: each
    before the attempt that is its key."""

    entries: Mapping[Key, Entry]
    first: Sequence[Script]
    later: Mapping[Key, Script]

    def others(self) -> Iterator[str]:
        """What no script can say."""
        for entry in self.entries.values():
            if entry.other:
                yield entry.other


def receivers(told: Told) -> Receivers:
    """The receivers of *told*, whose facts are in their turn."""
    began = {
        (each.position, each.number): each.at
        for each in told.facts
        if isinstance(each, AttemptStarted)
    }
    finished = {
        (each.position, each.attempt.number): each
        for each in told.facts
        if isinstance(each, AttemptFinished)
    }
    leading = {
        told.jobs[position].endpoint.origin
        for (position, _), each in finished.items()
        if not _led_nowhere(each)
    } | {told.jobs[position].endpoint.origin for position, _ in began.keys() - finished.keys()}
    entries: dict[Key, Entry] = {}
    standing: dict[str, Script] = {}
    first: list[Script] = []
    later: dict[Key, Script] = {}
    flying: list[_Flying] = []
    for place, (key, at) in enumerate(began.items()):
        fact = finished.get(key)
        origin = told.jobs[key[0]].endpoint.origin
        if fact is not None and origin not in leading:
            entries[key] = Entry(None, (), fact.attempt.outcome.word)
            continue
        script = standing.get(origin)
        if script is None:
            script = standing[origin] = Script(origin)
            first.append(script)
        if fact is None:  # it is under way still, as it is with a receiver that keeps silent
            flying.append(_Flying(key, at, place, script))
            continue
        entry = entries[key] = entry_of(fact.attempt, told.settings.attempt_limit)
        if script.faults.get(key[1], entry.fault) != entry.fault:
            # Nobody knows the fault of what began just before and has not ended.
            before = _behind(flying, script)
            script = standing[origin] = Script(origin)
            later[before[0].key if before else key] = script
            for each in before:
                each.script = script
        script.faults[key[1]] = entry.fault
        script.newest = place
        _add(script, place, entry.arrivals)
    for each in flying:
        shape = shape_of(read_fault(each.script.faults.get(each.key[1])))
        copies = 1 if shape is None else max(1, shape.arrives)
        _add(each.script, each.place, [Arrival(each.at, "timeout")] * copies)
        entries[each.key] = Entry(None, (), "timeout")
    return Receivers(entries, first, later)


@dataclass(slots=True)
class _Flying:
    """An attempt that began *at* a moment, as the one at *place*, and has not ended."""

    key: Key
    at: int
    place: int
    script: Script


def _behind(flying: Sequence[_Flying], script: Script) -> list[_Flying]:
    """What is *flying* since the newest attempt of *script* that has ended began."""
    return [each for each in flying if each.script is script and each.place > script.newest]


def _led_nowhere(fact: AttemptFinished) -> bool:
    outcome = fact.attempt.outcome
    return isinstance(outcome, Unreachable) and outcome.reason == "not allowed"


def _add(script: Script, place: int, arrivals: Sequence[Arrival]) -> None:
    script.arrivals += [(each.at, place, each.reply) for each in arrivals]
