"""A request in pieces: for a connection that breaks, and for a slow one."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from ringback.sending.pieces import cut_off, in_bits, pause

HEAD, BODY, END = b"POST / HTTP/1.1\r\n\r\n", b"0123456789", b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("size", "pieces"), [(0, [HEAD]), (4, [HEAD, b"0123"]), (9, [HEAD, BODY[:9]])]
)
def test_what_is_cut_off_ends_within_its_body(size: int, pieces: list[bytes]) -> None:
    assert cut_off([HEAD, BODY, END], BODY, size) == pieces


def test_a_request_without_a_body_does_not_come_whole_either() -> None:
    assert cut_off([HEAD], b"", 0) == [HEAD[:-2]]


@pytest.mark.parametrize("size", [0, 1, 3, 100])
def test_a_body_that_is_slow_comes_in_few_bits_and_whole(size: int) -> None:
    whole = bytes(range(size))
    bits = in_bits([whole[:2], whole[2:]])
    assert b"".join(bits) == whole
    assert 1 <= len(bits) <= 8


class Pending:
    cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


def test_a_pause_ends_when_an_alarm_rings_and_sets_no_other() -> None:
    pending, asked = Pending(), []

    def alarm(seconds: float, ring: Callable[[], None]) -> Pending:
        asked.append(seconds)
        threading.Thread(target=ring).start()
        return pending

    asyncio.run(pause(alarm, 0.5))
    assert asked == [0.5]
    assert pending.cancelled
