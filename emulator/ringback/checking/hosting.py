"""An application of this process, on a socket while it is checked."""

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ringback.errors import ServerError
from ringback.sending.interface import takes

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

STARTS_WITHIN = 30.0
"""Real seconds that an application may take to start."""


@contextmanager
def hosted(app: Any) -> Iterator[tuple[str, bool]]:
    """Serve *app*, ASGI or WSGI, on a free loopback port: its base URL, and whether it is WSGI.

    Raises `SettingsError` for what is neither, and `ServerError` if it does not start.
    """
    if takes(app) == "wsgi":
        with _hosted_wsgi(app) as url:
            yield url, True
    else:
        with _hosted_asgi(app) as url:
            yield url, False


@contextmanager
def _hosted_asgi(app: Any) -> Iterator[str]:
    import uvicorn

    ready = threading.Event()

    class _Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            ready.set()

    server = _Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=0,
            log_level="critical",
            ws="none",
            timeout_graceful_shutdown=1,
        )
    )

    def run() -> None:
        with contextlib.suppress(SystemExit):  # uvicorn's way to say that it could not start
            server.run()
        ready.set()

    thread = threading.Thread(target=run, name="ringback checked", daemon=True)
    thread.start()
    ready.wait(STARTS_WITHIN)
    if not server.started or not server.servers:
        raise ServerError("the application did not start: run it by itself, and see what it says")
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(STARTS_WITHIN)


@contextmanager
def _hosted_wsgi(app: "WSGIApplication") -> Iterator[str]:
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

    class _Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    class _Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: what matters is in the report."""

        def log_error(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), _Quiet)
    server.set_app(app)
    thread = threading.Thread(
        target=server.serve_forever, args=(0.05,), name="ringback checked", daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(STARTS_WITHIN)
