"""An emulator behind a server of its own, with all that was arranged for it, still to listen."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from ringback.cli.arrangement import Arrangement
from ringback.core.base.rejection import Rejection
from ringback.core.facts import Fact
from ringback.faces.emulator import Emulator
from ringback.service.service import Service
from ringback.serving.server import Server
from ringback.settings.settings import Settings

if TYPE_CHECKING:
    from ringback.faces.tenancy import Tenancy, Tenant


_MOST, _IDLE = 1_000_000, 1e9
"""How many tenants are kept, and for how many real seconds, where no option says it: all."""


@contextmanager
def hosted(
    settings: Settings,
    options: Mapping[str, Any],
    tell: Callable[[Rejection], None],
    say: Callable[[str], None],
) -> Iterator[tuple[Emulator, Server]]:
    """An emulator with these *settings* and a server that nobody hears before it listens.

    *options* are those of `ringback.settings.options`, by name; *tell* hears of each request that
    is not let in, and *say* of a recording that was lost. Raises `ServerError` when the port or the
    folder of recordings cannot be had, `SettingsError` for a route that leads nowhere, and
    `ScenarioError`.
    """
    arrangement = Arrangement(options, say)
    server = _server(settings, options, tell)
    try:
        with Emulator(settings, server=server) as emulator:
            emulator._begin_with(arrangement.arrange)
            emulator._begin_with(arrangement.take_in)
            yield emulator, server
            arrangement.end()
    finally:
        server.stop()


@contextmanager
def hosted_tenants(
    settings: Settings,
    options: Mapping[str, Any],
    tell: Callable[[Rejection], None],
    hear: Callable[[str, Fact], None],
    say: Callable[[str], None],
    lose: Callable[[str], None],
    *,
    dated: bool,
) -> "Iterator[tuple[Tenancy, Server]]":
    """An emulator for each key, and a server that nobody hears before it listens.

    *hear* hears of each fact, and of the identifier of the key under which it happened; *say* of
    tenants that come and go, and *lose* of recordings that were lost. Where settings are *dated*,
    all clocks start at their epoch, and otherwise at the present. Raises what `hosted` does.
    """

    arrangement = Arrangement(options, lose)

    def arrange(tenant: "Tenant") -> None:
        def listen(service: Service) -> None:
            service.journal.on_append = partial(hear, service.key.identifier)

        tenant._begin_with(listen)
        tenant._begin_with(arrangement.arrange)
        tenant._begin_with(arrangement.take_in)

    from ringback.faces.tenancy import Tenancy

    probe = Service(settings)  # what cannot be is refused before anybody is served
    arrangement.arrange(probe)
    probe.close()
    tenancy = Tenancy(
        settings,
        most=options.get("max_tenants", _MOST),
        idle=options.get("tenant_idle", _IDLE),
        arrange=arrange,
        tell=say,
        dated=dated,
    )
    server = _server(settings, options, tell, newcomers=tenancy)
    try:
        tenancy.serve_on(server)
        yield tenancy, server
        arrangement.end()
    finally:
        tenancy.end()
        server.stop()


def _server(
    settings: Settings,
    options: Mapping[str, Any],
    tell: Callable[[Rejection], None],
    newcomers: "Tenancy | None" = None,
) -> Server:
    """A server that nobody hears; of a command without options for it, on a free port."""
    return Server(
        options.get("host", "127.0.0.1"),
        options.get("port", 0),
        tell=tell,
        patience=settings.seconds_of("request_timeout"),
        listening=False,
        newcomers=newcomers,
        control_token=options.get("control_token"),
    )
