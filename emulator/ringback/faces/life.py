"""An emulator's life: it begins with a service of its own, is served, begins again, and ends."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, Self, TypeVar
from weakref import WeakSet

from ringback.clock.forks import check_process, lineage
from ringback.clock.loops import EngineLoop
from ringback.core.base.ids import IdSource
from ringback.core.base.sealed import Sealed
from ringback.core.delivery.dispatcher import Dispatcher
from ringback.core.request.keys import Credential
from ringback.errors import NotRunning
from ringback.faces.clocks import AwaitableClock, BlockingClock
from ringback.faces.endings import raise_first
from ringback.faces.patched import refuse_patched_threads
from ringback.sending.crashes import Crash
from ringback.service.connected import Connected
from ringback.service.service import Service
from ringback.settings.settings import NAMES as SETTING_NAMES
from ringback.settings.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Scope

    from ringback.serving.mount import Surroundings
    from ringback.serving.server import Server

ClockFace = TypeVar("ClockFace", BlockingClock, AwaitableClock)


class Life(Sealed, Generic[ClockFace]):
    """An emulator from its beginning to its end, as both faces live it."""

    def __init__(self, settings: Settings | None = None, *, server: "Server | None" = None) -> None:
        """Prepare an emulator; it lives from `with` on.

        *server* is shared with other emulators. Without one, an emulator starts its own when its
        `url` is first asked for.
        """
        self._settings = Settings() if settings is None else settings
        self._clock: ClockFace | None = None
        self._server = server
        self._owns_server = server is None
        self._begun: Service | None = None
        self._former: WeakSet[Dispatcher] = WeakSet()
        self._live = False
        self._lineage = lineage()
        self._serving = threading.Lock()
        self._found: dict[str, list[str]] = {}
        self._crashed: list[Crash] = []
        self._kept: list[Connected] = []
        self._ids: IdSource | None = None
        self._arrange: list[Callable[[Service], object]] = []

    def __repr__(self) -> str:
        if self._begun is None:
            return f"<{type(self).__name__} [not running]>"
        return (
            f"<{type(self).__name__} {self.clock!r}"
            f" [{self._service.engine.dispatcher.pending} pending]>"
        )

    @property
    def settings(self) -> Settings:
        """How it behaves."""
        return self._settings

    @property
    def clock(self) -> ClockFace:
        """The emulator's clock: the same verbs, and `now`, `elapsed`, `next_due` and `sync`."""
        if self._clock is None:
            raise NotRunning(self._idle())
        return self._clock

    @property
    def url(self) -> str:
        """The base URL for the application's Deepgram client: `http://127.0.0.1:PORT`."""
        return self._served().url

    @property
    def ws_url(self) -> str:
        """The same for WebSockets."""
        return "ws" + self.url.removeprefix("http")

    @property
    def api_key(self) -> str:
        """The key that this emulator answers to; its own, unless `Settings.api_key` fixes it."""
        return self._service.key.secret

    @property
    def key_id(self) -> str:
        """The key's identifier: what callbacks carry as `dg-token`."""
        return self._service.key.identifier

    @property
    def app(self) -> "ASGIApp":
        """The endpoint as an ASGI application, for a client in this process.

        Where a server would close the connection in the middle of an answer, `AnswerCut` is raised
        in the client: httpx's `ASGITransport` passes on what an application raises.
        """
        from ringback.core.request.origin import Origins
        from ringback.serving.app import Application
        from ringback.serving.mount import Surroundings

        origins = Origins.of(self.settings.allow_origins, self.settings.allow_host_headers)
        tenants = _Sole(lambda: self._live_service)
        app = Application(tenants, lambda: origins)
        app.mount(control, Surroundings(tenants, lambda: origins))
        return app

    def close(self) -> None:
        """End: what is pending is dropped, and every later verb raises `ClockClosed`.

        In a fork of the process in which it began, it is left alone. Raises what the shutdown of an
        application has raised, `Stuck` for one that has no end, once all of it has ended.
        """
        if self._is_elsewhere:
            self._live = False
        try:
            self._end_service()
        finally:
            if self._begun is not None:
                self._begun.succession.settle(None)
            if self._server is not None and self._owns_server:
                self._server.stop()
                self._server = None

    def _shut_down_apps(self) -> list[BaseException]:
        """Run the shutdown of every application whose lifespan was started: what they raise."""
        return []

    @property
    def _is_elsewhere(self) -> bool:
        """Whether this is a fork of the process in which it began, without its threads."""
        return self._begun is not None and self._lineage != lineage()

    def reset(self) -> None:
        """Begin again at zero, under the same key."""
        raise NotImplementedError

    def end_test(self) -> None:
        """Begin again for another test."""
        raise NotImplementedError

    def leftovers(self) -> dict[str, list[str]]:
        """What a strict test would not leave behind, in sentences, by kind."""
        raise NotImplementedError

    def open(self) -> Self:
        """Begin at zero, under a key of its own; `close` ends it. `with` does both."""
        raise NotImplementedError

    @property
    def _service(self) -> Service:
        """The service, which can still be looked at when it has ended."""
        if self._begun is None:
            raise NotRunning(self._idle())
        return self._begun

    @property
    def _live_service(self) -> Service:
        """The service, which must not have ended."""
        if self._begun is None or not self._live:
            raise NotRunning(self._idle())
        check_process(self._lineage)
        return self._begun

    def _in_vain(self, name: str, *, is_verb: bool) -> str:
        if name in SETTING_NAMES or name == "settings":
            said = "…" if name == "settings" else f"{name}=…"
            return (
                f"to assign {name} has no effect: settings are fixed when an emulator is made."
                f" Write Emulator(Settings({said})) or @pytest.mark.ringback({said})"
            )
        return super()._in_vain(name, is_verb=is_verb)

    def _idle(self) -> str:
        name = type(self).__name__
        return (
            f"this {name} is not running; it runs inside `with {name}() as ringback:`, or from"
            " open() to close()"
        )

    def _begin_with(self, arrange: Callable[[Service], object]) -> None:
        """Have *arrange* prepare this service too, now, and each one that follows by a `reset`."""
        self._arrange.append(arrange)
        if self._live and self._begun is not None:
            arrange(self._begun)

    def _prepare(self, service: Service) -> None:
        for arrange in self._arrange:
            arrange(service)

    def _begin(self, clock: type[ClockFace], loop: EngineLoop) -> Service:
        if self._live and not self._is_elsewhere:
            raise NotRunning(
                f"this {type(self).__name__} is running already: close() it before it is opened"
                " again, or reset() it, to begin again at zero"
            )
        refuse_patched_threads()
        if self._begun is not None:
            self._former.add(self._begun.engine.dispatcher)
        settings = self._settings
        service = Service(
            settings,
            loop=loop,
            own_addresses=self._own_addresses,
            former=self._former,
            owner=self,
        )
        self._prepare(service)  # before anybody can be answered
        if self._server is not None:
            self._server.add(service, control)
        former = self._begun
        face = clock(service.engine, service.pace.guard)
        # At once: a test begins again each time, and pays for what `Sealed` looks at.
        vars(self).update(_lineage=lineage(), _clock=face, _begun=service, _live=True)
        if former is not None:
            former.succession.settle(service)
        return service

    def _end_service(self) -> None:
        service = self._begun
        if service is None or not self._live:
            return
        self._live = False
        if self._server is not None:
            self._server.remove(service)
        errors: list[BaseException] = []
        try:
            if service.arranging.started:
                errors = self._shut_down_apps()
        finally:
            service.arranging.started.clear()
            service.close()
        raise_first(errors)

    def _served(self) -> "Server":
        if self._is_elsewhere and self._live and self._server is not None:
            return self._server
        service = self._live_service
        with self._serving:  # whoever asks first, in whichever thread
            if self._server is None:
                from ringback.serving.server import Server

                patience = self.settings.seconds_of("request_timeout")
                server = Server(patience=patience, listening=False)
                server.add(service, control)
                self._server = server.listen()
            return self._server

    def _own_addresses(self) -> list[tuple[str, int]]:
        return [] if self._server is None else self._server.addresses()


def control(around: "Surroundings") -> "ASGIApp":
    """Our own paths, imported when one of them is first asked for."""
    from ringback.control.app import ControlApi

    return ControlApi(around)


class _Sole:
    """The tenants of an emulator that is called in process: itself."""

    def __init__(self, find: Callable[[], Service]) -> None:
        self._find = find

    def find(self, credential: Credential | None, scope: "Scope") -> Service | None:
        """The emulator's own service, whoever asks: it refuses unknown keys itself."""
        return self._find()

    def belonging(self, credential: Credential | None) -> Service | None:
        """The emulator's own service, for whoever has no key, or its own."""
        service = self._find()
        mine = credential is None or credential.secret == service.key.secret
        return service if mine or service.settings.any_key else None

    admits = False
    """It is one, and stays so."""

    def names(self) -> list[str]:
        """The identifier of its key."""
        return [self._find().key.identifier]
