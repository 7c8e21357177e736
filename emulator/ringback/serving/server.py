"""One socket, one thread, any number of emulated services behind it."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Self

from ringback.core.request.origin import is_loopback
from ringback.service.service import Service
from ringback.serving.app import Application
from ringback.serving.guard import Tell
from ringback.serving.listening.listener import Listener
from ringback.serving.mount import Mount, Surroundings
from ringback.serving.roster import Roster
from ringback.serving.tenants import Newcomers


class Server:
    """Listens on loopback and hands each request to the service of its API key."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        tell: Tell | None = None,
        patience: float = 10,
        listening: bool = True,
        on_demand: bool = False,
        control_token: str | None = None,
        newcomers: Newcomers | None = None,
    ) -> None:
        """Start. Port 0 picks a free one. Without *listening*, nobody is heard before `listen`.
        *on_demand*, there is no socket before its `url` or `port` is first asked for.

        *tell* hears of each request of a web page that is not let in; without it the log does. A
        request of which nothing comes for *patience* real seconds is answered with 408.
        *control_token* has to be shown to the control API; on another address than loopback nobody
        is let in without. *newcomers* make a service for each key that has none; without them it
        is nobody's. Raises `ServerError` when the port cannot be had.
        """
        self._roster = Roster(host, newcomers)
        self._name = host
        self._app = Application(self._roster, lambda: self._roster.origins, tell)
        self._control_token = control_token
        self._mounted: Mount | None = None
        self._bind = partial(Listener, host, port, self._app, patience)
        self._listener: Listener | None = None
        self._beginning = threading.Lock()
        self._on_demand = on_demand
        if not on_demand:
            self._bound()
            if listening:
                self.listen()

    def __repr__(self) -> str:
        where = "on demand" if self._listener is None else self._listener.url
        return f"<Server {where} [{len(self._roster.services)} services]>"

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:49152`."""
        return self._asked_for().url

    @property
    def port(self) -> int:
        """The port that it listens on."""
        port: int = self._asked_for().port
        return port

    @property
    def unknown_keys(self) -> int:
        """How many requests came with a key that belongs to no live service."""
        return self._roster.unknown_keys

    @property
    def strangers(self) -> Sequence[str]:
        """What the last of them asked, and when by the clocks of those who were served."""
        return self._roster.strangers

    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens, as host and port: no callback may lead here."""
        return [] if self._listener is None else [(self._listener.host, self._listener.port)]

    def add(self, service: Service, control: Mount | None = None) -> None:
        """Serve *service* from now on. Raises `ServerError` when its key is served already.

        *control* makes what answers our own paths.
        """
        self._roster.add(service)
        if control is not self._mounted and control is not None:
            self.mount(control)

    def mount(self, control: Mount) -> None:
        """Have *control* make what answers our own paths."""
        self._mounted = control
        host = self._name if self._listener is None else self._listener.host
        around = Surroundings(
            self._roster, lambda: self._roster.origins, is_loopback(host), self._control_token
        )
        self._app.mount(control, around)

    def remove(self, service: Service) -> None:
        """Serve *service* no more."""
        self._roster.remove(service)

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Call *callback* on the server's loop, from any thread; never, where it does not run."""
        if self._listener is not None:
            self._listener.call_soon(callback)

    def listen(self) -> Self:
        """Begin to serve, and return this. Raises `ServerError` when it cannot listen."""
        with self._beginning:  # whoever asks first, in whichever thread
            self._bound().listen()
        return self

    def stop(self) -> None:
        """Stop listening, cut what is connected, and end the thread."""
        if self._listener is not None:
            self._listener.stop()

    def _bound(self) -> Listener:
        if self._listener is None:
            self._listener = self._bind()
        return self._listener

    def _asked_for(self) -> Listener:
        """Where it listens: who asks for that is about to come."""
        if self._on_demand:
            self.listen()
        return self._bound()
