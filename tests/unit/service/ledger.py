"""Deliveries as a dispatcher would keep them, made by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import overload

from ringback.core.base.duration import SECOND
from ringback.core.delivery.delivery import Attempt as CoreAttempt
from ringback.core.delivery.delivery import Delivery as CoreDelivery
from ringback.core.delivery.delivery import Job, State
from ringback.core.request.speak import SpeakRequest
from ringback.service.views import Delivery
from tests.conftest import a_job, an_attempt

ACCEPTED = 100 * SECOND


@dataclass
class Ledger(Sequence[Delivery]):
    """Deliveries as they stand, and views of them."""

    deliveries: list[CoreDelivery] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.deliveries)

    @property
    def positions(self) -> Sequence[int]:
        return range(len(self))

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> list[Delivery]: ...
    def __getitem__(self, index: int | slice) -> Delivery | list[Delivery]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        return Delivery(self, range(len(self))[index], rendered)

    def add(self, delivery: CoreDelivery) -> None:
        self.deliveries.append(replace(delivery, position=len(self.deliveries)))


def rendered(request: SpeakRequest) -> bytes:
    return request.text.encode()


def a_delivery(
    *attempts: CoreAttempt,
    state: State = State.SCHEDULED,
    due_at: int | None = None,
    reason: str = "",
    job: Job | None = None,
) -> CoreDelivery:
    return CoreDelivery(
        0, job or a_job(accepted_at=ACCEPTED), state, due_at, tuple(attempts), reason=reason
    )


def at(seconds: float, outcome: object = 503, number: int = 1, took: int = 0) -> CoreAttempt:
    return an_attempt(number, outcome, ACCEPTED + round(seconds * SECOND), took)  # type: ignore[arg-type]
