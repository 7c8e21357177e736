"""An emulator behind a server of its own, with all that was arranged for it, still to listen."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from ringback.core.base.rejection import Rejection
from ringback.core.journal import Fact
from ringback.faces.emulator import Emulator
from ringback.service.service import Service
from ringback.serving.server import Server
from ringback.settings.settings import Settings

if TYPE_CHECKING:
    from ringback.faces.tenancy import Tenancy, Tenant


@contextmanager
def hosted(
    settings: Settings,
    options: Mapping[str, Any],
    tell: Callable[[Rejection], None],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[tuple[Emulator, Server]]:
    """An emulator with these *settings* and a server that nobody hears before it listens.

    *options* are those of `ringback.settings.options`, by name; *tell* hears of each request that
    is not let in. Raises `ServerError` when the port cannot be had, `SettingsError` for a route
    that leads nowhere.
    """
    patience = settings.seconds_of("request_timeout")
    server = Server(
        host,
        port,
        tell=tell,
        patience=patience,
        listening=False,
        control_token=options.get("control_token"),  # `exec` has none
    )
    try:
        with Emulator(settings, server=server) as emulator:
            emulator._begin_with(partial(_connected, options))
            yield emulator, server
    finally:
        server.stop()


@contextmanager
def hosted_tenants(
    settings: Settings,
    options: Mapping[str, Any],
    tell: Callable[[Rejection], None],
    hear: Callable[[str, Fact], None],
    say: Callable[[str], None],
    *,
    dated: bool,
) -> "Iterator[tuple[Tenancy, Server]]":
    """An emulator for each key, and a server that nobody hears before it listens.

    *hear* hears of each fact, and of the identifier of the key under which it happened; *say* of
    tenants that come and go. Where settings are *dated*, all clocks start at their epoch, and
    otherwise at the present. Raises what `hosted` does.
    """

    def arrange(tenant: "Tenant") -> None:
        def listen(service: Service) -> None:
            service.journal.on_append = partial(hear, service.key.identifier)

        tenant._begin_with(listen)
        tenant._begin_with(partial(_connected, options))

    from ringback.faces.tenancy import Tenancy

    probe = Service(settings)  # what cannot be is refused before anybody is served
    _connected(options, probe)
    probe.close()
    tenancy = Tenancy(
        settings,
        most=options["max_tenants"],
        idle=options["tenant_idle"],
        arrange=arrange,
        tell=say,
        dated=dated,
    )
    patience = settings.seconds_of("request_timeout")
    server = Server(
        options["host"],
        options["port"],
        tell=tell,
        patience=patience,
        listening=False,
        newcomers=tenancy,
        control_token=options["control_token"],
    )
    try:
        tenancy.serve_on(server)
        yield tenancy, server
    finally:
        tenancy.end()
        server.stop()


def _connected(options: Mapping[str, Any], service: Service) -> None:
    for origin, base in options["connect"].items():
        service.connect(origin, base)
