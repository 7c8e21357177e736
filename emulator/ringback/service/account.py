"""The account behind the one API key: its ids, its project and its tokens, dated by the clock."""

import email.utils
import secrets
from functools import cached_property, lru_cache

from ringback.clock.virtual import VirtualClock
from ringback.core.base.duration import SECOND
from ringback.core.base.ids import IdSource
from ringback.core.facts import TokenGranted
from ringback.core.journal import Journal
from ringback.core.request import grants
from ringback.core.request.keys import ApiKey, identifier_of
from ringback.settings.settings import Settings


class Account:
    """Whose service it is. Everything here may be called from any thread."""

    def __init__(self, settings: Settings, clock: VirtualClock, journal: Journal) -> None:
        """Draw a key, unless *settings* fix it."""
        self._clock = clock
        self._journal = journal
        self.ids = IdSource(settings.seed or 0, settings.uuid_version)
        secret = settings.api_key
        if secret is None or not settings.any_key:
            self.key = ApiKey(secret or secrets.token_hex(20), _key_id(settings.seed or 0))
        else:  # as for every other key that is let in
            self.key = ApiKey(secret, identifier_of(secret))

    @cached_property
    def project_id(self) -> str:
        """The identifier of the one project that there is."""
        return self.ids.identifier("project")

    @property
    def unix(self) -> int:
        """The clock's moment as Unix time, in nanoseconds."""
        return self._clock.unix_ns(self._clock.now_ns)

    @property
    def date(self) -> str:
        """The clock's moment, as a `Date` header writes it."""
        return http_date(self.unix // SECOND)

    def draw_request_id(self) -> str:
        """The id of a request to another path than those that speak."""
        with self._clock.lock:
            return self.ids.request_id(self.unix)

    def grant(self, key_id: str, ttl: int) -> dict[str, str | int]:
        """Give out a token that stands for the key *key_id* during *ttl* seconds of the clock."""
        with self._clock.lock:
            at = self._clock.now_ns
            self._journal.append(TokenGranted(at, key_id, ttl))
            now = self._clock.unix_ns(at) // SECOND
            return grants.grant(self.key, key_id, ttl, now, self.ids.identifier("grant"))


@lru_cache(maxsize=8)
def _key_id(seed: int) -> str:
    """The identifier of the key that is drawn from *seed*: every reset asks for it."""
    return IdSource(seed).identifier("key")


@lru_cache(maxsize=8)
def http_date(unix: int) -> str:
    """Unix time in whole seconds, as a `Date` header writes it."""
    return email.utils.formatdate(unix, usegmt=True)
