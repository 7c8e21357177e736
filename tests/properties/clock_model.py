"""Jobs of all kinds, and a model of the clock and the engine that is too simple to be wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from hypothesis import strategies as st

from ringback import Reply
from ringback.core.base.duration import SECOND

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 10 * SECOND

# -- what jobs are made of -----------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What one attempt is told, after so many nanoseconds; meanwhile *children* are submitted."""

    word: str
    takes: int = 0
    children: "tuple[Plan, ...]" = ()

    @property
    def is_answer(self) -> bool:
        return self.word.isdigit()


@dataclass(frozen=True)
class Plan:
    """What the attempts of one job are told; the last repeats. An *app* is really called."""

    told: tuple[Told, ...]
    app: bool = False

    def of(self, number: int) -> Told:
        return self.told[min(number, len(self.told)) - 1]


WORDS = st.sampled_from(["200", "204", "301", "500", "503", "503", "refused", "reset"])
DURATIONS = st.sampled_from([0, 0, 0, 1, 5 * SECOND, LIMIT, LIMIT + 1, 30 * SECOND])
SCRIPTED = st.lists(st.builds(Told, WORDS, DURATIONS), min_size=1, max_size=4).map(
    lambda told: Plan(tuple(told))
)
APPS = st.lists(
    st.builds(
        Told,
        st.sampled_from(["200", "500", "503"]),
        children=st.lists(SCRIPTED, max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=3,
).map(lambda told: Plan(tuple(told), app=True))
PLANS = st.one_of(SCRIPTED, APPS)
SPANS = st.one_of(
    st.sampled_from([0, 1, SECOND, LIMIT, 30 * SECOND - 1, 30 * SECOND, 30 * SECOND + 1]),
    st.integers(0, 400 * SECOND),
)
PICKS = st.integers(0, 1_000)
ENDS = ("answer", "cancel the walk", "cancel it", "abort it")


def reply_of(told: Told) -> Any:
    """How a scripted receiver is told to say *told*."""
    return Reply(int(told.word), after=told.takes / SECOND) if told.is_answer else told.word


# -- the model -----------------------------------------------------------------------------------

Ended: TypeAlias = tuple[int, int, int, int, str]
"""One attempt: position, number, start, end, word."""


@dataclass
class Job:
    """One delivery, as the model sees it."""

    plan: Plan
    attempts: int = 0
    state: str = "scheduled"


@dataclass
class Armed:
    """Something that comes at *due*; *ends* is what the end of an attempt in flight will say."""

    due: int
    sequence: int
    position: int
    ends: tuple[int, str] | None = None


@dataclass
class Model:
    """Time, what is armed, and what has ended."""

    retries: int
    delay: int
    processing: int
    now: int = 0
    sequence: int = 0
    armed: list[Armed] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    gated: bool = False
    at_gate: int | None = None

    def accept(self, plan: Plan) -> int:
        self.jobs.append(Job(plan))
        self._arm(self.now + self.processing, len(self.jobs) - 1)
        return len(self.jobs) - 1

    def cancel(self, position: int) -> None:
        self.jobs[position].state = "cancelled"
        self.armed = [each for each in self.armed if each.position != position or each.ends]

    @property
    def next(self) -> Armed | None:
        return min(self.armed, key=lambda each: (each.due, each.sequence), default=None)

    def run_next(self) -> None:
        first = self.next
        assert first is not None
        self.armed.remove(first)
        self.now = first.due
        if first.ends is not None:
            self._end(first.position, *first.ends)
            return
        job = self.jobs[first.position]
        job.state = "in flight"
        told = job.plan.of(job.attempts + 1)
        if told.is_answer and told.takes:
            word = "timeout" if told.takes > LIMIT else told.word
            self._arm(self.now + min(told.takes, LIMIT), first.position, (self.now, word))
        elif job.plan.app and self.gated:
            self.gated, self.at_gate = False, first.position
        else:
            self._answer(first.position)

    def walk(self, target: int | None, enough: Callable[[], bool] = bool) -> None:
        """Run what is due by *target* (None: all there is); stop at the gate, or when *enough*."""
        while self.at_gate is None and not enough():
            first = self.next
            if first is None or (target is not None and first.due > target):
                self.now = self.now if target is None else target
                return
            self.run_next()

    def open_gate(self, word: str | None = None) -> None:
        """The application answers as planned, or the attempt ends as *word* says."""
        position, self.at_gate = self.at_gate, None
        assert position is not None
        if word is None:
            self._answer(position)
        else:
            self._end(position, self.now, word)

    def _answer(self, position: int) -> None:
        told = self.jobs[position].plan.of(self.jobs[position].attempts + 1)
        for child in told.children:
            self.accept(child)
        self._end(position, self.now, told.word)

    def _end(self, position: int, started: int, word: str) -> None:
        job = self.jobs[position]
        job.attempts += 1
        self.ended.append((position, job.attempts, started, self.now, word))
        if job.state == "cancelled":
            return
        if word in ("200", "204"):
            job.state = "delivered"
        elif job.attempts > self.retries:
            job.state = "exhausted"
        else:
            job.state = "scheduled"
            self._arm(self.now + self.delay, position)

    def _arm(self, due: int, position: int, ends: tuple[int, str] | None = None) -> None:
        self.sequence += 1
        self.armed.append(Armed(due, self.sequence, position, ends))
