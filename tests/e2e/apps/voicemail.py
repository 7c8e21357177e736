"""An application that keeps the audio of its callbacks, once on FastAPI and once on Flask."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import fastapi
import flask

from ringback import Headers

APP = "https://app.example"
CALLBACK = "https://ada:s3cret@app.example/hook"
GREETING = "Hello, how can I help you today?"


@dataclass
class Mailbox:
    """What the application has kept, by request id; it fails *failures* times before it keeps."""

    failures: int = 0
    audio: dict[str, bytes] = field(default_factory=dict)
    heard: list[Headers] = field(default_factory=list)
    kept: threading.Event = field(default_factory=threading.Event)

    def take(self, headers: Iterable[tuple[str, str]], audio: bytes) -> int:
        """Keep *audio* and return the status to answer with."""
        callback = Headers(headers)
        self.heard.append(callback)
        if len(self.heard) <= self.failures:
            return 503
        self.audio[callback["dg-request-id"]] = audio
        self.kept.set()
        return 200


def on_fastapi(mailbox: Mailbox) -> fastapi.FastAPI:
    """The application as FastAPI's users write it."""
    app = fastapi.FastAPI()

    @app.put("/hook")
    async def hook(request: fastapi.Request) -> fastapi.Response:
        status = mailbox.take(request.headers.items(), await request.body())
        return fastapi.Response(status_code=status)

    return app


def on_flask(mailbox: Mailbox) -> flask.Flask:
    """The application as Flask's users write it."""
    app = flask.Flask(__name__)

    @app.put("/hook")
    def hook() -> flask.Response:
        status = mailbox.take(flask.request.headers.items(), flask.request.get_data())
        return flask.Response(status=status)

    return app


FRAMEWORKS: dict[str, Callable[[Mailbox], Any]] = {"FastAPI": on_fastapi, "Flask": on_flask}
