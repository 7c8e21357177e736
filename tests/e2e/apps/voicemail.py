"""An application that keeps the audio of its callbacks, once on FastAPI and once on Flask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import fastapi
import flask

from ringback.core.headers import Headers

HOOK = ("POST", "PUT")


@dataclass
class Mailbox:
    """What the application has kept, by request id; it fails *failures* times before it keeps."""

    failures: int = 0
    audio: dict[str, bytes] = field(default_factory=dict)
    heard: list[Headers] = field(default_factory=list)

    def take(self, headers: Mapping[str, str], audio: bytes) -> int:
        """Keep *audio* and return the status to answer with."""
        self.heard.append(Headers(headers))
        if len(self.heard) <= self.failures:
            return 503
        self.audio[self.heard[-1]["dg-request-id"]] = audio
        return 200


def on_fastapi(mailbox: Mailbox) -> fastapi.FastAPI:
    """The application as FastAPI's users write it."""
    app = fastapi.FastAPI()

    @app.api_route("/hook", methods=list(HOOK))
    async def hook(request: fastapi.Request) -> fastapi.Response:
        return fastapi.Response(
            status_code=mailbox.take(request.headers, await request.body()),
        )

    return app


def on_flask(mailbox: Mailbox) -> flask.Flask:
    """The application as Flask's users write it."""
    app = flask.Flask(__name__)

    @app.route("/hook", methods=HOOK)
    def hook() -> flask.Response:
        status = mailbox.take(dict(flask.request.headers), flask.request.get_data())
        return flask.Response(status=status)

    return app


FRAMEWORKS: dict[str, Callable[[Mailbox], Any]] = {"FastAPI": on_fastapi, "Flask": on_flask}
