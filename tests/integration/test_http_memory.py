"""What the HTTP sender holds of a body while it goes out: a piece, however large the body is."""

import asyncio
import tracemalloc
from collections.abc import Iterator

import pytest

from ringback.core.delivery.outcome import succeeded
from ringback.sending.exchange import PIECE
from ringback.sending.http import HttpSender
from tests.integration.conftest import Authority, FakeAlarm, Rude
from tests.integration.messages import LONG_AUDIO, OK, SECURE_APP, noted, send
from tests.integration.rude_receiver import Visit


def reads_when_it_may(visit: Visit) -> None:
    """Let every buffer on the way fill up, then read the whole request and keep nothing of it."""
    head = visit.read_head()
    visit.note("read the head")
    visit.wait_for_permission()
    left = int(head.lower().partition(b"content-length: ")[2].split()[0])
    while left > 0:
        left -= len(visit.hear())
    visit.say(OK)


@pytest.fixture
def traced() -> Iterator[None]:
    """Count what Python allocates."""
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.asyncio
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
async def test_a_body_is_not_copied_but_piece_by_piece(
    rude: Rude, authority: Authority, traced: None, encrypted: bool
) -> None:
    receiver = rude(reads_when_it_may, tls=authority.context("app.example") if encrypted else None)
    sender = HttpSender(FakeAlarm(), base=receiver.base, ca_file=authority.ca_file)
    warm_up = asyncio.create_task(send(sender, SECURE_APP, b"short"))
    await noted(receiver)
    receiver.may_read.set()
    assert succeeded(await warm_up)
    receiver.may_read.clear()
    attempt = asyncio.create_task(send(sender, SECURE_APP, LONG_AUDIO))
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    await noted(receiver)
    receiver.may_read.set()
    assert succeeded(await attempt)
    _, peak = tracemalloc.get_traced_memory()
    assert peak - before < 16 * PIECE < len(LONG_AUDIO) / 4
