"""Where a history may turn: the seam for whoever tries all of them."""

from collections.abc import Sequence
from typing import Protocol

from ringback.core.delivery.delivery import Delivery
from ringback.core.delivery.shape import Shape


class Choosing(Protocol):
    """Chooses what is left open. It is asked under the clock's lock, and must not wait."""

    def shape(self, delivery: Delivery) -> Shape | None:
        """What shapes the attempt of *delivery* that is next, or in flight: the same each time.

        It is asked where nothing has been arranged for that attempt.
        """

    def first(self, ready: Sequence[Delivery]) -> int:
        """Which of those *ready* at this moment, in order, begins first, counted from 0."""
