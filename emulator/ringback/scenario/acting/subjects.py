"""What a story is about: its requests and their deliveries, its streams, by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ringback.core.request.endpoint import Endpoint
from ringback.scenario.acting.client import Exchange
from ringback.scenario.acting.talks import Talk
from ringback.scenario.source import DocumentPath
from ringback.scenario.story.references import DELIVERY, REQUEST, STREAM
from ringback.service.views import Delivery


@dataclass(slots=True)
class Subject:
    """A request, with its *exchange* and *delivery* if it has one; a redelivery; or a stream.

    *where* is the step that began it, *pending_seen* whether the last look at it expected that it
    is pending.
    """

    kind: str
    label: str
    where: DocumentPath
    exchange: Exchange | None = None
    delivery: Delivery | None = None
    talk: Talk | None = None
    request_id: str = ""
    named: bool = False
    pending_seen: bool = False

    @property
    def endpoint(self) -> Endpoint | None:
        """Where its callback goes."""
        return None if self.delivery is None else self.delivery.endpoint


@dataclass(slots=True)
class Subjects:
    """All of them, in order."""

    all: list[Subject] = field(default_factory=list)

    def add(self, kind: str, name: str | None, where: DocumentPath) -> Subject:
        """The next one, with a label of its own if it has no *name*."""
        number = sum(each.kind == kind for each in self.all) + 1
        subject = Subject(kind, name or f"{kind} {number}", where, named=name is not None)
        self.all.append(subject)
        return subject

    def find(self, name: str | None, *kinds: str) -> Subject:
        """The one with that *name*, or the only one of its *kinds*. A read story has it."""
        found = [each for each in self._of(kinds) if name is None or self._is(each, name)]
        return found[-1]

    def of_delivery(self, delivery: Delivery) -> Subject | None:
        """The one whose *delivery* it is; None for that of an application's own request."""
        return next((each for each in self.all if each.delivery == delivery), None)

    def _of(self, kinds: Sequence[str]) -> Iterator[Subject]:
        return (each for each in self.all if each.kind in (kinds or (REQUEST, DELIVERY, STREAM)))

    def _is(self, subject: Subject, name: str) -> bool:
        return subject.named and subject.label == name
