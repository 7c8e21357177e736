"""What happened, in order: facts, kept for whoever asks."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import overload

from ringback.core.base.history import History
from ringback.core.facts import Fact


class Journal(Sequence[Fact]):
    """Facts in the order in which they happened; append only.

    *on_append*, when it is set, is called with each new fact; it must be quick.
    """

    def __init__(self, keep: int | None = None) -> None:
        """Remember what is appended from now on: the last *keep* facts at least; None: all."""
        self._facts: History[Fact] = History(keep)
        self.on_append: Callable[[Fact], None] | None = None
        self._listeners: dict[object, Callable[[], object]] = {}

    def __repr__(self) -> str:
        return f"<Journal [{len(self._facts)} facts]>"

    def append(self, fact: Fact) -> None:
        """Remember *fact*."""
        self._facts.add(fact)
        if self.on_append is not None:
            self.on_append(fact)
        if self._listeners:
            for listener in list(self._listeners.values()):
                listener()

    def listen(self, listener: Callable[[], object]) -> Callable[[], object]:
        """Call *listener* after each new fact; it must be quick. Returns how to end that."""
        token = object()
        self._listeners[token] = listener
        return partial(self._listeners.pop, token, None)

    def since(self, position: int) -> list[Fact]:
        """The facts from *position*, a former `end`, on, as far as they are kept."""
        return self._facts.since(position)

    @property
    def end(self) -> int:
        """How many facts there ever were."""
        return self._facts.end

    @property
    def dropped(self) -> int:
        """How many of them are not kept."""
        return self._facts.dropped

    def __len__(self) -> int:
        return len(self._facts)

    @overload
    def __getitem__(self, index: int) -> Fact: ...
    @overload
    def __getitem__(self, index: slice) -> list[Fact]: ...
    def __getitem__(self, index: int | slice) -> Fact | list[Fact]:
        return self._facts[index]
