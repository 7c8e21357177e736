"""Failures in the order in which a test wants requests to meet them."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from ringback.core.failure import Failure
from ringback.core.speak import SpeakRequest

When: TypeAlias = Callable[[SpeakRequest], bool]
"""Says whether a request is to meet a failure."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ordered:
    """What befalls the next request, or the next that *when* says yes to. None: nothing does."""

    failure: Failure | None
    when: When | None


class Orders:
    """Failures that wait for their requests, and one that befalls *every* request, or None."""

    def __init__(self, every: Failure | None = None) -> None:
        """Nothing waits."""
        self._every = every
        self._waiting: deque[_Ordered] = deque()

    @property
    def unmet(self) -> int:
        """How many failures no request has met."""
        return sum(each.failure is not None for each in self._waiting)

    def add(self, failures: Iterable[Failure | None], when: When | None = None) -> None:
        """Let *failures* wait, one for each request, or for each that *when* says yes to."""
        self._waiting.extend(_Ordered(failure, when) for failure in failures)

    def take(self, request: SpeakRequest, *, streamed: bool = False) -> Failure | None:
        """The failure that *request* meets.

        One that is *streamed* passes over those that are nothing but late.
        """
        for each in self._waiting:
            if streamed and each.failure is not None and each.failure.is_only_late:
                continue
            if each.when is None or each.when(request):
                self._waiting.remove(each)
                return each.failure
        return self._every
