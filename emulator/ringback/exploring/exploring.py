"""`explore`: a story under every history of faults; the shortest that breaks it is shown.

Each history begins at a clean emulator and tells the story from its beginning, which makes its
application anew. Time is virtual, so a history costs what its receivers cost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field
from functools import partial
from typing import NamedTuple

from ringback.core.base.dataclass import dataclass
from ringback.core.base.ids import IdSource
from ringback.core.delivery.fault import FaultLike, read_fault
from ringback.core.delivery.shape import Shape, shape_of
from ringback.errors import HistoryBroken, SettingsError, StoryError
from ringback.exploring.counting import count, kind_of
from ringback.exploring.histories import Branch, Choices, Histories, disturbances, simpler
from ringback.exploring.picking import by_chance, followed, without_end
from ringback.exploring.progress import Progress
from ringback.exploring.stage import Stage
from ringback.exploring.story import Story, begin, check_story, end, name_of
from ringback.exploring.turns import Pick, Turns
from ringback.settings.settings import Settings

FAULTS: Sequence[FaultLike] = (500, "timeout", "answer lost", "duplicate")
"""What is tried if nothing else is said: refused work, silence, and the two kinds of doubling."""

MOST = 1_000_000
"""Histories that nobody meant to wait for."""


@dataclass(frozen=True, slots=True)
class Exploration:
    """What was tried: *histories* so many, where *expected* were for receivers that accept all.

    *broken* are those that broke the story, the shortest first; *sampled* if not all were tried.
    """

    histories: int
    expected: int
    broken: Sequence[HistoryBroken] = ()
    sampled: bool = False


def explore(
    story: Story,
    faults: Iterable[FaultLike] = FAULTS,
    depth: int = 3,
    *,
    settings: Settings | None = None,
    interleavings: bool = True,
    limit: int | None = None,
    seed: int = 0,
    share: tuple[int, int] = (0, 1),
    strict: bool = True,
    find_all: bool = False,
) -> Exploration:
    """Tell *story* under every history of *faults* in the first *depth* attempts of each delivery.

    *story* is a generator function that takes an emulator: before its `yield` it makes its
    application, connects it and submits; then the clock runs until idle, under each history anew;
    after it, it asserts. All orders of attempts at one moment are tried, if they reach a receiver;
    without *interleavings* only the order of acceptance.

    *limit* is the most histories that are tried: if there are more, a sample of so many, the same
    for the same *seed*. *share* (2, 8) tries the third of eight shares, for tests that run side by
    side. *strict*: crashes of the application, unknown keys and callbacks that lead nowhere break
    a history too.

    Raises `HistoryBroken` with the shortest history that breaks the story (with *find_all* nothing
    is raised, and all of them are returned), `StoryError` for a story that is none or keeps
    something from one history to the next, and `SettingsError`.
    """
    check_story(story)
    read = _read_faults(faults)
    if depth < 0:
        raise SettingsError(f"depth={depth}: it is a number of attempts, 0 or more")
    if not 0 <= share[0] < share[1]:
        raise SettingsError(f"share={share}: write (0, n) to (n - 1, n) for n shares")
    if limit is not None and limit < 1:
        raise SettingsError(f"limit={limit}: it is a number of histories, 1 or more")
    settings = Settings() if settings is None else settings
    if settings.rate:
        raise SettingsError("explore() moves the clock itself: it needs Settings(clock='paused')")
    explorer = _Explorer(
        story, read, depth, settings, interleavings=interleavings, strict=strict, find_all=find_all
    )
    return explorer.explore(limit, seed, share)


def _read_faults(faults: Iterable[FaultLike]) -> list[Shape]:
    if isinstance(faults, str | int):
        raise SettingsError(f"faults must be a list: write faults=[{faults!r}]")
    read = []
    for fault in map(shape_of, map(read_fault, faults)):
        if fault is None:
            raise SettingsError(
                "explore(faults=[…]) holds None: the history without a fault is tried by itself"
            )
        read.append(fault)
    return read


class _Told(NamedTuple):
    """What came of one history."""

    turns: Turns
    error: Exception | None
    due: Sequence[int]


@dataclass(slots=True)
class _Explorer:
    story: Story
    faults: Sequence[Shape]
    depth: int
    settings: Settings
    interleavings: bool
    strict: bool
    find_all: bool
    reduced: bool = True
    tried: int = 0
    first: _Told | None = None
    broken: list[HistoryBroken] = field(default_factory=list)

    def explore(self, limit: int | None, seed: int, share: tuple[int, int]) -> Exploration:
        with Stage(self.settings) as ringback:
            self.first = first = self.tell(ringback, self._following(()))
            expected = self.expected(first.due)
            sampled = limit is not None and expected > limit
            if limit is None and expected > MOST:
                raise SettingsError(
                    f"depth={self.depth} with {len(self.faults)} faults makes {expected:,}"
                    f" histories of {name_of(self.story)}: take a smaller depth or fewer faults, or"
                    " limit=10_000 for a sample"
                )
            progress = Progress(name_of(self.story), min(expected, limit or expected))
            with progress:
                if sampled:
                    self._sample(ringback, limit or 0, seed + share[0], progress)
                else:
                    self._exhaust(ringback, share, limit or MOST, progress)
            self._check_clean(ringback)
        return Exploration(self.tried, expected, tuple(self.broken), sampled)

    def expected(self, due: Sequence[int]) -> int:
        """How many histories there are for deliveries that are *due* at these moments."""
        policy = self.settings.retry_policy
        return count(
            due,
            [kind_of(fault, self.settings.attempt_limit) for fault in self.faults],
            self.depth,
            delay=policy.delay,
            attempts=policy.retries + 1,
            interleavings=self.interleavings,
            reduced=self.reduced,
        )

    def tell(self, ringback: Stage, turns: Turns) -> _Told:
        """Tell the story once, from a clean beginning."""
        ringback.begin_again(turns)
        telling = begin(self.story, ringback)
        due = ringback.due()
        error: Exception | None = None
        try:
            ringback.run_until_idle()
            end(self.story, telling)
            if self.strict and (found := ringback.happened()):
                error = AssertionError("\n".join(found))
        except StoryError:
            raise
        except Exception as raised:  # noqa: BLE001 - a story may assert by whatever it likes
            error = raised
        except BaseException as outcome:
            outcome.add_note(f"under this history:\n{ringback.timeline}")
            raise
        finally:
            telling.close()
        return _Told(turns, error, due)

    def _exhaust(
        self, ringback: Stage, share: tuple[int, int], most: int, progress: Progress
    ) -> None:
        histories = Histories(*share)
        for branch in histories:
            told = self.tell(ringback, self._following(branch.choices))
            self._check_same(branch, told.turns)
            if histories.is_own(branch):
                self.tried += 1
                progress.tick()
            if told.error is not None:
                self._take_broken(ringback, told)
            if self.tried >= most:
                raise StoryError(
                    f"{most:,} histories were tried, and {name_of(self.story)} goes on: its"
                    " receivers refuse what reaches them, or submit again. Take a smaller depth,"
                    " or limit=10_000 for a sample"
                )
            histories.grow(branch, told.turns.met)

    def _sample(self, ringback: Stage, limit: int, seed: int, progress: Progress) -> None:
        """Try histories by chance; one that breaks the story is made as short as it gets."""
        chance = IdSource(seed)
        seen: set[Choices] = set()
        for _ in range(20 * limit):  # some come up again and again, and count once
            turns = self._turns(partial(by_chance, chance))
            told = self.tell(ringback, turns)
            choices = without_end(turns.choices)
            if choices in seen:
                continue
            seen.add(choices)
            self.tried += 1
            progress.tick()
            if told.error is not None:
                self._take_broken(ringback, self._shortened(ringback, choices, told))
            if self.tried == limit:
                return

    def _shortened(self, ringback: Stage, choices: Choices, told: _Told) -> _Told:
        """The same without every disturbance that is not needed to break the story."""
        for simple in simpler(choices):
            again = self.tell(ringback, self._following(simple))
            if again.error is not None:
                return self._shortened(ringback, simple, again)
        return self.tell(ringback, self._following(choices)) if disturbances(choices) else told

    def _take_broken(self, ringback: Stage, told: _Told) -> None:
        error = told.error
        broken = HistoryBroken(
            name_of(self.story),
            told.turns.words,
            ringback.timeline,
            self.tried,
            f"{type(error).__name__}: {error}" if str(error) else type(error).__name__,
            ringback.as_scenario(),
        )
        broken.__cause__ = error
        self.broken.append(broken)
        if not self.find_all:
            again = self.tell(ringback, self._following(tuple(told.turns.choices)))
            if again.error is None:
                raise StoryError(self._kept("it broke once and not when it was tried again")) from (
                    error
                )
            self._check_clean(ringback)
            raise broken

    def _check_same(self, branch: Branch, turns: Turns) -> None:
        """What leads to a branch leads there again, unless something was kept since."""
        place = len(branch.choices) - 1
        if place >= 0 and (
            len(turns.met) <= place
            or turns.met[place].trace != branch.trace
            or turns.met[place].options <= branch.choices[place]
        ):
            raise StoryError(self._kept(f"under {turns.words}, what came before went otherwise"))

    def _check_clean(self, ringback: Stage) -> None:
        """After others, the history without faults must be what it was before them."""
        first, again = self.first, self.tell(ringback, self._following(()))
        if first is not None and (
            again.turns.met != first.turns.met or (again.error is None) != (first.error is None)
        ):
            raise StoryError(
                self._kept("without any fault it went otherwise after the other histories")
            ) from again.error

    def _kept(self, what: str) -> str:
        return (
            f"{name_of(self.story)} keeps something from one history to the next: {what}. Make the"
            " application, and whatever it stores in, anew before the yield"
        )

    def _following(self, choices: Choices) -> Turns:
        return self._turns(partial(followed, choices))

    def _turns(self, pick: Pick) -> Turns:
        return Turns(
            pick,
            self.faults,
            self.depth,
            interleavings=self.interleavings,
            reduced=self.reduced,
        )
