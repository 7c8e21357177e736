"""Deliveries by their position, of which some may be gone."""

from collections.abc import Iterator, Sequence
from typing import overload

from ringback.core.delivery.delivery import Delivery


class Kept(Sequence[Delivery]):
    """What stands at a position for ever, or is not kept any more; in order of acceptance."""

    __slots__ = ("_by_position",)

    def __init__(self) -> None:
        """Keep what is appended."""
        self._by_position: dict[int, Delivery] = {}

    def __len__(self) -> int:
        return len(self._by_position)

    def __iter__(self) -> Iterator[Delivery]:
        return iter(list(self._by_position.values()))

    @overload
    def __getitem__(self, position: int) -> Delivery: ...
    @overload
    def __getitem__(self, position: slice) -> list[Delivery]: ...
    def __getitem__(self, position: int | slice) -> Delivery | list[Delivery]:
        if isinstance(position, slice):
            return list(self)[position]
        delivery = self._by_position.get(position)
        if delivery is None:
            raise IndexError(f"the delivery at position {position} is not kept any more")
        return delivery

    def __setitem__(self, position: int, delivery: Delivery) -> None:
        """Have *delivery* stand at *position*."""
        self._by_position[position] = delivery

    def append(self, delivery: Delivery) -> None:
        """Have *delivery* stand at its position."""
        self._by_position[delivery.position] = delivery

    def forget(self, position: int) -> None:
        """Keep what stands at *position* no more."""
        del self._by_position[position]

    def has(self, position: int) -> bool:
        """Whether what stands at *position* is kept."""
        return position in self._by_position

    @property
    def positions(self) -> list[int]:
        """Where there is one."""
        return list(self._by_position)
