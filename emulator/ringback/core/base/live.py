"""Lists as others may see them: as they stand at each look, or stood at one, and not theirs to
change."""

from collections.abc import Sequence
from typing import TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class Live(Sequence[T_co]):
    """The items of a list whenever somebody looks; equal to a list or tuple of the same items."""

    __slots__ = ("_items",)

    def __init__(self, items: Sequence[T_co]) -> None:
        """Show *items*, without a copy of them."""
        self._items = items

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> T_co: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T_co, ...]: ...
    def __getitem__(self, index: int | slice) -> T_co | tuple[T_co, ...]:
        return tuple(self._items[index]) if isinstance(index, slice) else self._items[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Live | list | tuple):
            return NotImplemented
        return tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment] # as a list has none: its items may have none


class Prefix(Live[T_co]):
    """What a list that only grows held when this was made."""

    __slots__ = ("_count",)

    def __init__(self, items: Sequence[T_co]) -> None:
        """Hold *items* as they are: none of them may ever be taken out or replaced."""
        super().__init__(items)
        self._count = len(items)

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
