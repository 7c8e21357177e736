"""Deliveries as tests look at them: live, read-only sequences."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import overload

from ringback.core.base.live import Prefix
from ringback.core.base.masking import masked_url
from ringback.core.delivery.dispatcher import Dispatcher
from ringback.core.request.endpoint import is_below, read_place
from ringback.core.request.speak import SpeakRequest
from ringback.errors import SettingsError
from ringback.service.views import Book, Delivery


class Deliveries(Sequence[Delivery]):
    """Deliveries in order of acceptance."""

    def __init__(self, items: Sequence[Delivery], *, forgets: bool = False) -> None:
        """Hold *items*, which may grow, and lose some if whoever keeps them *forgets*."""
        self._items = items
        self._forgets = forgets
        self._positions: dict[str, int] = {}
        self._indexed = 0
        self._origins: _Origins | None = None

    def __repr__(self) -> str:
        return f"<{len(self)} deliveries: {list(self._items)!r}>"

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Delivery]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Deliveries | list | tuple):
            return NotImplemented
        return len(self) == len(other) and list(self) == list(other)

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> "Deliveries": ...
    def __getitem__(self, index: int | slice) -> "Delivery | Deliveries":
        if isinstance(index, slice):
            return Deliveries(self._items[index])
        return self._items[index]

    def only(self) -> Delivery:
        """The one delivery there is. Raises `LookupError` when there is none, or more."""
        if len(self._items) != 1:
            found = "\n  ".join(repr(item) for item in self._items) or "none"
            raise LookupError(
                f"expected exactly one delivery, found {len(self._items)}:\n  {found}"
            )
        return self._items[0]

    def for_request(self, request_id: str) -> Delivery:
        """The newest delivery of a request. Raises `LookupError` for an unknown id."""
        if self._forgets:
            for each in reversed(list(self._items)):
                if each.request_id == request_id:
                    return each
            raise LookupError(f"no delivery for request {request_id!r} is kept")
        known = len(self._items)  # once: another thread may be submitting
        for index in range(self._indexed, known):
            self._positions[self._items[index].request_id] = index
        self._indexed = known
        position = self._positions.get(request_id)
        if position is None:
            raise LookupError(
                f"no delivery for request {request_id!r} among {len(self._items)};"
                " a request without a callback has none"
            )
        return self._items[position]

    def to(self, origin: str) -> "Deliveries":
        """Those that go to *origin*, or at and below a path of it. Raises `SettingsError`."""
        place = read_place(origin)
        if place is None:
            raise SettingsError(f"{masked_url(origin)!r} is no origin. Write https://app.example.")
        wanted, path = place
        if path:
            there = self.to(wanted)
            return Deliveries([each for each in there if is_below(each.endpoint.target, path)])
        if self._forgets:
            return Deliveries([each for each in self._items if each.endpoint.origin == wanted])
        if self._origins is None:
            self._origins = _Origins(self._items)
        return Deliveries(_Picked(self._items, self._origins.places(wanted)))


class Pending(Deliveries):
    """The deliveries that are not settled, at whatever moment somebody looks."""

    def __init__(self, dispatcher: Dispatcher, audio: Callable[[SpeakRequest], bytes]) -> None:
        """Look into *dispatcher*; *audio* renders what a request asks."""
        super().__init__(_Unsettled(dispatcher, audio))

    def __iter__(self) -> Iterator[Delivery]:
        # Whoever cancels each of them takes it out of here: the turn is of those of one moment.
        return iter(self[:])

    def for_request(self, request_id: str) -> Delivery:
        """The newest pending delivery of a request. Raises `LookupError` where there is none."""
        return self[:].for_request(request_id)

    def to(self, origin: str) -> Deliveries:
        """Those of this moment that go to *origin*, or a path of it. Raises `SettingsError`."""
        return self[:].to(origin)


class _Unsettled(Sequence[Delivery]):
    """Views of what is pending in a dispatcher at this moment."""

    def __init__(self, dispatcher: Dispatcher, audio: Callable[[SpeakRequest], bytes]) -> None:
        self._dispatcher = dispatcher
        self._audio = audio

    def __len__(self) -> int:
        return self._dispatcher.pending

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Delivery]: ...
    def __getitem__(self, index: int | slice) -> Delivery | Sequence[Delivery]:
        now = LiveDeliveries(self._dispatcher, self._audio, self._dispatcher.open)
        return now[index]


class _Picked(Sequence[Delivery]):
    """Some of several deliveries: those at certain *places*."""

    def __init__(self, items: Sequence[Delivery], places: Sequence[int]) -> None:
        self._items = items
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> list[Delivery]: ...
    def __getitem__(self, index: int | slice) -> Delivery | list[Delivery]:
        if isinstance(index, slice):
            return [self._items[place] for place in self._places[index]]
        return self._items[self._places[index]]


class _Origins:
    """Where the deliveries to each origin stand. It looks at each of them once."""

    def __init__(self, items: Sequence[Delivery]) -> None:
        self._items = items
        self._seen = 0
        self._places: dict[str, list[int]] = {}
        self._lock = threading.Lock()

    def places(self, origin: str) -> Sequence[int]:
        """The places of those that go to *origin* at this moment."""
        with self._lock:
            for place in range(self._seen, len(self._items)):
                self._places.setdefault(self._items[place].endpoint.origin, []).append(place)
                self._seen = place + 1
            return Prefix(self._places.get(origin, ()))


class LiveDeliveries(Sequence[Delivery]):
    """Views of deliveries of a dispatcher, made when they are looked at."""

    def __init__(
        self,
        book: Book,
        audio: Callable[[SpeakRequest], bytes],
        positions: Sequence[int] | None = None,
    ) -> None:
        """Look into *book*, at *positions* or at all; *audio* renders what a request asks."""
        self._book = book
        self._audio = audio
        self._positions = positions

    def __len__(self) -> int:
        return len(self._book.deliveries if self._positions is None else self._positions)

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> list[Delivery]: ...
    def __getitem__(self, index: int | slice) -> Delivery | list[Delivery]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        positions = self._book.positions if self._positions is None else self._positions
        return Delivery(self._book, positions[index], self._audio)
