"""Receivers of a story on real sockets: what they are to answer is decided as an attempt begins.

What takes time, or is no answer, becomes a fault, for a real receiver could show it in real time
alone. A plain answer is laid ready for the receiver.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from ringback.core.base.headers import Headers
from ringback.core.delivery.delivery import Delivery
from ringback.core.delivery.fault import read_faults
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.reply import NoReply, Reply, answer_of
from ringback.core.delivery.shape import Shape, shape_of
from ringback.core.request.endpoint import Endpoint, is_below
from ringback.scenario.acting.receivers import Lines
from ringback.scenario.loopback import LoopbackReceiver
from ringback.scenario.script import EITHER_FIRST, LATE_AND_LOST, SLOW_DUPLICATE


class WireReceiver(LoopbackReceiver):
    """A real receiver that answers what was laid ready for it, one answer for each arrival."""

    ready: "deque[Reply]"

    def take(self, method: str, target: str, headers: Headers, body: bytes) -> Reply:
        """Remember one request, and give the answer that was meant for it."""
        super().take(method, target, headers, body)
        return self.ready.popleft() if self.ready else Reply(500, {}, "nothing was laid ready")


@dataclass(slots=True)
class Wire:
    """A real *receiver*, its *lines* and the *shapes* of attempts on the way to it.

    *places* tells of each attempt, by delivery and number, where in the receiver's requests its
    first copy is, and how many there are.
    """

    receiver: WireReceiver
    lines: Lines
    shapes: Sequence[Shape | None]
    places: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    laid: int = 0

    @classmethod
    def to(cls, receiver: WireReceiver, lines: Lines, most: int) -> "Wire":
        """The wire to *receiver*; a delivery has *most* attempts."""
        receiver.ready = deque()
        faults = read_faults(lines.script.scripted_faults, most)
        return cls(receiver, lines, tuple(map(shape_of, faults)))

    def sent(self, position: int, number: int) -> CallbackMessage | None:
        """What the receiver saw of attempt *number* of a delivery; None if it saw nothing."""
        place, copies = self.places.get((position, number), (0, 0))
        requests = self.receiver.requests
        return requests[place] if copies and place < len(requests) else None


class Wires:
    """All wires of a story, by place: shapes each attempt when it begins."""

    def __init__(self) -> None:
        """There is none."""
        self._wires: dict[str, Wire | None] = {}
        self.all: list[Wire] = []
        self._drawn: dict[tuple[int, int], Shape | None] = {}
        self.unplayable = ""
        """Why an attempt could not be played so; empty if all could."""

    def add(self, place: str, wire: Wire) -> None:
        """Lead to *place* over *wire* from now on."""
        self._wires[place] = wire
        self.all.append(wire)

    def leave(self, place: str) -> None:
        """Lead to *place* over none of these from now on."""
        self._wires[place] = None

    def _to(self, endpoint: Endpoint) -> Wire | None:
        """The wire to *endpoint*: that of the longest path, or of its origin."""
        origin = endpoint.origin
        above = [
            place
            for place in self._wires
            if place == origin
            or (place.startswith(f"{origin}/") and is_below(endpoint.target, place[len(origin) :]))
        ]
        return self._wires[max(above, key=len)] if above else None

    def first(self, ready: Sequence[Delivery]) -> int:
        """Which of those due at one moment begins: the first, as everywhere."""
        return 0

    def shape(self, delivery: Delivery) -> Shape | None:
        """What befalls the attempt of *delivery* that is next: always the same of one attempt."""
        key = (delivery.position, len(delivery.attempts) + 1)
        if key not in self._drawn:
            wire = self._to(delivery.job.endpoint)
            self._drawn[key] = None if wire is None else self._draw(wire, key)
        return self._drawn[key]

    def _draw(self, wire: Wire, key: tuple[int, int]) -> Shape | None:
        number = key[1]
        shape = wire.shapes[number - 1] if number <= len(wire.shapes) else None
        if shape is not None and not shape.arrives:
            return shape
        if shape is not None and (shape.swaps or shape.copied_after or shape.copied_late):
            self.unplayable = f"{shape.name!r} cannot be played to a real receiver"
        copies = 1 if shape is None else shape.arrives
        entries = [wire.lines.take() for _ in range(copies)]
        plain = [each for each in entries if isinstance(each, Reply) and not each.after]
        if shape is not None and shape.together and entries[0] != entries[1]:
            self.unplayable = EITHER_FIRST
        if len(plain) == copies:
            wire.places[key] = (wire.laid, copies)
            wire.laid += copies
            wire.receiver.ready.extend(plain)
            return shape
        entry = entries[0]
        if copies > 1:
            self.unplayable = SLOW_DUPLICATE
        elif shape is not None and isinstance(entry, Reply):
            self.unplayable = LATE_AND_LOST
        word = entry.value if isinstance(entry, NoReply) else str(entry.status)
        return Shape(word, instead=answer_of(entry))
