"""One socket, one thread, any number of emulated services behind it."""

import threading
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Self

from starlette.types import Scope

from ringback.core.base.duration import words
from ringback.core.request.grants import issuer_of
from ringback.core.request.keys import BEARER, Credential, identifier_of
from ringback.core.request.origin import Origins, is_loopback
from ringback.errors import ServerError
from ringback.service.service import Service
from ringback.serving.app import Application
from ringback.serving.exchange import asked
from ringback.serving.guard import Tell
from ringback.serving.listening.listener import Listener
from ringback.serving.mount import Mount, Surroundings

_STRANGERS = 1000
"""How many requests of strangers are told of one by one."""


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
    ) -> None:
        """Start. Port 0 picks a free one. Without *listening*, nobody is heard before `listen`.
        *on_demand*, there is no socket before its `url` or `port` is first asked for.

        *tell* hears of each request of a web page that is not let in; without it the log does. A
        request of which nothing comes for *patience* real seconds is answered with 408.
        *control_token* has to be shown to the control API; on another address than loopback nobody
        is let in without. Raises `ServerError` when the port cannot be had.
        """
        self._services: dict[str, Service] = {}
        self._granting: dict[str, Service] = {}
        self._unknown_keys = 0
        self._strangers: deque[str] = deque(maxlen=_STRANGERS)
        self._name = host
        self._origins = Origins.of((), (host,))
        self._app = Application(self, lambda: self._origins, tell)
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
        return f"<Server {where} [{len(self._services)} services]>"

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
        return self._unknown_keys

    @property
    def strangers(self) -> Sequence[str]:
        """What the last of them asked, and when by the clocks of those who were served."""
        return tuple(self._strangers)

    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens, as host and port: no callback may lead here."""
        return [] if self._listener is None else [(self._listener.host, self._listener.port)]

    def add(self, service: Service, control: Mount | None = None) -> None:
        """Serve *service* from now on. Raises `ServerError` when its key is served already.

        *control* makes what answers our own paths.
        """
        if service.key.secret in self._services:
            raise ServerError(
                "two live emulators share one api_key on this server; give each its own, or none"
            )
        self._services[service.key.secret] = service
        self._changed()
        if control is not self._mounted and control is not None:
            self._mounted = control
            host = self._name if self._listener is None else self._listener.host
            is_local = is_loopback(host)
            self._app.mount(
                control, Surroundings(self, lambda: self._origins, is_local, self._control_token)
            )

    def remove(self, service: Service) -> None:
        """Serve *service* no more."""
        self._services.pop(service.key.secret, None)
        self._changed()

    def _changed(self) -> None:
        """Take note that other services are served: a page may talk to all if to one."""
        self._granting.clear()
        settings = [service.settings for service in list(self._services.values())]
        self._origins = Origins.of(
            (origin for each in settings for origin in each.allow_origins),
            (self._name, *(host for each in settings for host in each.allow_host_headers)),
        )

    def find(self, credential: Credential | None, scope: Scope) -> Service | None:
        """Whose a credential is. A single service is asked about every one, to refuse it itself."""
        service = None
        if credential is not None and credential.scheme == BEARER:
            service = self._granters().get(issuer_of(credential.secret) or "")
        elif credential is not None:
            service = self._services.get(credential.secret)
        if service is None:
            services = list(self._services.values())
            if len(services) == 1:
                return services[0]
            self._turn_away(asked(scope), services)
        return service

    def belonging(self, credential: Credential | None) -> Service | None:
        """Whose a credential is, for our own paths: the only service's, if there is none."""
        services = list(self._services.values())
        if credential is None:
            return services[0] if len(services) == 1 else None
        service = self._services.get(credential.secret)
        if service is None and len(services) == 1 and services[0].settings.any_key:
            return services[0]
        return service

    def names(self) -> list[str]:
        """The identifiers of the keys of those who are served."""
        return [service.key.identifier for service in list(self._services.values())]

    def _turn_away(self, what: str, services: list[Service]) -> None:
        """Take note of a stranger, and tell everyone whose it is not."""
        moments = dict.fromkeys(service.note_stranger(what) for service in services)
        when = f" at {' and '.join(map(words, moments))}" if moments else ""
        self._unknown_keys += 1
        self._strangers.append(f"{what}{when}")

    def _granters(self) -> dict[str, Service]:
        """The services by the name under which they grant tokens."""
        if not self._granting:
            self._granting = {
                identifier_of(secret): service for secret, service in list(self._services.items())
            }
        return self._granting

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
