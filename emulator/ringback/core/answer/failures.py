"""Failures in the order in which a test wants requests to meet them.

A predicate is the test's own: it may order more failures, call the emulator from any thread, or
raise. So predicates are asked by `choose`, which changes nothing and needs no lock, and what was
chosen is taken afterwards, if nobody else has met it meanwhile.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from typing import TypeAlias

from ringback.core.answer.failure import RequestFailure
from ringback.core.base.dataclass import dataclass
from ringback.core.base.predicate import is_true
from ringback.core.request.speak import SpeakRequest
from ringback.errors import SettingsError

When: TypeAlias = Callable[[SpeakRequest], bool]
"""Says whether a request is to meet a failure."""


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """What befalls the next request, or the next that *when* says yes to. None: nothing does."""

    failure: RequestFailure | None
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a request meets: the one that was *picked*, or none; or the *error* of a predicate."""

    picked: Waiting | None = None
    error: BaseException | None = field(default=None, compare=False)


class Failures:
    """Failures that wait for their requests, and one that befalls *every* request, or None."""

    def __init__(self, every: RequestFailure | None = None) -> None:
        """*every* befalls each request for which no other waits; None: nothing does."""
        self._every = every
        self._waiting: deque[Waiting] = deque()
        self._asking = 0

    @property
    def unmet(self) -> int:
        """How many failures no request has met."""
        return sum(each.failure is not None for each in self._waiting)

    @property
    def ask(self) -> bool:
        """Whether a predicate has to be asked before a request is answered."""
        return self._asking > 0

    @property
    def waiting(self) -> Sequence[Waiting]:
        """What waits now, in order."""
        return tuple(self._waiting)

    def add(self, failures: Iterable[RequestFailure | None], when: When | None = None) -> None:
        """Let *failures* wait, one for each request, or for each that *when* says yes to.

        Raises `SettingsError` for a *when* that cannot be asked.
        """
        if when is not None and not callable(when):
            raise SettingsError(
                f"when={when!r} cannot be asked: write a function of the request, such as"
                " when=lambda request: request.text == 'Hello'"
            )
        waiting = [Waiting(failure, when) for failure in failures]
        self._waiting.extend(waiting)
        self._asking += len(waiting) if when is not None else 0

    def hold(self, choice: Choice) -> bool:
        """Whether what was chosen waits still. Where it does not, another choice is to be made."""
        return choice.picked is None or choice.picked in self._waiting

    def take(
        self, choice: Choice | None = None, *, streamed: bool = False
    ) -> RequestFailure | None:
        """The failure that a request meets, for which *choice* was made.

        None: there was no predicate to be asked, and what has one was ordered later. A request that
        is *streamed* passes over what is nothing but late.
        """
        if not self._waiting:
            return self._every
        picked = (
            choose_at_once(self._waiting, streamed=streamed) if choice is None else choice.picked
        )
        if picked is None:
            return self._every
        self._waiting.remove(picked)
        self._asking -= picked.when is not None
        return picked.failure


def choose(waiting: Iterable[Waiting], request: SpeakRequest, *, streamed: bool = False) -> Choice:
    """Which of the failures that are *waiting* is for *request*: the first that says yes.

    A predicate that fails chooses nothing, and its error is for the test that it belongs to.
    """
    for each in waiting:
        if _passes_over(each, streamed):
            continue
        try:
            if each.when is None or is_true(each.when(request), "fail_requests(when=…)", _EXAMPLE):
                return Choice(each)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - `pytest.fail` raises no Exception
            return Choice(error=error)
    return Choice()


def choose_at_once(waiting: Iterable[Waiting], *, streamed: bool) -> Waiting | None:
    """The first of the failures that are *waiting* for whatever comes."""
    for each in waiting:
        if each.when is None and not _passes_over(each, streamed):
            return each
    return None


_EXAMPLE = "lambda request: request.text == 'Hello'"


def _passes_over(waiting: Waiting, streamed: bool) -> bool:
    return streamed and waiting.failure is not None and waiting.failure.is_only_late
