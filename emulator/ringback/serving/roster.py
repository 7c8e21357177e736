"""Who is served by one server, by key: and whose a request is that comes with none of them."""

from collections import deque
from collections.abc import Iterable, Sequence

from starlette.types import Scope

from ringback.core.base.duration import words
from ringback.core.request.grants import issuer_of
from ringback.core.request.keys import BEARER, Credential, identifier_of
from ringback.core.request.origin import Origins
from ringback.errors import ServerError
from ringback.service.service import Service
from ringback.serving.exchange import asked
from ringback.serving.tenants import Newcomers
from ringback.settings.settings import Settings

_STRANGERS = 1000
"""How many requests of strangers are told of one by one."""


class Roster:
    """The services of one server. With *newcomers* each key has one, once it is first used."""

    def __init__(self, host: str, newcomers: Newcomers | None) -> None:
        """Serve nobody yet, at *host*."""
        self._host = host
        self._newcomers = newcomers
        self.services: dict[str, Service] = {}
        self._granting: dict[str, Service] = {}
        self.unknown_keys = 0
        self._strangers: deque[str] = deque(maxlen=_STRANGERS)
        self.origins = self._of(() if newcomers is None else (newcomers.settings,))
        """Of web pages those that may talk to the server."""

    @property
    def strangers(self) -> Sequence[str]:
        """What the last of them asked, and when by the clocks of those who were served."""
        return tuple(self._strangers)

    def add(self, service: Service) -> None:
        """Serve *service* from now on. Raises `ServerError` when its key is served already."""
        if service.key.secret in self.services:
            raise ServerError(
                "two live emulators share one api_key on this server; give each its own, or none"
            )
        self.services[service.key.secret] = service
        self._changed()

    def remove(self, service: Service) -> None:
        """Serve *service* no more."""
        self.services.pop(service.key.secret, None)
        self._changed()

    def _changed(self) -> None:
        """Take note that other services are served: a page may talk to all if to one."""
        self._granting.clear()
        if self._newcomers is None:  # else all have the same
            self.origins = self._of(each.settings for each in list(self.services.values()))

    def _of(self, settings: Iterable[Settings]) -> Origins:
        several = list(settings)
        return Origins.of(
            (origin for each in several for origin in each.allow_origins),
            (self._host, *(host for each in several for host in each.allow_host_headers)),
        )

    # -- whose a request is ----------------------------------------------------------------------

    def find(self, credential: Credential | None, scope: Scope) -> Service | None:
        """Whose a credential is. A single service is asked about every one, to refuse it itself."""
        service = None
        if credential is not None and credential.scheme == BEARER:
            service = self._granters().get(issuer_of(credential.secret) or "")
        elif credential is not None:
            service = self.services.get(credential.secret)
        if self._newcomers is not None:
            service = self._tenant(service, credential, self._newcomers)
            if service is None:
                self._turn_away(asked(scope), [])  # no tenant hears of what is not his
                self._newcomers.turn_away(asked(scope))
            return service
        if service is None:
            services = list(self.services.values())
            if len(services) == 1:
                return services[0]
            self._turn_away(asked(scope), services)
        return service

    def belonging(self, credential: Credential | None) -> Service | None:
        """Whose a credential is, for our own paths: the only service's, if there is none."""
        if self._newcomers is not None:
            return self._tenant(None, credential, self._newcomers)
        services = list(self.services.values())
        if credential is None:
            return services[0] if len(services) == 1 else None
        service = self.services.get(credential.secret)
        if service is None and len(services) == 1 and services[0].settings.any_key:
            return services[0]
        return service

    @property
    def admits(self) -> bool:
        """Whether a key that nobody has yet makes a service."""
        return self._newcomers is not None

    def names(self) -> list[str]:
        """The identifiers of the keys of those who are served."""
        return [service.key.identifier for service in list(self.services.values())]

    def _tenant(
        self, service: Service | None, credential: Credential | None, newcomers: Newcomers
    ) -> Service | None:
        """The *service* of a key, found already or not, or a new one; None without a key."""
        if service is None and credential is not None:
            service = self.services.get(credential.secret) or newcomers.admit(credential.secret)
        if service is not None:
            newcomers.used(service)
        return service

    def _turn_away(self, what: str, services: list[Service]) -> None:
        """Take note of a stranger, and tell everyone whose it is not."""
        moments = dict.fromkeys(service.note_stranger(what) for service in services)
        when = f" at {' and '.join(map(words, moments))}" if moments else ""
        self.unknown_keys += 1
        self._strangers.append(f"{what}{when}")

    def _granters(self) -> dict[str, Service]:
        """The services by the name under which they grant tokens."""
        if not self._granting:
            self._granting = {
                identifier_of(secret): service for secret, service in list(self.services.items())
            }
        return self._granting
