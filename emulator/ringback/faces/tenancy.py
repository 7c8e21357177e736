"""One emulator for each API key, made when the key is first used: the tenants of a server.

They share a socket and the thread that carries attempts out, and nothing else: each has a clock, a
journal, failures and ids of its own. One that is idle is evicted, after a while or for want of
room; one in which anything is pending, under way or watched, never.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ringback.clock.guard import set_alarm
from ringback.clock.loops import EngineLoop, SharedLoop
from ringback.clock.real import monotonic_ns, told_wall
from ringback.clock.timer import Timer
from ringback.core.base.duration import SECOND
from ringback.core.request.keys import identifier_of
from ringback.errors import SettingsError
from ringback.faces.emulator import Emulator
from ringback.faces.life import control
from ringback.service.service import Service
from ringback.serving.server import Server
from ringback.settings.settings import Settings

_LOOKS = 4
"""How often it is looked within the span after which an idle tenant is evicted."""

_MOST_SECONDS = 3600
"""Real seconds between two looks, at most."""


class Tenant(Emulator):
    """The emulator of one key."""

    def __init__(self, settings: Settings, server: Server, loop: EngineLoop) -> None:
        """Prepare one that carries attempts out on *loop*, which others share."""
        super().__init__(settings, server=server)
        self._shared = loop

    def _new_loop(self) -> EngineLoop:
        return SharedLoop(self._shared)

    @property
    def _is_idle(self) -> bool:
        """Whether nobody would miss it: nothing is pending, under way, or waits for its end."""
        service = self._service
        return not (service.engine.dispatcher.pending or service.clock.attended)


class Tenancy:
    """All tenants of one server. It is used on the server's loop."""

    def __init__(
        self,
        settings: Settings,
        *,
        most: int,
        idle: float,
        arrange: Callable[[Tenant], object] = bool,
        tell: Callable[[str], object] = bool,
        dated: bool = True,
    ) -> None:
        """Serve nobody yet, and each with *settings* but for its key and its ids.

        *most* tenants are kept, idle ones for *idle* real seconds. *arrange* prepares each; *tell*
        hears in words of each that comes or goes. Where it is *dated*, a tenant's clock starts at
        the epoch of *settings*, and otherwise at the present.
        """
        self.settings = settings
        self._most = most
        self._idle = round(idle * SECOND)
        self._arrange = arrange
        self._tell = tell
        self._dated = dated
        self._engine = EngineLoop(own_thread=True)
        self._tenants: dict[str, Tenant] = {}
        self._used: dict[str, int] = {}  # by when, the longest ago first
        self._evicted = 0
        self._crowded = False
        self._alarm: Timer | None = None
        self._ended = False
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Tenant]:
        return iter(list(self._tenants.values()))

    def __len__(self) -> int:
        return len(self._tenants)

    @property
    def evicted(self) -> int:
        """How many have been evicted so far."""
        return self._evicted

    def serve_on(self, server: Server) -> None:
        """Make tenants for *server* from now on."""
        self._server = server
        server.mount(control)

    # -- what the server asks --------------------------------------------------------------------

    def admit(self, secret: str) -> Service | None:
        """The service of a key that none is served under: a new one, at its beginning.

        None for what can be no key.
        """
        tenant = self._tenants.get(secret)
        if tenant is not None:  # it begins again at this very moment
            return tenant._service
        try:
            settings = self._settings_for(secret)
        except SettingsError:  # no key has white space, whichever
            return None
        tenant = self._tenants[secret] = Tenant(settings, self._server, self._engine)
        try:
            self._arrange(tenant)
            service = tenant.open()._service
        except BaseException:
            del self._tenants[secret]
            raise
        self._used[secret] = monotonic_ns()
        self._tell(f"tenant {tenant.key_id} begins, of {len(self._tenants)}")
        self._make_room()
        self._watch()
        return service

    def used(self, service: Service) -> None:
        """Take note that somebody asks for *service*."""
        secret = service.key.secret
        if self._used.pop(secret, None) is not None:
            self._used[secret] = monotonic_ns()

    def turn_away(self, asked: str) -> None:
        """Tell of a request whose credential is missing, or none at all."""
        self._tell(f"{asked} came without a key, and is no tenant's")

    # -- who goes --------------------------------------------------------------------------------

    def look(self) -> None:
        """Evict who has been idle for long enough."""
        limit = monotonic_ns() - self._idle
        for secret, used in list(self._used.items()):
            if used > limit:
                break
            if self._tenants[secret]._is_idle:
                self._evict(secret, "it was idle")

    def end(self) -> None:
        """End them all."""
        with self._lock:
            self._ended = True
            if self._alarm is not None:
                self._alarm.cancel()
        for tenant in self:
            tenant.close()
        self._engine.stop()

    def _make_room(self) -> None:
        """Evict who was used the longest ago, until there is room, or nobody can go."""
        newest = next(reversed(self._used))
        for secret in list(self._used):
            if len(self._tenants) <= self._most:
                self._crowded = False
                return
            if secret != newest and self._tenants[secret]._is_idle:
                self._evict(secret, f"there is room for {self._most}")
        if len(self._tenants) > self._most and not self._crowded:
            self._crowded = True
            self._tell(
                f"there are {len(self._tenants)} tenants, and room for {self._most}: none of the"
                " others is idle"
            )

    def _evict(self, secret: str, why: str) -> None:
        tenant = self._tenants.pop(secret)
        del self._used[secret]
        self._evicted += 1
        seen = f"{len(tenant.deliveries)} deliveries, {len(tenant.requests)} requests"
        tenant.close()
        self._tell(f"tenant {tenant.key_id} is evicted, for {why}; with it go {seen}")

    def _watch(self) -> None:
        """Look again later, as long as there is anybody."""
        with self._lock:
            if self._alarm is None and self._tenants and not self._ended:
                pause = min(self._idle / SECOND / _LOOKS, _MOST_SECONDS)
                self._alarm = set_alarm(pause, partial(self._server.call_soon, self._look_again))

    def _look_again(self) -> None:
        self._alarm = None
        self.look()
        self._watch()

    def _settings_for(self, secret: str) -> Settings:
        """Ids differ from key to key, and are the same for one key from run to run."""
        digest = hashlib.sha256(f"{self.settings.seed or 0}:{identifier_of(secret)}".encode())
        changes: dict[str, Any] = {"api_key": secret, "any_key": True}
        if not self._dated:
            changes["epoch"] = told_wall()
        return self.settings.changed(seed=int.from_bytes(digest.digest()[:6]), **changes)
