"""The HTTP sender against receivers of every sort, over real sockets on loopback."""

import asyncio
import gzip
import os
import queue
import socket
import ssl
import sys
from collections.abc import Callable, Sequence

import pytest

from ringback.core.callback import Endpoint, split
from ringback.core.headers import Headers
from ringback.core.message import CallbackMessage
from ringback.core.outcome import (
    Aborted,
    Answered,
    Dropped,
    Garbled,
    Outcome,
    TimedOut,
    Unreachable,
    succeeded,
)
from ringback.errors import SettingsError
from ringback.sending.http import HttpSender
from ringback.sending.sender import UNLIMITED, Limits
from tests.integration.conftest import Authority, FakeAlarm, Rude
from tests.integration.rude_receiver import (
    PATIENCE,
    Behaviour,
    RudeReceiver,
    answers,
    answers_and_stays,
    answers_early,
    closes_in_the_middle,
    hangs,
    hangs_without_reading,
    never_ends,
    resets_after,
    resets_at_once,
    resets_in_the_middle,
)

AUDIO = b"\x00\x01" * 10_240
LONG_AUDIO = bytes(8 << 20)  # more than loopback's buffers hold
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LIMITS = Limits(connect=1.0, total=10.0)


def endpoint_of(url: str) -> Endpoint:
    endpoint = split(url)
    assert isinstance(endpoint, Endpoint)
    return endpoint


APP = endpoint_of("http://app.example/done")
SECURE_APP = endpoint_of("https://app.example/done")


def message_to(endpoint: Endpoint, body: bytes = AUDIO, method: str = "POST") -> CallbackMessage:
    headers = Headers(
        [
            ("host", endpoint.authority),
            ("Content-Type", "audio/mpeg"),
            ("content-length", str(len(body))),
            ("dg-token", "0191-token"),
        ]
    )
    return CallbackMessage(method, endpoint.url, headers, body)


def sender_to(receiver: RudeReceiver, **more: str) -> HttpSender:
    return HttpSender(FakeAlarm(), base=receiver.base, **more)


async def deliver(
    receiver: RudeReceiver, endpoint: Endpoint = APP, body: bytes = AUDIO
) -> Outcome:
    return await sender_to(receiver).send(message_to(endpoint, body), endpoint, UNLIMITED)


async def noted(receiver: RudeReceiver) -> str:
    """Wait until the receiver has got as far as to note something."""
    return await asyncio.to_thread(receiver.notes.get, timeout=PATIENCE)


async def some_turns() -> None:
    """Let a cancelled connection's socket close: the loop does that in its next turn."""
    loop = asyncio.get_running_loop()
    for _ in range(3):
        turn = loop.create_future()
        loop.call_soon(turn.set_result, None)
        await turn


# -- what goes out ---------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_request_is_what_the_message_says_plus_one_header(rude: Rude) -> None:
    receiver = rude(answers(OK))
    endpoint = endpoint_of("http://app.example:8080/a%20b/%C3%A4?q=%2F&x=[1]|{2}#fragment")
    sender = sender_to(receiver)
    await sender.send(message_to(endpoint, b"sound", "PUT"), endpoint, UNLIMITED)
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
    receiver = rude(answers_early(OK))
    message = CallbackMessage(
        "POST", APP.url, Headers({"host": "app.example", "transfer-encoding": "chunked"}), b"sound"
    )
    outcome = await sender_to(receiver).send(message, APP, UNLIMITED)
    assert outcome == Answered(200, Headers({"content-length": "2"}), b"ok")


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
    receiver = rude(answers(b"HTTP/1.1 503 Busy\r\nConnection: keep-alive\r\ncontent-length: 0\r\n\r\n"))
    sender = sender_to(receiver)
    for _ in range(3):
        await sender.send(message_to(APP), APP, UNLIMITED)
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
        {Dropped("reset", phase) for phase in ("connecting", "sending")},
    ),
    "reset in the middle of the request": (resets_in_the_middle, {Dropped("reset", "sending")}),
    "closed in the middle of the request": (closes_in_the_middle, {Dropped("reset", "sending")}),
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
        {Garbled("more than 100 interim answers", r"HTTP/1.1 103 Hints\r\n\r\n" * 3 + "HTTP/1.1 103 H")},
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
    in_the_middle = Dropped("reset", "sending") in outcomes
    outcome = await deliver(rude(behaviour), body=LONG_AUDIO if in_the_middle else AUDIO)
    assert outcome in outcomes


# -- no connection ---------------------------------------------------------------------------------


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


async def never_asked(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host} was looked up")


async def send_to(url: str, sender: HttpSender) -> Outcome:
    endpoint = endpoint_of(url)
    return await sender.send(message_to(endpoint), endpoint, UNLIMITED)


@pytest.mark.asyncio
async def test_a_closed_port_is_refused_and_named() -> None:
    port = closed_port()
    outcome = await send_to(f"http://127.0.0.1:{port}/", HttpSender(FakeAlarm()))
    assert outcome == Unreachable("refused", f"127.0.0.1:{port} Connection refused")


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_localhost_is_reached_whichever_loopback_it_listens_on(rude: Rude, host: str) -> None:
    receiver = rude(answers(OK), host=host)
    for name in ("localhost", "hooks.localhost", "LOCALHOST.".lower()):
        outcome = await send_to(
            f"http://{name}:{receiver.port}/", HttpSender(FakeAlarm(), resolve=never_asked)
        )
        assert succeeded(outcome), outcome


@pytest.mark.asyncio
async def test_a_refusal_names_every_address_that_was_tried() -> None:
    port = closed_port()
    outcome = await send_to(f"http://localhost:{port}/", HttpSender(FakeAlarm()))
    assert outcome == Unreachable(
        "refused", f"127.0.0.1:{port} Connection refused, [::1]:{port} Connection refused"
    )


@pytest.mark.asyncio
async def test_a_foreign_host_is_refused_without_a_look_up() -> None:
    sender = HttpSender(FakeAlarm(), allow_hosts=["other.example"], resolve=never_asked)
    outcome = await send_to("http://app.example/done", sender)
    assert isinstance(outcome, Unreachable)
    assert outcome.reason == "not allowed"
    assert "Settings.allow_hosts" in outcome.detail
    assert "connect()" in outcome.detail


@pytest.mark.asyncio
async def test_an_allowed_host_is_looked_up_once_per_attempt_and_that_address_dialled(
    rude: Rude,
) -> None:
    receiver = rude(answers(OK))
    asked: list[tuple[str, int]] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    sender = HttpSender(FakeAlarm(), allow_hosts=["app.example"], resolve=resolve)
    for _ in range(2):
        assert succeeded(await send_to(f"http://app.example:{receiver.port}/", sender))
    assert asked == [("app.example", receiver.port)] * 2


@pytest.mark.asyncio
async def test_the_second_address_of_a_name_is_tried_in_the_same_attempt(rude: Rude) -> None:
    receiver = rude(answers(OK))

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["::1", "127.0.0.1"]

    sender = HttpSender(FakeAlarm(), allow_hosts=["app.example"], resolve=resolve)
    assert succeeded(await send_to(f"http://app.example:{receiver.port}/", sender))


@pytest.mark.asyncio
async def test_one_dangerous_address_of_a_name_spoils_all_of_them(rude: Rude) -> None:
    receiver = rude(answers(OK))

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1", "169.254.169.254"]

    sender = HttpSender(FakeAlarm(), allow_hosts=["app.example"], resolve=resolve)
    outcome = await send_to(f"http://app.example:{receiver.port}/", sender)
    assert outcome.word == "not allowed"
    assert receiver.visits == 0


@pytest.mark.asyncio
async def test_a_name_that_nobody_knows_is_an_unknown_host() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    sender = HttpSender(FakeAlarm(), allow_hosts=["app.example"], resolve=resolve)
    outcome = await send_to("http://app.example/", sender)
    assert outcome == Unreachable("unknown host", "Name or service not known")


@pytest.mark.asyncio
async def test_a_name_without_addresses_is_an_unknown_host() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return []

    sender = HttpSender(FakeAlarm(), allow_hosts=["app.example"], resolve=resolve)
    outcome = await send_to("http://app.example/", sender)
    assert outcome == Unreachable("unknown host", "app.example has no address")


@pytest.mark.asyncio
async def test_the_systems_resolver_is_asked_by_default(rude: Rude) -> None:
    receiver = rude(answers(OK))
    name = socket.gethostname()
    try:
        socket.getaddrinfo(name, None)
    except socket.gaierror:
        pytest.skip("this machine does not know its own name")
    sender = HttpSender(FakeAlarm(), allow_hosts=[name])
    outcome = await send_to(f"http://{name}:{receiver.port}/", sender)
    assert outcome.word in {"200", "refused"}


@pytest.mark.asyncio
async def test_the_emulators_own_listener_is_not_dialled(rude: Rude) -> None:
    receiver = rude(answers(OK))

    def own() -> list[tuple[str, int]]:
        return [("127.0.0.1", receiver.port)]

    for url in (f"http://localhost:{receiver.port}/", f"http://127.0.0.1:{receiver.port}/"):
        outcome = await send_to(url, HttpSender(FakeAlarm(), own_addresses=own))
        assert outcome.word == "not allowed"
        assert "would loop" in str(outcome)
    assert receiver.visits == 0


@pytest.mark.asyncio
async def test_a_base_may_be_elsewhere_without_being_allowed_twice() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    base = ("http", "receiver.internal", closed_port())
    outcome = await send_to("https://app.example/", HttpSender(FakeAlarm(), base=base, resolve=resolve))
    assert outcome.word == "refused"


@pytest.mark.asyncio
async def test_running_out_of_sockets_is_our_own_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(*_: object) -> socket.socket:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("ringback.sending.http.socket.socket", no_more)
    outcome = await send_to("http://127.0.0.1/", HttpSender(FakeAlarm()))
    assert isinstance(outcome, Aborted)


@pytest.mark.asyncio
async def test_a_network_that_is_not_there_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object) -> socket.socket:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("ringback.sending.http.socket.socket", no_network)
    outcome = await send_to("http://127.0.0.1/", HttpSender(FakeAlarm()))
    assert outcome == Unreachable("unreachable", "127.0.0.1:80 Network is unreachable")


# -- TLS -------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_tls_is_spoken_with_the_endpoints_name_wherever_it_leads(
    rude: Rude, authority: Authority
) -> None:
    receiver = rude(answers(OK), tls=authority.context("app.example"))
    sender = sender_to(receiver, ca_file=authority.ca_file)
    for url in ("https://app.example/done", "https://app.example./done"):
        assert succeeded(await send_to(url, sender))


@pytest.mark.asyncio
async def test_a_large_body_arrives_whole_over_tls(rude: Rude, authority: Authority) -> None:
    receiver = rude(answers(OK), tls=authority.context("app.example"))
    body = os.urandom(6 << 20)
    sender = sender_to(receiver, ca_file=authority.ca_file)
    assert succeeded(await sender.send(message_to(SECURE_APP, body), SECURE_APP, UNLIMITED))
    assert receiver.requests.get(timeout=PATIENCE).endswith(b"\r\n\r\n" + body)


@pytest.mark.asyncio
async def test_a_stranger_is_not_trusted(
    rude: Rude, authority: Authority, stranger: Authority
) -> None:
    receiver = rude(answers(OK), tls=stranger.context("app.example"))
    sender = sender_to(receiver, ca_file=authority.ca_file)
    outcome = await sender.send(message_to(SECURE_APP), SECURE_APP, UNLIMITED)
    assert outcome == Unreachable("tls", "unable to get local issuer certificate")


@pytest.mark.asyncio
async def test_only_the_system_is_trusted_by_default(rude: Rude, authority: Authority) -> None:
    receiver = rude(answers(OK), tls=authority.context("app.example"))
    outcome = await deliver(receiver, SECURE_APP)
    assert outcome.word == "tls"


@pytest.mark.asyncio
async def test_a_certificate_for_another_name_is_not_trusted(
    rude: Rude, authority: Authority
) -> None:
    receiver = rude(answers(OK), tls=authority.context("other.example"))
    sender = sender_to(receiver, ca_file=authority.ca_file)
    outcome = await sender.send(message_to(SECURE_APP), SECURE_APP, UNLIMITED)
    assert isinstance(outcome, Unreachable)
    assert outcome.reason == "tls"
    assert "certificate is not valid for 'app.example'" in outcome.detail


@pytest.mark.asyncio
async def test_plain_http_on_a_tls_port_is_said_to_be_that(rude: Rude) -> None:
    receiver = rude(lambda visit: visit.say(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    sender = HttpSender(FakeAlarm(), base=("https", receiver.host, receiver.port))
    outcome = await sender.send(message_to(SECURE_APP), SECURE_APP, UNLIMITED)
    assert outcome == Unreachable("tls", "the receiver does not speak TLS; is it plain http?")


@pytest.mark.asyncio
async def test_tls_on_a_plain_port_is_no_http(rude: Rude, authority: Authority) -> None:
    receiver = rude(answers(OK), tls=authority.context("app.example"))
    sender = HttpSender(FakeAlarm(), base=("http", receiver.host, receiver.port))
    outcome = await sender.send(message_to(APP), APP, UNLIMITED)
    assert outcome.word in {"not http", "reset"}  # the alert may be lost in the reset after it


@pytest.mark.asyncio
@pytest.mark.parametrize(("leave", "how"), [("close", "closed"), ("reset", "reset")])
async def test_leaving_in_the_handshake_is_told_apart(rude: Rude, leave: str, how: str) -> None:
    def leaves(visit: object) -> None:
        connection = visit._connection  # type: ignore[attr-defined]
        connection.recv(65_536)
        connection.close() if leave == "close" else visit.reset()  # type: ignore[attr-defined]

    receiver = rude(leaves)
    sender = HttpSender(FakeAlarm(), base=("https", receiver.host, receiver.port))
    outcome = await sender.send(message_to(SECURE_APP), SECURE_APP, UNLIMITED)
    assert outcome == Dropped(how, "connecting")


@pytest.mark.asyncio
async def test_a_tls_receiver_that_hangs_up_without_a_goodbye_has_closed(
    rude: Rude, authority: Authority
) -> None:
    receiver = rude(answers(), tls=authority.context("app.example"))
    sender = sender_to(receiver, ca_file=authority.ca_file)
    outcome = await sender.send(message_to(SECURE_APP), SECURE_APP, UNLIMITED)
    assert outcome == Dropped("closed", "waiting")


@pytest.mark.asyncio
async def test_the_sender_says_goodbye_over_tls(rude: Rude, authority: Authority) -> None:
    ends: queue.SimpleQueue[str] = queue.SimpleQueue()

    def waits_for_goodbye(visit: object) -> None:
        visit.read_request()  # type: ignore[attr-defined]
        visit.say(OK)  # type: ignore[attr-defined]
        try:
            visit._connection.recv(1)  # type: ignore[attr-defined]
        except ssl.SSLError as error:
            ends.put(f"rude: {error}")
        else:
            ends.put("polite")

    context = authority.context("app.example")
    receiver = rude(waits_for_goodbye, tls=context)
    sender = sender_to(receiver, ca_file=authority.ca_file)
    assert succeeded(await sender.send(message_to(SECURE_APP), SECURE_APP, UNLIMITED))
    assert await asyncio.to_thread(ends.get, timeout=PATIENCE) == "polite"


def test_a_certificate_file_that_cannot_be_read_is_refused_at_once(
    tmp_path: "os.PathLike[str]",
) -> None:
    with pytest.raises(SettingsError, match=r"Settings\.ca_file"):
        HttpSender(FakeAlarm(), ca_file=str(tmp_path) + "/none.pem")


# -- limits ----------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "behaviour",
    [
        hangs,
        hangs_without_reading,
        answers_and_stays(b"HTTP/1.1 200 OK\r\nContent-"),
        answers_and_stays(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"),
    ],
    ids=["silent", "not reading", "stopped in the head", "stopped in the body"],
)
async def test_the_total_limit_ends_an_attempt_that_waits_for_the_answer(
    rude: Rude, alarm: FakeAlarm, behaviour: Behaviour
) -> None:
    receiver = rude(behaviour)
    sender = HttpSender(alarm, base=receiver.base)
    attempt = asyncio.create_task(sender.send(message_to(APP, LONG_AUDIO), APP, LIMITS))
    await noted(receiver)
    alarm.ring(10.0)
    assert await attempt == TimedOut(10.0, "answer")
    assert await noted(receiver) == "they left"


@pytest.mark.asyncio
async def test_the_connect_limit_ends_a_handshake_that_hangs(rude: Rude, alarm: FakeAlarm) -> None:
    def is_silent(visit: object) -> None:
        visit._connection.recv(65_536)  # type: ignore[attr-defined]
        visit.note("hello heard")  # type: ignore[attr-defined]
        visit.wait_until_they_leave()  # type: ignore[attr-defined]

    receiver = rude(is_silent)
    sender = HttpSender(alarm, base=("https", receiver.host, receiver.port))
    attempt = asyncio.create_task(sender.send(message_to(SECURE_APP), SECURE_APP, LIMITS))
    await noted(receiver)
    alarm.ring(1.0)
    assert await attempt == TimedOut(1.0, "connect")
    assert await noted(receiver) == "they left"


@pytest.mark.asyncio
@pytest.mark.parametrize("limit", [1.0, 10.0])
async def test_either_limit_ends_a_look_up_that_hangs(alarm: FakeAlarm, limit: float) -> None:
    asked = asyncio.Event()

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.set()
        await asyncio.Event().wait()
        return []

    sender = HttpSender(alarm, allow_hosts=["app.example"], resolve=resolve)
    attempt = asyncio.create_task(sender.send(message_to(APP), APP, LIMITS))
    await asked.wait()
    alarm.ring(limit)
    assert await attempt == TimedOut(limit, "connect")


@pytest.mark.asyncio
async def test_no_limit_outlives_its_attempt(rude: Rude, alarm: FakeAlarm) -> None:
    sender = HttpSender(alarm, base=rude(answers(OK)).base)
    assert succeeded(await sender.send(message_to(APP), APP, LIMITS))
    assert sorted(alarm.cancelled) == [1.0, 10.0]
    alarm.ring(1.0)
    alarm.ring(10.0)
    await some_turns()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


@pytest.mark.asyncio
async def test_the_connect_limit_is_over_once_connected(rude: Rude, alarm: FakeAlarm) -> None:
    receiver = rude(hangs)
    sender = HttpSender(alarm, base=receiver.base)
    attempt = asyncio.create_task(sender.send(message_to(APP), APP, LIMITS))
    await noted(receiver)
    alarm.ring(1.0)
    await some_turns()
    assert not attempt.done()
    alarm.ring(10.0)
    assert await attempt == TimedOut(10.0, "answer")


@pytest.mark.asyncio
async def test_without_limits_no_alarm_is_set(rude: Rude, alarm: FakeAlarm) -> None:
    await HttpSender(alarm, base=rude(answers(OK)).base).send(message_to(APP), APP, UNLIMITED)
    assert alarm.set_for == []


def test_an_alarm_that_rings_after_its_loop_has_closed_does_no_harm(alarm: FakeAlarm) -> None:
    with RudeReceiver(answers(OK)) as receiver:
        sender = HttpSender(alarm, base=receiver.base)
        asyncio.run(sender.send(message_to(APP), APP, LIMITS))
    alarm.ring(10.0)


# -- cancelling, leaking ---------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_cancelling_an_attempt_closes_its_connection(rude: Rude, alarm: FakeAlarm) -> None:
    receiver = rude(hangs_without_reading)
    sender = HttpSender(alarm, base=receiver.base)
    attempt = asyncio.create_task(sender.send(message_to(APP, LONG_AUDIO), APP, LIMITS))
    await noted(receiver)
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    assert await noted(receiver) == "they left"


@pytest.mark.asyncio
async def test_cancelling_wins_over_a_limit_that_passes_at_the_same_time(
    rude: Rude, alarm: FakeAlarm
) -> None:
    receiver = rude(hangs)
    sender = HttpSender(alarm, base=receiver.base)
    attempt = asyncio.create_task(sender.send(message_to(APP), APP, LIMITS))
    await noted(receiver)
    alarm.ring(10.0)
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt


def open_sockets() -> int:
    links = []
    for entry in os.listdir("/proc/self/fd"):  # noqa: PTH208 - entries vanish while it is listed
        try:
            links.append(os.readlink(f"/proc/self/fd/{entry}"))  # noqa: PTH115
        except OSError:
            continue
    return sum(link.startswith("socket:") for link in links)


@pytest.mark.asyncio
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts sockets in /proc")
async def test_nothing_is_left_of_an_attempt_whatever_the_receiver_did() -> None:
    before = open_sockets()
    behaviours = [behaviour for behaviour, _ in NO_ANSWERS.values()]
    behaviours += [answers(answer) for answer, *_ in ANSWERS.values()]
    behaviours += [answers_early(OK), answers_and_stays(OK)]
    for behaviour in behaviours:
        with RudeReceiver(behaviour) as receiver:
            await deliver(receiver)
    assert open_sockets() == before
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.asyncio
async def test_many_attempts_at_once_do_not_get_into_each_others_way(rude: Rude) -> None:
    good, bad = rude(answers(OK)), rude(resets_after())
    outcomes = await asyncio.gather(
        *(deliver(receiver) for _ in range(32) for receiver in (good, bad))
    )
    assert [outcome.word for outcome in outcomes] == ["200", "reset"] * 32
