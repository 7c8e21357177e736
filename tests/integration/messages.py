"""Callbacks to send, and ways to send them, for the tests of every sender."""

import asyncio
import os
import sys

import pytest

from ringback.core.base.headers import Headers
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Outcome
from ringback.core.request.endpoint import Endpoint, split
from ringback.sending.http import HttpSender
from ringback.sending.sender import UNLIMITED, Sender
from tests.integration.conftest import FakeAlarm
from tests.integration.rude_receiver import PATIENCE, RudeReceiver

AUDIO = b"\x00\x01" * 10_240
LONG_AUDIO = bytes(8 << 20)  # more than the buffers of loopback hold
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def endpoint_of(url: str) -> Endpoint:
    """Where callbacks to *url* go."""
    endpoint = split(url)
    assert isinstance(endpoint, Endpoint), endpoint
    return endpoint


APP = endpoint_of("http://app.example/done")
SECURE_APP = endpoint_of("https://app.example/done")


def message_to(endpoint: Endpoint, body: bytes = AUDIO, method: str = "POST") -> CallbackMessage:
    """A callback to *endpoint*; the spelling of its headers is mixed on purpose."""
    headers = [
        ("host", endpoint.authority),
        ("Content-Type", "audio/mpeg"),
        ("content-length", str(len(body))),
        ("dg-token", "0191-token"),
    ]
    return CallbackMessage(method, endpoint.url, Headers(headers), body)


async def send(sender: Sender, endpoint: Endpoint | str = APP, body: bytes = AUDIO) -> Outcome:
    """Send a callback without limits."""
    to = endpoint_of(endpoint) if isinstance(endpoint, str) else endpoint
    return await sender.send(message_to(to, body), to, UNLIMITED)


def sender_to(receiver: RudeReceiver, *, ca_file: str | None = None) -> HttpSender:
    """A sender that leads every endpoint to *receiver*."""
    return HttpSender(FakeAlarm(), base=receiver.base, ca_file=ca_file)


async def deliver(receiver: RudeReceiver, endpoint: Endpoint = APP, body: bytes = AUDIO) -> Outcome:
    """Send a callback to *receiver*."""
    return await send(sender_to(receiver), endpoint, body)


async def noted(receiver: RudeReceiver) -> str:
    """Wait until *receiver* has got as far as to note something."""
    return await asyncio.to_thread(receiver.notes.get, timeout=PATIENCE)


async def some_turns() -> None:
    """Let the loop do what has been asked of it so far, from whichever thread."""
    loop = asyncio.get_running_loop()
    for _ in range(3):
        turn = loop.create_future()
        loop.call_soon_threadsafe(turn.set_result, None)
        await turn


counting_sockets = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="counts sockets in /proc"
)


def open_sockets() -> int:
    """How many sockets this process has open, those of the receivers included."""
    links = []
    for entry in os.listdir("/proc/self/fd"):  # noqa: PTH208 - entries vanish while it is listed
        try:
            links.append(os.readlink(f"/proc/self/fd/{entry}"))  # noqa: PTH115
        except OSError:
            continue
    return sum(link.startswith("socket:") for link in links)
