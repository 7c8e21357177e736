"""Puts an application on a loopback socket, by the server that its framework's users run."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fastapi
import uvicorn
import werkzeug.serving


@contextmanager
def hosted(app: Any) -> Iterator[str]:
    """Serve *app* from a thread of its own; the value is its base URL."""
    # It listens before the server runs, so that nobody has to wait for the server.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serve = _uvicorn if isinstance(app, fastapi.FastAPI) else _werkzeug
        with serve(app, listener):
            yield "http://{}:{}".format(*listener.getsockname())


@contextmanager
def _uvicorn(app: Any, listener: socket.socket) -> Iterator[None]:
    # Its main loop sleeps, and would sleep on for ever once freezegun has stopped its timers.
    steady = "ringback.clock.real:SteadyLoop"
    server = uvicorn.Server(uvicorn.Config(app, loop=steady, log_level="error"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def _werkzeug(app: Any, listener: socket.socket) -> Iterator[None]:
    host, port = listener.getsockname()
    server = werkzeug.serving.make_server(host, port, app, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
