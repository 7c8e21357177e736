"""The faults that some deliveries are to meet, and how far their attempts have come."""

from collections.abc import Iterable, Sequence

from ringback.core.delivery.fault import FaultLike, read_faults
from ringback.core.delivery.shape import Shape, shape_of


class Plan:
    """Entry i of *shapes* is for attempt i + 1 of each delivery; *whose* they are is told."""

    __slots__ = ("reached", "shapes", "whose")

    def __init__(self, shapes: Sequence[Shape | None], whose: str = "") -> None:
        """No attempt has been made under it."""
        self.shapes = shapes
        self.whose = whose
        self.reached = 0
        """The highest number of an attempt that was made under it; 0: none was."""

    def at(self, number: int) -> Shape | None:
        """What befalls attempt *number*, counted from 1; beyond the list nothing does."""
        return self.shapes[number - 1] if number <= len(self.shapes) else None


def read_plan(entries: Iterable[FaultLike], most: int, whose: str) -> Plan | None:
    """Read a whole `faults=[…]` for deliveries of *most* attempts; None where there are none.

    Raises `SettingsError`.
    """
    shapes = tuple(map(shape_of, read_faults(entries, most)))
    return Plan(shapes, whose) if shapes else None
