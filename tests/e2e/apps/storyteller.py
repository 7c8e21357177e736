"""An application that asks for the next line of a story from inside its callback handler."""

import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import fastapi
import flask
from deepgram import AsyncDeepgramClient

from ringback import AsyncEmulator, Emulator
from tests.e2e.apps.sdk import ask, ask_async, async_client, client, in_process_client

CALLBACK = "https://stories.example/next"


@dataclass
class Story:
    """A story of *lines*, and the audio in which it has been *told* so far."""

    lines: list[str]
    told: list[bytes] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def goes_on(self, audio: bytes) -> str | None:
        """Take the audio of a line and return the line that follows it."""
        self.told.append(audio)
        if len(self.told) < len(self.lines):
            return self.lines[len(self.told)]
        self.over.set()
        return None


Service = Emulator | AsyncEmulator
Connect = Callable[[Service], AbstractAsyncContextManager[AsyncDeepgramClient]]


def on_flask(story: Story, service: Service) -> flask.Flask:
    """The application on Flask, whose handlers wait."""
    app = flask.Flask(__name__)

    @app.post("/next")
    def tell() -> flask.Response:
        line = story.goes_on(flask.request.get_data())
        if line is not None:
            with client(service) as deepgram:
                ask(deepgram, line, CALLBACK, "POST")
        return flask.Response(status=204)

    return app


def on_fastapi_in_threads(story: Story, service: Service) -> fastapi.FastAPI:
    """The application on FastAPI with a plain handler, which runs in a worker thread and waits."""
    app = fastapi.FastAPI()

    @app.post("/next", status_code=204)
    def tell(audio: bytes = fastapi.Depends(_body)) -> None:
        line = story.goes_on(audio)
        if line is not None:
            with client(service) as deepgram:
                ask(deepgram, line, CALLBACK, "POST")

    return app


def on_fastapi(story: Story, service: Service, connect: Connect = async_client) -> fastapi.FastAPI:
    """The application on FastAPI with a coroutine that awaits."""
    app = fastapi.FastAPI()

    @app.post("/next", status_code=204)
    async def tell(audio: bytes = fastapi.Depends(_body)) -> None:
        line = story.goes_on(audio)
        if line is not None:
            async with connect(service) as deepgram:
                await ask_async(deepgram, line, CALLBACK, "POST")

    return app


def on_fastapi_blocking(story: Story, service: Service) -> fastapi.FastAPI:
    """The application as nobody should write it: its coroutine blocks the loop that runs it."""
    app = fastapi.FastAPI()

    @app.post("/next", status_code=204)
    async def tell(audio: bytes = fastapi.Depends(_body)) -> None:
        line = story.goes_on(audio)
        if line is not None:
            with client(service) as deepgram:
                ask(deepgram, line, CALLBACK, "POST")

    return app


async def _body(request: fastapi.Request) -> bytes:
    return await request.body()


STORYTELLERS: dict[str, Callable[[Story, Service], Any]] = {
    "Flask": on_flask,
    "FastAPI in threads": on_fastapi_in_threads,
    "FastAPI": on_fastapi,
    "FastAPI without sockets": partial(on_fastapi, connect=in_process_client),
    "FastAPI blocking": on_fastapi_blocking,
}
