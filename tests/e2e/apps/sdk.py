"""Deepgram's own Python SDK, unmodified, pointed at an emulator as its documentation says."""

import json
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
from deepgram import AsyncDeepgramClient, DeepgramClient, DeepgramClientEnvironment

from ringback import AsyncEmulator, Emulator

with warnings.catch_warnings():
    # It uses a name that the newest websockets calls deprecated, and warns once, when imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    import deepgram.core.websocket_compat  # noqa: F401


def environment(url: str) -> DeepgramClientEnvironment:
    """Every endpoint of the SDK at *url*."""
    ws_url = "ws" + url.removeprefix("http")
    return DeepgramClientEnvironment(base=url, production=ws_url, agent=ws_url, agent_rest=url)


@contextmanager
def client(
    emulator: Emulator | AsyncEmulator, api_key: str | None = None
) -> Iterator[DeepgramClient]:
    """The SDK's client for plain functions; its connections are closed at the end."""
    # Loopback needs neither certificates, which take 40 ms to load, nor a proxy.
    with httpx.Client(verify=False, trust_env=False) as connections:
        yield DeepgramClient(
            api_key=api_key or emulator.api_key,
            environment=environment(emulator.url),
            httpx_client=connections,
        )


@asynccontextmanager
async def async_client(
    emulator: Emulator | AsyncEmulator, api_key: str | None = None
) -> AsyncIterator[AsyncDeepgramClient]:
    """The same for coroutines."""
    async with httpx.AsyncClient(verify=False, trust_env=False) as connections:
        yield AsyncDeepgramClient(
            api_key=api_key or emulator.api_key,
            environment=environment(emulator.url),
            httpx_client=connections,
        )


@asynccontextmanager
async def in_process_client(
    emulator: Emulator | AsyncEmulator,
) -> AsyncIterator[AsyncDeepgramClient]:
    """The same without sockets: the emulator is called as an ASGI application."""
    transport = httpx.ASGITransport(emulator.app)
    async with httpx.AsyncClient(transport=transport) as connections:
        yield AsyncDeepgramClient(
            api_key=emulator.api_key,
            environment=environment("http://ringback.test"),
            httpx_client=connections,
        )


def ask(deepgram: DeepgramClient, text: str, callback: str, method: str = "PUT") -> str:
    """Ask for *text* to be spoken to *callback*; the value is the request id."""
    pieces = deepgram.speak.v1.audio.generate(text=text, callback=callback, callback_method=method)
    return _request_id(b"".join(pieces))


async def ask_async(
    deepgram: AsyncDeepgramClient, text: str, callback: str, method: str = "PUT"
) -> str:
    """The same for coroutines."""
    pieces = deepgram.speak.v1.audio.generate(text=text, callback=callback, callback_method=method)
    return _request_id(b"".join([piece async for piece in pieces]))


def _request_id(acknowledgement: bytes) -> str:
    answer: dict[str, str] = json.loads(acknowledgement)
    assert set(answer) == {"request_id"}
    return answer["request_id"]
