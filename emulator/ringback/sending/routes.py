"""Where callbacks lead: the URL says `https://app.example`, a route says who answers there.

A route stands at a place: a whole origin, or an origin and a path, below which all is its own.
"""

from collections.abc import Callable
from typing import TypeAlias

from ringback.core.base.dataclass import dataclass
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.plan import Plan
from ringback.core.delivery.reply import Answer
from ringback.core.request.endpoint import Endpoint, split
from ringback.sending.sender import Sender

Respond: TypeAlias = Callable[[CallbackMessage], Answer]
"""A receiver that takes a message and answers at once, without a loop."""


@dataclass(slots=True, eq=False)
class Route:
    """One place's way: it is *respond* that answers, or a *sender* asks; its faults are a *plan*.

    *reached* is the highest number of an attempt that came this way; 0: none did. One that *owes*
    nothing was arranged before, for several tests, and need not be reached by each.
    """

    sender: Sender | None = None
    respond: Respond | None = None
    plan: Plan | None = None
    reached: int = 0
    owes: bool = True


class Routes:
    """All connected places; what is not connected goes *elsewhere*, by a sender made then."""

    def __init__(self, elsewhere: Callable[[], Sender]) -> None:
        """*elsewhere* makes the sender of all that is not connected, when it is first needed."""
        self._make_sender = elsewhere
        self._elsewhere: Route | None = None
        self.arranged: list[tuple[str, Route]] = []
        """Every route with its place, in order; the last one of a place stands."""
        self._routes: dict[str, Route] = {}
        self._depths: dict[str, int] = {}
        """Of the origins that have routes by path: how many segments the deepest of these has."""
        self._hosts: set[str] = set()
        self._unread: list[str] = []

    def connect(self, origin: str, route: Route, path: str = "") -> None:
        """Lead *origin*, or what is at and below its *path*, along *route* from now on."""
        place = origin + path
        self._routes[place] = route
        self.arranged.append((place, route))
        self._unread.append(place)
        if path:
            self._depths[origin] = max(self._depths.get(origin, 0), path.count("/"))

    def lead_to(self, host: str) -> bool:
        """Whether an origin of *host* is connected, whatever its scheme and port."""
        while self._unread:
            endpoint = split(self._unread.pop())
            if isinstance(endpoint, Endpoint):
                self._hosts.add(endpoint.host)
        return host in self._hosts

    def at(self, place: str) -> Route:
        """The route that stands at *place*, where something does."""
        return self._routes[place]

    def find(self, endpoint: Endpoint) -> Route:
        """The route of *endpoint*: that of the longest path, or its origin's."""
        origin = endpoint.origin
        if self._depths and (depth := self._depths.get(origin)):
            segments = endpoint.target.partition("?")[0].split("/", depth + 1)[: depth + 1]
            while len(segments) > 1:
                if route := self._routes.get(origin + "/".join(segments)):
                    return route
                segments.pop()
        route = self._routes.get(origin) or self._elsewhere
        if route is None:
            route = self._elsewhere = Route(sender=self._make_sender())
        return route
