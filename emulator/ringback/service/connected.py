"""What is connected somewhere, so that it can be connected again when an emulator begins again."""

from typing import Any

from ringback.core.base.dataclass import dataclass
from ringback.core.delivery.fault import FaultLike


@dataclass(frozen=True, slots=True)
class Connected:
    """What one call of `connect` or `receiver` said."""

    place: str
    to: Any
    faults: tuple[FaultLike, ...]
    lifespan: bool
