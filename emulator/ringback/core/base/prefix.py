"""What a list that only grows held at one moment, without a copy of it."""

from collections.abc import Sequence
from typing import TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class Prefix(Sequence[T_co]):
    """The items that a list had when this was made; equal to a list or tuple of the same items."""

    __slots__ = ("_count", "_items")

    def __init__(self, items: Sequence[T_co]) -> None:
        """Hold *items* as they are: none of them may ever be taken out or replaced."""
        self._items = items
        self._count = len(items)

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> T_co: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T_co, ...]: ...
    def __getitem__(self, index: int | slice) -> T_co | tuple[T_co, ...]:
        places = range(self._count)[index]
        if isinstance(places, range):
            return tuple(self._items[place] for place in places)
        return self._items[places]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Prefix | list | tuple):
            return NotImplemented
        return len(self) == len(other) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment] # as a list has none: its items may have none
