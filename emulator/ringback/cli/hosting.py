"""An emulator behind a server of its own, with all that was arranged for it, still to listen."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ringback.core.base.rejection import Rejection
from ringback.faces.emulator import Emulator
from ringback.service.service import Service
from ringback.serving.server import Server
from ringback.settings.settings import Settings


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

    def arrange(service: Service) -> None:
        for origin, base in options["connect"].items():
            service.connect(origin, base)

    patience = settings.seconds_of("request_timeout")
    server = Server(host, port, tell=tell, patience=patience, listening=False)
    try:
        with Emulator(settings, server=server) as emulator:
            emulator._begin_with(arrange)
            yield emulator, server
    finally:
        server.stop()
