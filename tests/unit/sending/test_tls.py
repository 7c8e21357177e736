"""TLS as bytes: what the network does to the pieces changes nothing."""

import itertools
import ssl
from contextlib import suppress
from functools import cache
from itertools import pairwise

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.sending.tls import RECORD, Tls, trusting_everyone

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nall of it"


@cache
def a_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("app.example").configure_cert(context)
    return context


class Receiver:
    """The other side of a connection, also without a socket."""

    def __init__(self) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = a_certificate().wrap_bio(self._incoming, self._outgoing, server_side=True)

    def shake_hands(self, hello: bytes) -> bytes:
        self._incoming.write(hello)
        with suppress(ssl.SSLWantReadError):
            self._object.do_handshake()
        return self._outgoing.read()

    def read(self, data: bytes) -> bytes:
        self._incoming.write(data)
        text = b""
        with suppress(ssl.SSLWantReadError):
            while part := self._object.read():
                text += part
        return text

    def write(self, *texts: bytes) -> bytes:
        for text in texts:
            self._object.write(text)
        return self._outgoing.read()

    def leave(self) -> bytes:
        with suppress(ssl.SSLWantReadError):
            self._object.unwrap()
        return self._outgoing.read()


def hear(tls: Tls, *pieces: bytes) -> bytes:
    return b"".join(text for piece in pieces for text in tls.open(piece))


def established() -> tuple[Tls, Receiver]:
    tls, receiver = Tls(trusting_everyone(), "app.example"), Receiver()
    assert hear(tls, b"") == b""
    while not tls.established:
        hear(tls, receiver.shake_hands(tls.unsent()))
    assert hear(tls, receiver.shake_hands(tls.unsent())) == b""
    return tls, receiver


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(place % len(data) for place in cuts)})
    return [data[begin:end] for begin, end in pairwise(places)]


CUTS = st.lists(st.integers(0, 5000), max_size=12)


@settings(deadline=None, max_examples=30)  # a busy machine is no fault; each shakes hands
@given(cuts=CUTS, cuts_of_text=CUTS)
def test_an_answer_is_opened_alike_however_it_is_cut(
    cuts: list[int], cuts_of_text: list[int]
) -> None:
    tls, receiver = established()
    sealed = receiver.write(*cut(ANSWER, cuts_of_text)) + receiver.leave()
    assert hear(tls, *cut(sealed, cuts)) == ANSWER
    assert tls.ended


@settings(deadline=None, max_examples=30)  # a busy machine is no fault; each shakes hands
@given(cuts=CUTS)
def test_what_came_before_a_fault_is_opened_before_the_fault_is_raised(cuts: list[int]) -> None:
    tls, receiver = established()
    pieces = cut(receiver.write(ANSWER) + b"HTTP/1.1 500 Oops", cuts)
    texts = itertools.chain.from_iterable(map(tls.open, pieces))
    assert b"".join(itertools.islice(texts, 1)) == ANSWER
    with pytest.raises(ssl.SSLError):
        next(texts)


@settings(deadline=None, max_examples=30)  # a busy machine is no fault; each shakes hands
@given(cuts=CUTS)
def test_a_handshake_succeeds_however_it_is_cut(cuts: list[int]) -> None:
    tls, receiver = Tls(trusting_everyone(), "app.example"), Receiver()
    hear(tls, b"")
    hear(tls, *cut(receiver.shake_hands(tls.unsent()), cuts))
    assert tls.established


def test_what_is_sealed_is_read_by_the_receiver_alone() -> None:
    tls, receiver = established()
    text = bytes(3 * RECORD + 1)
    sealed = tls.seal(memoryview(text))
    assert text[:100] not in sealed
    assert receiver.read(sealed) == text


def test_a_goodbye_is_said_once_and_not_waited_for() -> None:
    tls, receiver = established()
    assert receiver.read(tls.goodbye()) == b""
    assert tls.goodbye() == b""


def test_a_goodbye_in_the_middle_of_the_handshake_says_nothing() -> None:
    tls = Tls(trusting_everyone(), "app.example")
    hear(tls, b"")
    tls.unsent()
    assert tls.goodbye() == b""
