"""One request and its answer as bytes: what the network does to the pieces changes nothing."""

from itertools import pairwise
from typing import Literal

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.core.base.headers import Headers
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered, Dropped, Garbled, Outcome
from ringback.core.request.endpoint import Endpoint
from ringback.sending import conversation
from ringback.sending.conversation import ANSWER_LIMIT, Conversation

BODY = b"sound"
APP = Endpoint("http", "app.example", 80, "/done")
MESSAGE = CallbackMessage(
    "POST", APP.url, Headers({"host": "app.example", "content-length": "5"}), BODY
)
CLOSED = Dropped("closed", "waiting")


def a_conversation() -> Conversation:
    conversation = Conversation()
    conversation.say(MESSAGE, APP.target)
    return conversation


def hear(*pieces: bytes) -> Outcome:
    """Hear *pieces* until there is an outcome, and the end after them."""
    conversation = a_conversation()
    for piece in pieces:
        if found := conversation.hear(piece):
            return found
    return conversation.hear_end(CLOSED)


def test_the_body_is_said_without_copying_it() -> None:
    pieces = Conversation().say(MESSAGE, APP.target)
    assert b"".join(pieces).endswith(b"\r\n\r\nsound")
    assert any(piece is BODY for piece in pieces)


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([("host", "a"), ("Content-Length", "5"), ("X-Note", "a b")], BODY),
        ([("content-length", "5"), ("x", ""), ("Host", "a"), ("x", "2")], BODY),
        ([("host", "a"), ("content-length", "0")], b""),
        ([("host", "a"), ("transfer-encoding", "chunked")], BODY),
    ],
)
def test_the_bytes_are_those_that_h11_makes(
    monkeypatch: pytest.MonkeyPatch,
    method: Literal["POST", "PUT"],
    headers: list[tuple[str, str]],
    body: bytes,
) -> None:
    message = CallbackMessage(method, APP.url, Headers(headers), body)
    said = b"".join(Conversation().say(message, APP.target))
    monkeypatch.setattr(conversation, "_head", lambda *_: None)
    assert b"".join(Conversation().say(message, APP.target)) == said


@pytest.mark.parametrize(
    ("headers", "target"),
    [
        ({"host": "a", "content-length": "5", "x": "a\r\nforged: 1"}, "/done"),
        ({"host": "a", "content-length": "5", "x": "a\r\n\r\nGET / HTTP/1.1"}, "/done"),
        ({"host": "a", "content-length": "4"}, "/done"),
        ({"content-length": "5"}, "/done"),
        ({"host": "a", "content-length": "5"}, "/done HTTP/1.1\r\nforged: 1\r\n"),
    ],
)
def test_what_no_request_may_say_is_not_said(headers: dict[str, str], target: str) -> None:
    message = CallbackMessage("POST", APP.url, Headers(headers), BODY)
    with pytest.raises(h11.LocalProtocolError):
        Conversation().say(message, target)


def test_it_has_not_begun_before_the_first_byte() -> None:
    conversation = a_conversation()
    assert not conversation.begun
    conversation.hear(b"H")
    assert conversation.begun


ANSWERS = [
    b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
    b"HTTP/1.0 200 OK\r\n\r\nuntil the end",
    b"HTTP/1.1 103\r\n\r\nHTTP/1.1 503\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort",
    b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
    b"HTTP/1.1 2000 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    b"HTTP/2 200\r\n\r\n",
    b"<html>",
    b"HTTP/1.1 20",
    b"",
]


@given(answer=st.sampled_from(ANSWERS), cuts=st.lists(st.integers(0, 100), max_size=6))
def test_an_answer_means_the_same_however_it_is_cut(answer: bytes, cuts: list[int]) -> None:
    places = sorted({min(cut, len(answer)) for cut in cuts} | {0, len(answer)})
    pieces = [answer[begin:end] for begin, end in pairwise(places)]
    whole = hear(answer) if answer else hear()
    cut = hear(*pieces)
    if isinstance(whole, Garbled) and isinstance(cut, Garbled):
        assert whole.detail == cut.detail
        assert whole.sample.startswith(cut.sample)
    else:
        assert whole == cut


@given(noise=st.binary(min_size=1, max_size=300))
def test_no_bytes_whatever_are_raised(noise: bytes) -> None:
    hear(noise)
    hear(b"HTTP/1.1 200 OK\r\n" + noise)
    hear(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + noise)


@pytest.mark.parametrize("split", [1, 30_000, 65_535, 65_536])
def test_a_head_of_the_greatest_length_is_read(split: int) -> None:
    head = b"HTTP/1.1 200 OK\r\nX: "
    answer = head + b"a" * (65_536 - len(head) - 4) + b"\r\n\r\nbody"
    outcome = hear(answer[:split], answer[split:])
    assert isinstance(outcome, Answered)
    assert outcome.body == b"body"


@pytest.mark.parametrize("split", [1, 30_000, 65_536, 65_537])
def test_a_head_that_is_one_byte_longer_is_not(split: int) -> None:
    head = b"HTTP/1.1 200 OK\r\nX: "
    answer = head + b"a" * (65_537 - len(head) - 4) + b"\r\n\r\nbody"
    outcome = hear(answer[:split], answer[split:])
    assert isinstance(outcome, Garbled)
    assert outcome.detail == "its head is longer than 65536 bytes"


@pytest.mark.parametrize(("interim", "expected"), [(100, Answered), (101, Garbled)])
def test_a_hundred_interim_answers_are_skipped(interim: int, expected: type[Outcome]) -> None:
    outcome = hear(b"HTTP/1.1 103\r\n\r\n" * interim, b"HTTP/1.1 200\r\n\r\n")
    assert isinstance(outcome, expected)


@pytest.mark.parametrize(("size", "note"), [(65_536, ""), (65_537, "body cut at 65536 bytes")])
def test_a_body_is_kept_up_to_the_limit(size: int, note: str) -> None:
    outcome = hear(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size, b"a" * size)
    assert isinstance(outcome, Answered)
    assert (len(outcome.body), outcome.note) == (65_536, note)


def test_a_break_before_the_status_line_is_what_the_caller_says() -> None:
    conversation = a_conversation()
    conversation.hear(b"HTTP/1.1 200")
    assert conversation.hear_break(Dropped("reset", "receiving")) == Dropped("reset", "receiving")


def test_a_break_after_the_head_is_an_answer() -> None:
    conversation = a_conversation()
    conversation.hear(b"HTTP/1.1 200 OK\r\n\r\npart")
    outcome = conversation.hear_break(Dropped("reset", "receiving"))
    assert outcome == Answered(200, body=b"part", note="truncated body")


def test_the_sample_shows_eighty_bytes_and_no_control_characters() -> None:
    outcome = hear(b"\x1b[31m" + b"x" * 100)
    assert isinstance(outcome, Garbled)
    assert outcome.sample == r"\x1b[31m" + "x" * 75


FINAL = b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.mark.parametrize("cut", [None, 1, 20])
@pytest.mark.parametrize("header", [b"no colon", b"X: \x00", b"Content-Length: x"])
def test_an_interim_answer_is_passed_over_whatever_its_headers_are(
    header: bytes, cut: int | None
) -> None:
    interim = b"HTTP/1.1 103 Hints\r\n" + header + b"\r\n\r\n"
    pieces = [interim + FINAL] if cut is None else [interim[:cut], interim[cut:], FINAL]
    assert hear(*pieces) == Answered(204)


@pytest.mark.parametrize("pieces", [1, 2])
def test_a_switch_of_protocols_is_no_answer_whatever_follows(pieces: int) -> None:
    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"
    outcome = hear(switch + FINAL) if pieces == 1 else hear(switch, FINAL)
    assert isinstance(outcome, Garbled)
    assert outcome.detail == "it switches to a protocol that nobody asked for"


@pytest.mark.parametrize(
    "frame",
    [b"2;%b\r\nok\r\n0\r\n\r\n", b"2\r\nok\r\n0\r\nX: %b\r\n\r\n"],
    ids=["chunk", "trailer"],
)
@pytest.mark.parametrize(("size", "note"), [(70_000, ""), (ANSWER_LIMIT, "garbled body")])
@pytest.mark.parametrize("split", [1 << 30, 10_000])
def test_what_frames_a_body_may_be_long_but_not_endless(
    frame: bytes, size: int, note: str, split: int
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + frame % (b"e" * size)
    outcome = hear(*(answer[at : at + split] for at in range(0, len(answer), split)))
    assert isinstance(outcome, Answered)
    assert (outcome.status, outcome.note) == (200, note)


@pytest.mark.parametrize("pieces", [[b"\x15\x03\x01"], [b"\x16", b"\x03\x01"]])
def test_the_first_byte_of_tls_is_enough_to_guess_it(pieces: list[bytes]) -> None:
    outcome = hear(*pieces)
    assert isinstance(outcome, Garbled)
    assert outcome.detail == "it does not begin with HTTP/1; is it https?"
