"""Where origins lead: the URL says `https://app.example`, a route says who answers there."""

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
    """One origin's way: it is *respond* that answers, or a *sender* asks; its faults are a *plan*.

    *reached* is the highest number of an attempt that came this way; 0: none did.
    """

    sender: Sender | None = None
    respond: Respond | None = None
    plan: Plan | None = None
    reached: int = 0


class Routes:
    """All connected origins; what is not connected goes *elsewhere*, by a sender made then."""

    def __init__(self, elsewhere: Callable[[], Sender]) -> None:
        """*elsewhere* makes the sender of all that is not connected, when it is first needed."""
        self._make_sender = elsewhere
        self._elsewhere: Route | None = None
        self.arranged: list[tuple[str, Route]] = []
        """Every route with its origin, in order; the last one of an origin stands."""
        self._routes: dict[str, Route] = {}
        self._hosts: set[str] = set()
        self._unread: list[str] = []

    def connect(self, origin: str, route: Route) -> None:
        """Lead *origin* along *route* from now on."""
        self._routes[origin] = route
        self.arranged.append((origin, route))
        self._unread.append(origin)

    def lead_to(self, host: str) -> bool:
        """Whether an origin of *host* is connected, whatever its scheme and port."""
        while self._unread:
            endpoint = split(self._unread.pop())
            if isinstance(endpoint, Endpoint):
                self._hosts.add(endpoint.host)
        return host in self._hosts

    def find(self, origin: str) -> Route:
        """The route of *origin*."""
        route = self._routes.get(origin) or self._elsewhere
        if route is None:
            route = self._elsewhere = Route(sender=self._make_sender())
        return route
