"""The HTTP sender against receivers of every sort, over real sockets on loopback."""

import asyncio
import gzip
import os
import socket

import pytest

from ringback.core.base.headers import Headers
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered, Dropped, Garbled, Outcome, succeeded
from ringback.sending.http import HttpSender
from ringback.sending.sender import UNLIMITED
from tests.integration.conftest import FakeAlarm, Rude
from tests.integration.messages import (
    APP,
    AUDIO,
    LONG_AUDIO,
    OK,
    counting_sockets,
    deliver,
    endpoint_of,
    message_to,
    noted,
    open_sockets,
    send,
    sender_to,
)
from tests.integration.rude_receiver import (
    PATIENCE,
    Behaviour,
    RudeReceiver,
    Visit,
    answers,
    answers_and_stays,
    answers_early,
    closes_in_the_middle,
    never_ends,
    resets_after,
    resets_at_once,
    resets_in_the_middle,
    says_no_more_without_reading,
)

# -- what goes out ---------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_request_is_what_the_message_says_plus_one_header(rude: Rude) -> None:
    receiver = rude(answers(OK))
    endpoint = endpoint_of("http://app.example:8080/a%20b/%C3%A4?q=%2F&x=[1]|{2}#fragment")
    message = message_to(endpoint, b"sound", "PUT")
    await sender_to(receiver).send(message, endpoint, UNLIMITED)
    assert receiver.requests.get(timeout=PATIENCE) == (
        b"PUT /a%20b/%C3%A4?q=%2F&x=[1]|{2} HTTP/1.1\r\n"
        b"host: app.example:8080\r\n"
        b"Content-Type: audio/mpeg\r\n"
        b"content-length: 5\r\n"
        b"dg-token: 0191-token\r\n"
        b"connection: close\r\n"
        b"\r\n"
        b"sound"
    )


@pytest.mark.asyncio
async def test_a_chunked_message_is_framed_in_chunks(rude: Rude) -> None:
    heard = bytearray()

    def reads_chunks(visit: Visit) -> None:
        visit.read_head()
        while not heard.endswith(b"0\r\n\r\n"):
            heard.extend(visit.hear())
        visit.say(OK)

    headers = Headers({"host": "app.example", "transfer-encoding": "chunked"})
    message = CallbackMessage("POST", APP.url, headers, b"sound")
    assert succeeded(await sender_to(rude(reads_chunks)).send(message, APP, UNLIMITED))
    assert heard == b"5\r\nsound\r\n0\r\n\r\n"


@pytest.mark.asyncio
async def test_a_body_larger_than_every_buffer_arrives_whole(rude: Rude) -> None:
    receiver = rude(answers(OK))
    body = os.urandom(6 << 20)
    outcome = await deliver(receiver, body=body)
    assert succeeded(outcome)
    assert receiver.requests.get(timeout=PATIENCE).endswith(b"\r\n\r\n" + body)


@pytest.mark.asyncio
async def test_nagles_algorithm_is_off(rude: Rude, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    connect = loop.create_connection
    seen: list[int] = []

    async def spy(*arguments: object, sock: socket.socket, **more: object) -> object:
        made = await connect(*arguments, sock=sock, **more)  # type: ignore[call-overload]
        seen.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        return made

    monkeypatch.setattr(loop, "create_connection", spy)
    await deliver(rude(answers(OK)))
    assert seen == [1]


@pytest.mark.asyncio
async def test_every_attempt_has_a_connection_of_its_own(rude: Rude) -> None:
    receiver = rude(
        answers(b"HTTP/1.1 503 Busy\r\nConnection: keep-alive\r\ncontent-length: 0\r\n\r\n")
    )
    sender = sender_to(receiver)
    for _ in range(3):
        await send(sender)
    assert receiver.visits == 3


@pytest.mark.asyncio
async def test_proxies_of_the_environment_are_not_asked(
    rude: Rude, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert succeeded(await deliver(rude(answers(OK))))


# -- what comes back -------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_an_answer_is_kept_with_its_headers_as_spelt(rude: Rude) -> None:
    answer = b"HTTP/1.1 201 Created\r\nX-Job: 7\r\nx-job: 8\r\nContent-Length: 3\r\n\r\nyes"
    outcome = await deliver(rude(answers(answer)))
    assert isinstance(outcome, Answered)
    assert (outcome.status, outcome.body, outcome.note) == (201, b"yes", "")
    assert outcome.headers.items_as_sent == (
        ("X-Job", "7"),
        ("x-job", "8"),
        ("Content-Length", "3"),
    )


def status(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"HTTP/1.1 " + line, *headers, b"", body])


ANSWERS: dict[str, tuple[bytes, int, bytes, str]] = {
    "a body until the close": (status(b"200 OK", body=b"until the end"), 200, b"until the end", ""),
    "http 1.0": (b"HTTP/1.0 200 OK\r\n\r\nold", 200, b"old", ""),
    "no reason phrase": (b"HTTP/1.1 299\r\n\r\n", 299, b"", ""),
    "interim answers first": (
        status(b"100 Continue") + status(b"103 Hints", b"Link: </a>") + OK,
        200,
        b"ok",
        "",
    ),
    "a redirect": (
        status(b"302 Found", b"Location: http://127.0.0.1:1/", b"content-length: 0"),
        302,
        b"",
        "",
    ),
    "no content, and some": (status(b"204 No Content", body=b"some"), 204, b"", ""),
    "a body cut short": (
        status(b"200 OK", b"Content-Length: 100", body=b"short"),
        200,
        b"short",
        "truncated body",
    ),
    "a chunk cut short": (
        status(b"200 OK", b"Transfer-Encoding: chunked", body=b"9\r\nshort"),
        200,
        b"short",
        "truncated body",
    ),
    "a bad chunk": (
        status(b"500 Oops", b"Transfer-Encoding: chunked", body=b"2\r\nok\r\nzz\r\n"),
        500,
        b"ok",
        "garbled body",
    ),
    "two lengths": (
        status(b"200 OK", b"Content-Length: 2", b"Content-Length: 3", body=b"ok"),
        200,
        b"",
        "unusable headers: conflicting Content-Length headers",
    ),
    "a negative length": (
        status(b"200 OK", b"Content-Length: -1", body=b"ok"),
        200,
        b"",
        "unusable headers: bad Content-Length",
    ),
    "chunks and a length": (
        status(
            b"200 OK",
            b"Transfer-Encoding: chunked",
            b"Content-Length: 9",
            body=b"2\r\nok\r\n0\r\n\r\n",
        ),
        200,
        b"ok",
        "",
    ),
    "a bad header after a hint": (
        status(b"103 Hints") + status(b"503 Busy", b"no colon", b"content-length: 0"),
        503,
        b"",
        "unusable headers: illegal header line",
    ),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("case", ANSWERS)
async def test_the_status_line_decides(rude: Rude, case: str) -> None:
    answer, number, body, note = ANSWERS[case]
    outcome = await deliver(rude(answers(answer)))
    assert isinstance(outcome, Answered), outcome
    assert (outcome.status, outcome.body, outcome.note) == (number, body, note)


@pytest.mark.asyncio
async def test_a_redirect_is_not_followed(rude: Rude) -> None:
    elsewhere = rude(answers(OK))
    location = b"Location: http://127.0.0.1:%d/" % elsewhere.port
    outcome = await deliver(rude(answers(status(b"307 Moved", location, b"Content-Length: 0"))))
    assert str(outcome) == "answered 307"
    assert elsewhere.visits == 0


@pytest.mark.asyncio
async def test_a_compressed_answer_is_not_unpacked(rude: Rude) -> None:
    bomb = gzip.compress(bytes(10 << 20))
    answer = status(b"200 OK", b"Content-Encoding: gzip", b"Content-Length: %d" % len(bomb))
    outcome = await deliver(rude(answers(answer, bomb)))
    assert isinstance(outcome, Answered)
    assert outcome.body == bomb


@pytest.mark.asyncio
@pytest.mark.parametrize("framing", [b"Content-Length: 268435456", b"X-Until: the close"])
async def test_an_endless_body_is_cut_where_enough_of_it_came(rude: Rude, framing: bytes) -> None:
    receiver = rude(never_ends(status(b"200 OK", framing), b"z" * 65_536))
    outcome = await deliver(receiver)
    assert isinstance(outcome, Answered)
    assert outcome.body == b"z" * 65_536
    assert outcome.note == "body cut at 65536 bytes"


@pytest.mark.asyncio
async def test_an_answer_before_the_request_was_read_counts(rude: Rude) -> None:
    refusal = status(b"413 Too Large", b"Content-Length: 5", body=b"large")
    for _ in range(10):  # who wins the race between the answer and the reset is open each time
        outcome = await deliver(rude(answers_early(refusal)), body=LONG_AUDIO)
        assert outcome == Answered(413, Headers({"content-length": "5"}), b"large")


@pytest.mark.asyncio
async def test_an_answer_ends_the_attempt_though_the_receiver_keeps_the_connection(
    rude: Rude,
) -> None:
    receiver = rude(answers_and_stays(OK))
    assert succeeded(await deliver(receiver))
    assert [await noted(receiver), await noted(receiver)] == ["said", "they left"]


# -- what is no answer -----------------------------------------------------------------------------

NO_ANSWERS: dict[str, tuple[Behaviour, set[Outcome]]] = {
    "reset at once": (
        resets_at_once,
        {Dropped("reset", phase) for phase in ("connecting", "sending", "waiting")},
    ),
    "reset in the middle of the request": (resets_in_the_middle, {Dropped("reset", "sending")}),
    "closed in the middle of the request": (closes_in_the_middle, {Dropped("reset", "sending")}),
    "nothing more to be said": (
        says_no_more_without_reading,
        {Dropped("closed", "sending")},
    ),
    "reset after the request": (resets_after(), {Dropped("reset", "waiting")}),
    "closed without a word": (answers(), {Dropped("closed", "waiting")}),
    "reset in the head of the answer": (
        resets_after(b"HTTP/1.1 200 OK\r\nContent-"),
        {Dropped("reset", "receiving")},
    ),
    "closed in the head of the answer": (
        answers(b"HTTP/1.1 200 OK\r\nContent-"),
        {Dropped("closed", "receiving")},
    ),
    "reset in the body of the answer": (
        resets_after(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"),
        {Answered(200, Headers({"content-length": "9"}), b"part", "truncated body")},
    ),
    "closed after a hint": (answers(status(b"103 Hints")), {Dropped("closed", "receiving")}),
    "a protocol that nobody asked for": (
        answers(status(b"101 Switching Protocols", b"Upgrade: h2c")),
        {
            Garbled(
                "it switches to a protocol that nobody asked for",
                r"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
            )
        },
    ),
    "garbage": (
        answers_and_stays(b"\x00\xffSSH-2.0-OpenSSH_9.9\r\n"),
        {Garbled("it does not begin with HTTP/1", r"\x00\xffSSH-2.0-OpenSSH_9.9\r\n")},
    ),
    "http 0.9": (
        answers(b"<html>It works!</html>"),
        {Garbled("it does not begin with HTTP/1", "<html>It works!</html>")},
    ),
    "a status of six digits": (
        answers(status(b"999999 Huh", b"content-length: 0")),
        {
            Garbled(
                "illegal status line",
                r"HTTP/1.1 999999 Huh\r\ncontent-length: 0\r\n\r\n",
            )
        },
    ),
    "hints without end": (
        never_ends(b"", status(b"103 Hints")),
        {
            Garbled(
                "more than 100 interim answers",
                r"HTTP/1.1 103 Hints\r\n\r\n" * 3 + "HTTP/1.1 103 H",
            )
        },
    ),
    "a header without end": (
        never_ends(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 65_536),
        {
            Garbled(
                "its head is longer than 65536 bytes",
                r"HTTP/1.1 200 OK\r\nX: " + "a" * 60,
            )
        },
    ),
    "headers without end": (
        never_ends(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n" * 1000),
        {
            Garbled(
                "its head is longer than 65536 bytes",
                r"HTTP/1.1 200 OK\r\n" + r"X: a\r\n" * 10 + "X: ",
            )
        },
    ),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("case", NO_ANSWERS)
async def test_what_a_receiver_does_instead_of_answering_is_told_apart(
    rude: Rude, case: str
) -> None:
    behaviour, outcomes = NO_ANSWERS[case]
    in_the_middle = all("sending" in str(outcome) for outcome in outcomes)
    outcome = await deliver(rude(behaviour), body=LONG_AUDIO if in_the_middle else AUDIO)
    assert outcome in outcomes


@pytest.mark.asyncio
@counting_sockets
async def test_nothing_is_left_of_an_attempt_whatever_the_receiver_did() -> None:
    before = open_sockets()
    behaviours = [behaviour for behaviour, _ in NO_ANSWERS.values()]
    behaviours += [answers(answer) for answer, *_ in ANSWERS.values()]
    behaviours += [answers_early(OK), answers_and_stays(OK)]
    for behaviour in behaviours:
        with RudeReceiver(behaviour) as receiver:
            await deliver(receiver)
    with RudeReceiver(lambda visit: visit.say(b"this is not TLS")) as receiver:
        await send(HttpSender(FakeAlarm(), base=("https", receiver.host, receiver.port)))
    assert open_sockets() == before
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.asyncio
async def test_many_attempts_at_once_do_not_get_into_each_others_way(rude: Rude) -> None:
    good, bad = rude(answers(OK)), rude(resets_after())
    outcomes = await asyncio.gather(
        *(deliver(receiver) for _ in range(32) for receiver in (good, bad))
    )
    assert [outcome.word for outcome in outcomes] == ["200", "reset"] * 32
