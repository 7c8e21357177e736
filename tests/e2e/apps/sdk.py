"""Deepgram's own Python SDK, unmodified, pointed at an emulator as its documentation says."""

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


def environment(emulator: Emulator | AsyncEmulator) -> DeepgramClientEnvironment:
    """Where the SDK finds its endpoints."""
    url, ws_url = emulator.url, emulator.ws_url
    return DeepgramClientEnvironment(base=url, production=ws_url, agent=ws_url, agent_rest=url)


@contextmanager
def client(emulator: Emulator | AsyncEmulator) -> Iterator[DeepgramClient]:
    """The SDK's client for plain functions; its connections are closed at the end."""
    with httpx.Client() as connections:
        yield DeepgramClient(
            api_key=emulator.api_key,
            environment=environment(emulator),
            httpx_client=connections,
        )


@asynccontextmanager
async def async_client(emulator: Emulator | AsyncEmulator) -> AsyncIterator[AsyncDeepgramClient]:
    """The same for coroutines."""
    async with httpx.AsyncClient() as connections:
        yield AsyncDeepgramClient(
            api_key=emulator.api_key,
            environment=environment(emulator),
            httpx_client=connections,
        )
