"""`GET /v1/speak` as a WebSocket, met with a real client on a socket."""

import asyncio
import gc
import json
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar
from weakref import ref

import httpx
import pytest
from starlette.types import Message
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from ringback import AsyncEmulator, Emulator, RequestFailure, Settings
from ringback.clock.turns import drained
from ringback.core.facts import Fact
from ringback.core.stream.facts import StreamClosed, StreamFlushed
from ringback.serving.server import Server
from tests.integration.rude_client import RudeClient
from tests.integration.streaming import end_of, heard, opened, speak_on

T = TypeVar("T")

SPEAK, FLUSH, CLEAR, CLOSE = (
    json.dumps({"type": "Speak", "text": "Hello, world."}),
    *('{"type":"Flush"}', '{"type":"Clear"}', '{"type":"Close"}'),
)


TEXTS = ("Hello, ", "world. " * 20, r'To \{"word":"Oslo","pronounce":"uʃlu"}.')


@pytest.fixture
def stream(ringback: Emulator) -> Iterator[ClientConnection]:
    """A stream whose `Metadata` has been read."""
    with opened(ringback) as connection:
        connection.recv()
        yield connection


def over_http(ringback: Emulator, query: str, text: str) -> bytes:
    """The audio of *text* as a request's answer."""
    answer = httpx.post(
        f"{ringback.url}/v1/speak?container=none&{query}",
        headers={"authorization": f"Token {ringback.api_key}"},
        json={"text": text},
        verify=False,
    )
    assert answer.status_code == 200
    return answer.content


# -- the upgrade -----------------------------------------------------------------------------------


@pytest.mark.rule("stream-upgrade", "stream-metadata")
def test_an_upgrade_names_the_request_and_is_dated_by_the_emulator(ringback: Emulator) -> None:
    ringback.advance(3600)
    with opened(ringback, "model=aura-2-thalia-en") as stream:
        metadata = json.loads(stream.recv())
        assert stream.response is not None
        headers = stream.response.headers
    (reception,) = ringback.requests
    assert (reception.status, reception.query) == (101, "model=aura-2-thalia-en")
    assert headers["dg-request-id"] == metadata["request_id"] == reception.request_id
    assert len(headers["dg-project-id"]) == 36
    assert headers["date"] == "Thu, 01 Jan 2026 01:00:00 GMT"
    assert (metadata["type"], metadata["model_name"]) == ("Metadata", "aura-2-thalia-en")


@pytest.mark.rule("stream-refusal")
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("encoding=mp3", "INVALID_QUERY_PARAMETER"),
        ("model=aura-2-nobody-en", "INVALID_QUERY_PARAMETER"),
        ("encoding=mulaw&sample_rate=24000", "UNSUPPORTED_AUDIO_FORMAT"),
    ],
)
def test_a_bad_query_is_refused_over_http(ringback: Emulator, query: str, code: str) -> None:
    with pytest.raises(InvalidStatus) as refused, opened(ringback, query):
        pass
    response = refused.value.response
    body = json.loads(response.body or b"")
    assert (response.status_code, body["err_code"]) == (400, code)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["dg-error"] == body["err_msg"]
    assert response.headers["dg-request-id"] == body["request_id"]
    assert [each.status for each in ringback.requests] == [400]
    assert code in ringback.timeline


@pytest.mark.parametrize(
    "options",
    [
        {"additional_headers": {}},
        {"additional_headers": {"authorization": "Token wrong"}},
        {"additional_headers": {"authorization": "Bearer wrong"}},
        {"additional_headers": {}, "subprotocols": ["token", "wrong"]},
        {"additional_headers": {}, "subprotocols": ["graphql-ws"]},
    ],
)
def test_a_stranger_is_refused_over_http(options: dict[str, Any]) -> None:
    with Emulator() as ringback:
        with pytest.raises(InvalidStatus) as refused, opened(ringback, **options):
            pass
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body or b"")["err_code"] == "INVALID_AUTH"
        ringback.advance(1)


@pytest.mark.parametrize(("query", "status"), [("", 401), ("encoding=mp3", 400)])
def test_a_stranger_to_all_emulators_of_a_server_is_refused(
    ringback_server: Server, query: str, status: int
) -> None:
    with Emulator(server=ringback_server) as one, Emulator(server=ringback_server):
        wrong = {"authorization": "Token wrong"}
        with (
            pytest.raises(InvalidStatus) as refused,
            opened(one, query, additional_headers=wrong),
        ):
            pass
        assert refused.value.response.status_code == status
        assert one.requests == []


@pytest.mark.rule("stream-concurrency")
@pytest.mark.ringback(concurrency_limit=2)
@pytest.mark.parametrize(
    "end",
    [
        lambda stream, ringback: stream.send('{"type":"Close"}'),
        lambda stream, ringback: stream.send("no command"),
        lambda stream, ringback: stream.socket.close(),
        lambda stream, ringback: ringback.advance(3600),
    ],
    ids=["closed", "mistaken", "lost", "timed out"],
)
def test_a_stream_beyond_the_limit_is_refused_until_one_has_ended(
    ringback: Emulator,
    facts: "SimpleQueue[Fact]",
    end: Callable[[ClientConnection, Emulator], None],
) -> None:
    assert over_http(ringback, "encoding=linear16", "Hello")  # requests have places of their own
    with opened(ringback) as first, opened(ringback, "model=flux-kit-en", "/v2/speak"):
        with pytest.raises(InvalidStatus) as refused, opened(ringback):
            pass
        response = refused.value.response
        body = json.loads(response.body or b"")
        assert (response.status_code, body["err_code"]) == (429, "Too Many Requests")
        assert response.headers["dg-request-id"] == body["request_id"]
        assert over_http(ringback, "encoding=linear16", "Hello")
        end(first, ringback)
        told(facts, StreamClosed)
        with opened(ringback) as third:
            assert json.loads(third.recv())["type"] == "Metadata"


@pytest.mark.rule("stream-concurrency")
@pytest.mark.ringback(concurrency_limit=1, stream_concurrency_limit=2)
def test_streams_may_have_a_limit_of_their_own(ringback: Emulator) -> None:
    with opened(ringback), opened(ringback):
        with pytest.raises(InvalidStatus) as refused, opened(ringback):
            pass
        assert refused.value.response.status_code == 429
        assert "stream_concurrency_limit" in ringback.timeline


@pytest.mark.ringback(allow_unused_failures=True)
def test_an_upgrade_can_be_ordered_to_fail(ringback: Emulator) -> None:
    ringback.fail_requests(
        RequestFailure(delay=1), 429
    )  # the first is for a request: an upgrade is never late
    with pytest.raises(InvalidStatus) as refused, opened(ringback):
        pass
    assert refused.value.response.status_code == 429
    assert json.loads(refused.value.response.body or b"")["err_code"] == "Too Many Requests"
    with opened(ringback) as stream:
        assert json.loads(stream.recv())["type"] == "Metadata"
    assert len(ringback.leftovers()["failures"]) == 1


@pytest.mark.parametrize("failure", [429, "cut"])
def test_an_upgrade_is_answered_with_the_headers_of_its_failure(
    ringback: Emulator, failure: int | str
) -> None:
    headers: dict[str, Any] = {"Retry-After": 30, "DG-Project-Id": "another"}
    if failure == 429:
        ringback.fail_requests(RequestFailure(429, headers=headers))
        with pytest.raises(InvalidStatus) as refused, opened(ringback):
            pass
        answer = refused.value.response
    else:
        ringback.fail_requests(RequestFailure(breaks="cut", headers=headers))
        with opened(ringback) as stream:
            assert stream.response is not None
            answer = stream.response
    assert answer.headers["retry-after"] == "30"
    assert answer.headers["dg-project-id"] == "another"


@pytest.mark.rule("ordered-failures")
@pytest.mark.parametrize("after", [None, 0, 1000])
def test_a_stream_can_be_cut_off_in_its_first_audio(ringback: Emulator, after: int | None) -> None:
    ringback.fail_requests(RequestFailure(breaks="cut", after_bytes=after))
    with opened(ringback) as stream:
        stream.recv()
        # No more than that: before it ends a connection on which something is left unread, not
        # every uvicorn lets the other side read what was sent.
        speak_on(stream, SPEAK, FLUSH)
        audio, *end = end_of(stream)
    whole = over_http(ringback, "encoding=linear16", "Hello, world.")
    assert audio == whole[: len(whole) // 2 if after is None else after]
    assert end == [1011, "NET-0000"]
    with opened(ringback) as stream:
        stream.recv()


def test_a_stream_can_stall_in_its_first_audio_and_holds_nothing_up(ringback: Emulator) -> None:
    ringback.fail_requests(RequestFailure(breaks="stalled", after_bytes=1000))
    with opened(ringback) as stream:
        stream.recv()
        stream.send(SPEAK)
        stream.send(FLUSH)
        part = stream.recv()
        stream.send(SPEAK)
        stream.send(CLOSE)
        ringback.advance(30)
        with pytest.raises(TimeoutError):
            stream.recv(timeout=0)
    whole = over_http(ringback, "encoding=linear16", "Hello, world.")
    assert part == whole[:1000]


def test_a_path_that_streams_nothing_is_not_found(ringback: Emulator) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(f"{ringback.ws_url}/v1/listen"):
        pass
    assert refused.value.response.status_code == 404
    assert refused.value.response.headers["dg-error"]


@pytest.mark.rule("stream-subprotocol")
def test_a_browser_says_who_it_is_in_subprotocols(ringback: Emulator) -> None:
    options: dict[str, Any] = {
        "additional_headers": {},
        "subprotocols": ["token", ringback.api_key],
    }
    with opened(ringback, **options) as stream:
        assert stream.subprotocol == "token"
        assert json.loads(stream.recv())["type"] == "Metadata"


@pytest.mark.rule("stream-subprotocol")
def test_a_granted_token_opens_a_stream_in_either_place(ringback: Emulator) -> None:
    answer = httpx.post(
        f"{ringback.url}/v1/auth/grant",
        headers={"authorization": f"Token {ringback.api_key}"},
        verify=False,
    )
    token = answer.json()["access_token"]
    with opened(ringback, additional_headers={"authorization": f"bearer {token}"}) as stream:
        stream.recv()
    offer = ["bearer", token]
    with opened(ringback, additional_headers={}, subprotocols=offer) as stream:
        assert stream.subprotocol == "bearer"


def test_what_websockets_take_is_imported_by_the_first_of_them() -> None:
    program = (
        "import sys; from ringback import Emulator\n"
        "with Emulator() as ringback: ringback.url\n"
        "sys.exit('wsproto' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# -- speaking --------------------------------------------------------------------------------------


@pytest.mark.rule("stream-audio", "stream-buffer", "stream-flush")
@pytest.mark.parametrize(
    "query",
    [
        "encoding=linear16",
        "encoding=linear16&sample_rate=48000&speed=0.7",
        "encoding=mulaw&model=aura-2-thalia-en",
        "encoding=alaw&sample_rate=16000",
    ],
)
def test_a_flush_is_what_a_request_would_be_answered_with(ringback: Emulator, query: str) -> None:
    with opened(ringback, query) as stream:
        stream.recv()
        for text in TEXTS:
            stream.send(json.dumps({"type": "Speak", "text": text}))
        stream.send(FLUSH)
        audio, message = heard(stream)
    assert message == {"type": "Flushed", "sequence_id": 0}
    assert audio
    assert audio == over_http(ringback, query, "".join(TEXTS))


@pytest.mark.rule("stream-encodings")
def test_every_frame_has_whole_samples(stream: ClientConnection) -> None:
    stream.send(SPEAK)
    stream.send(FLUSH)
    sizes = []
    while isinstance(frame := stream.recv(), bytes):
        sizes.append(len(frame))
    assert len(sizes) > 1
    assert [size % 2 for size in sizes] == [0] * len(sizes)


@pytest.mark.rule("stream-sequence", "stream-clear")
def test_flushed_and_cleared_are_numbered_in_one_count(stream: ClientConnection) -> None:
    for frame in (SPEAK, CLEAR, FLUSH, SPEAK, FLUSH):
        stream.send(frame)
    assert heard(stream) == (b"", {"type": "Cleared", "sequence_id": 0})
    assert heard(stream) == (b"", {"type": "Flushed", "sequence_id": 1})
    audio, message = heard(stream)
    assert audio
    assert message == {"type": "Flushed", "sequence_id": 2}


@pytest.mark.rule("stream-close")
def test_a_close_says_the_rest_and_hangs_up(ringback: Emulator, stream: ClientConnection) -> None:
    stream.send(SPEAK)
    stream.send(CLOSE)
    assert end_of(stream) == (over_http(ringback, "encoding=linear16", "Hello, world."), 1000, "")


def test_a_story_is_told_of_every_stream(ringback: Emulator, stream: ClientConnection) -> None:
    ringback.advance(5)
    for frame in (SPEAK, FLUSH, '{"type":"KeepAlive"}'):
        stream.send(frame)
    assert heard(stream)[0]
    assert end_of(stream) == (b"", 1008, "DATA-0000")
    assert ringback.timeline.splitlines()[1:] == [
        f"stream  request {ringback.requests[0].request_id}  opened at +0s",
        "  +5s flushed 13 characters",
        "  +5s closed 1008 DATA-0000 (Commands are Speak (with text), Flush, Clear and Close.)",
    ]


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_compression_may_be_offered(ringback: Emulator, compression: Any) -> None:
    with opened(ringback, compression=compression) as stream:
        assert json.loads(stream.recv())["type"] == "Metadata"
        stream.send(FLUSH)
        assert heard(stream)[1]["type"] == "Flushed"


def test_a_ping_is_answered(stream: ClientConnection) -> None:
    assert stream.ping(b"here?").wait(60)


def test_a_text_may_come_in_fragments(stream: ClientConnection) -> None:
    stream.send(iter(SPEAK))
    stream.send(iter(FLUSH))
    assert heard(stream)[0]


# -- time ------------------------------------------------------------------------------------------


@pytest.mark.rule("stream-flush-limit")
def test_flushes_are_counted_on_the_emulators_clock(
    ringback: Emulator, stream: ClientConnection
) -> None:
    for _ in range(21):
        stream.send(FLUSH)
    kinds = [heard(stream)[1]["type"] for _ in range(21)]
    assert kinds == ["Flushed"] * 20 + ["Warning"]
    assert "warned EXCESSIVE_FLUSH" in ringback.timeline
    ringback.advance(60)
    stream.send(FLUSH)
    assert heard(stream)[1] == {"type": "Flushed", "sequence_id": 20}


@pytest.mark.rule("stream-character-limit")
@pytest.mark.parametrize("limited", [True, False])
def test_limits_can_be_switched_off(limited: bool) -> None:
    with Emulator(Settings(stream_limits=limited)) as ringback, opened(ringback) as stream:
        stream.recv()
        for _ in range(2):
            stream.send(json.dumps({"type": "Speak", "text": "a" * 2000}))
        if limited:
            assert end_of(stream)[1:] == (1008, "DATA-0001")
        else:
            stream.send(CLEAR)
            assert heard(stream)[1]["type"] == "Cleared"


@pytest.mark.rule("stream-text-limit")
def test_the_longest_text_is_that_of_the_settings() -> None:
    with Emulator(Settings(max_characters=5)) as ringback, opened(ringback) as stream:
        stream.recv()
        stream.send(SPEAK)
        assert end_of(stream) == (b"", 1009, "BIG-0001")


def test_what_was_sent_before_the_clock_moves_is_heard_before_it_moves(
    ringback: Emulator, stream: ClientConnection
) -> None:
    for _ in range(40):
        stream.send(SPEAK)
        stream.send(FLUSH)
        ringback.advance(7)
        assert heard(stream)[0]
    flushed = [fact.at for fact in ringback.journal if isinstance(fact, StreamFlushed)]
    assert flushed == [each * 7 * 10**9 for each in range(40)]


@pytest.mark.rule("stream-session-limit")
def test_an_hour_of_the_clock_ends_a_stream_before_the_verb_returns(
    ringback: Emulator, stream: ClientConnection
) -> None:
    stream.send(SPEAK)
    ringback.advance(3599)
    ringback.run_until_idle()
    assert ringback.clock.elapsed == 3599
    ringback.advance(1)
    assert isinstance(ringback.journal[-2], StreamClosed)
    assert end_of(stream) == (b"", 1011, "NET-0003")


def test_time_that_flows_ends_a_stream_by_itself() -> None:
    with Emulator(Settings(clock="x1000000")) as ringback, opened(ringback) as stream:
        stream.recv()
        assert end_of(stream) == (b"", 1011, "NET-0003")


def test_an_open_stream_holds_nothing_up(ringback: Emulator, stream: ClientConnection) -> None:
    ringback.receiver("https://app.example", replies=[503, 204])
    delivery = ringback.submit("Hello", callback="https://app.example/hook")
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 503", "+30s POST 204"]
    stream.send(FLUSH)
    assert heard(stream)[1]["type"] == "Flushed"


def test_a_stream_ends_with_its_emulator(ringback_server: Server) -> None:
    with Emulator(server=ringback_server) as ringback:
        stream = opened(ringback)
        connection = stream.__enter__()
        connection.recv()
    assert end_of(connection) == (b"", 1001, "")
    stream.__exit__(None, None, None)
    (closed,) = [fact for fact in ringback.journal if isinstance(fact, StreamClosed)]
    assert (closed.code, closed.hint) == (1001, "The emulator has ended.")


@pytest.mark.asyncio
async def test_coroutines_stream_as_well(async_ringback: AsyncEmulator) -> None:
    url = f"{async_ringback.ws_url}/v1/speak"
    headers = {"authorization": f"Token {async_ringback.api_key}"}
    async with connect_async(url, additional_headers=headers, proxy=None) as stream:
        await stream.recv()
        await stream.send(SPEAK)
        await stream.send(FLUSH)
        frames = [await stream.recv()]
        while isinstance(frames[-1], bytes):
            frames.append(await stream.recv())
        await async_ringback.advance(3600)
        with pytest.raises(ConnectionClosed, match="NET-0003"):
            await stream.recv()
    assert len(frames) > 1


# -- peers that misbehave --------------------------------------------------------------------------


@pytest.mark.rule("stream-binary-frame")
def test_a_binary_frame_ends_the_stream(stream: ClientConnection) -> None:
    stream.send(b"\x00\x01")
    assert end_of(stream) == (b"", 1003, "MESSAGE-0000")


@pytest.mark.rule("stream-frame-limit")
@pytest.mark.parametrize(("megabytes", "reason"), [(3, "BIG-0000"), (17, None)])
def test_a_huge_frame_ends_the_stream(
    ringback: Emulator, stream: ClientConnection, megabytes: int, reason: str | None
) -> None:
    speak_on(stream, " " * (megabytes * 2**20))
    with suppress(ConnectionResetError):
        audio, code, said = end_of(stream)
        assert (audio, code) == (b"", 1009)
        assert reason in (None, said)
    ringback.advance(1)


@pytest.fixture
def rude(ringback: Emulator) -> Iterator[RudeClient]:
    """A client that keeps to no protocol, with an open stream."""
    with RudeClient(ringback.url, ringback.api_key) as client:
        yield client


@pytest.fixture
def facts(ringback: Emulator) -> "SimpleQueue[Fact]":
    """What happens from now on."""
    facts: SimpleQueue[Fact] = SimpleQueue()
    ringback.journal.on_append = facts.put
    return facts


def told(facts: "SimpleQueue[Fact]", kind: type[T]) -> T:
    """The next fact of a *kind*, once it is there."""
    while not isinstance(fact := facts.get(timeout=60), kind):
        pass
    return fact


@pytest.mark.rule("stream-protocol-errors")
@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x81\x82\0\0\0\0\xff\xfe", 1007),  # text that is not UTF-8
        (b"\x81\x02{}", 1002),  # not masked
        (b"\xf1\x80\0\0\0\0", 1002),  # reserved bits
        (b"\x80\x80\0\0\0\0", 1002),  # the continuation of nothing
        (b"\x8f\x80\0\0\0\0", 1002),  # no such operation
        (b"\x89\xfe\x00\x7e\0\0\0\0", 1002),  # a ping beyond its limit
        (b"\x88\x81\0\0\0\0\x01", 1002),  # half a close code
        (b"\x81\xff" + b"\xff" * 8 + b"\0\0\0\0", 1002),  # 2**64 - 1 bytes announced
        (b"\x81\x02{}" * 100, 1002),  # much of it
    ],
)
def test_what_is_no_websocket_frame_ends_the_stream_with_a_code_that_says_so(
    ringback: Emulator, rude: RudeClient, facts: "SimpleQueue[Fact]", frame: bytes, code: int
) -> None:
    rude.send(frame)
    said = rude.read_to_the_end()
    assert said[:1] == b"\x88"
    assert int.from_bytes(said[2:4]) == code
    assert told(facts, StreamClosed).code == code
    ringback.advance(1)


def test_a_client_may_vanish_at_any_moment(
    ringback: Emulator, rude: RudeClient, facts: "SimpleQueue[Fact]"
) -> None:
    rude.say("Hello")
    rude.send(rude.framed(FLUSH)[:-3])  # in the middle of a frame
    rude.vanish()
    assert told(facts, StreamClosed).code in (1005, 1006)
    ringback.advance(1)


def test_a_client_may_vanish_in_the_middle_of_its_audio(
    ringback: Emulator, rude: RudeClient, facts: "SimpleQueue[Fact]"
) -> None:
    rude.say("word " * 400)
    rude.send(rude.framed(FLUSH))
    rude.vanish()
    assert told(facts, StreamClosed).code in (1005, 1006)
    ringback.advance(1)


def test_a_client_that_never_reads_holds_nothing_up(
    ringback: Emulator, rude: RudeClient, facts: "SimpleQueue[Fact]"
) -> None:
    rude.say("word " * 400)
    rude.send(rude.framed(FLUSH))
    assert len(told(facts, StreamFlushed).text) == 2000
    ringback.advance(3599)
    ringback.advance(1)
    assert isinstance(ringback.journal[-2], StreamClosed)


@pytest.mark.parametrize("seconds", [0, 3600], ids=["in time", "after its time was up"])
def test_a_client_that_never_reads_keeps_no_emulator_alive(
    ringback_server: Server, seconds: int
) -> None:
    ringback = Emulator(server=ringback_server).open()
    facts: SimpleQueue[Fact] = SimpleQueue()
    ringback.journal.on_append = facts.put
    with RudeClient(ringback.url, ringback.api_key) as rude:
        rude.say("word " * 400)
        rude.send(rude.framed(FLUSH))
        rude.wait_for_data()  # more than it takes has been written, then
        ringback.advance(seconds)
        journal = ref(ringback.journal)  # to which all of an emulator refers
        ringback.close()
        told(facts, StreamClosed)
        del ringback
        limit = time.monotonic() + 30
        while journal() is not None and time.monotonic() < limit:
            httpx.get(ringback_server.url, verify=False)  # the server has turns to make
            gc.collect()
        assert journal() is None
        rude.read_to_the_end()  # there is one: it has been hung up on


# -- in process ------------------------------------------------------------------------------------


async def in_process(
    ringback: Emulator, key: str, *frames: Message | Callable[[], Awaitable[Message]]
) -> list[Message]:
    """What the emulator's application sends to a client that sends *frames*, at once or when an
    awaitable is done."""
    coming, sent = iter([{"type": "websocket.connect"}, *frames]), []

    async def receive() -> Message:
        frame = next(coming)
        return await frame() if callable(frame) else frame

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"authorization", f"Token {key}".encode())]
    scope = {"type": "websocket", "path": "/v1/speak", "query_string": b"", "headers": headers}
    await ringback.app({**scope, "subprotocols": []}, receive, send)
    return sent


@pytest.mark.asyncio
async def test_a_stream_needs_no_socket(ringback: Emulator) -> None:
    frames = [{"type": "websocket.receive", "text": text} for text in (SPEAK, CLOSE)]
    sent = await in_process(ringback, ringback.api_key, *frames)
    assert [message["type"] for message in sent] == [
        "websocket.accept",
        *["websocket.send"] * (len(sent) - 2),
        "websocket.close",
    ]
    assert json.loads(sent[1]["text"])["type"] == "Metadata"
    assert sent[2]["bytes"]


@pytest.mark.asyncio
async def test_a_frame_holds_the_clock_until_what_came_after_it_could_be_read(
    ringback: Emulator,
) -> None:
    """A server reads no further while a frame is being answered, and then looks at its socket."""
    loop = asyncio.get_running_loop()
    flushed_when_quiet: list[int] = []
    client, server = socket.socketpair()
    client.send(b"what came after it")

    def look() -> None:
        facts = [fact for fact in ringback.journal if isinstance(fact, StreamFlushed)]
        flushed_when_quiet.append(len(facts))

    async def after_the_first() -> Message:
        ringback.clock._virtual.when_quiet(look)
        seen = asyncio.Event()
        loop.add_reader(server, seen.set)
        await seen.wait()
        loop.remove_reader(server)
        return {"type": "websocket.receive", "text": FLUSH}

    with client, server:
        first = {"type": "websocket.receive", "text": SPEAK}
        last = {"type": "websocket.receive", "text": CLOSE}
        await in_process(ringback, ringback.api_key, first, after_the_first, last)
        for _ in range(3):  # until the last frames have let go of the clock
            await drained()
    assert flushed_when_quiet == [1]


@pytest.mark.ringback(allow_unknown_keys=True)
@pytest.mark.asyncio
async def test_a_server_that_cannot_answer_over_http_refuses_in_its_own_way(
    ringback: Emulator,
) -> None:
    assert await in_process(ringback, "wrong") == [{"type": "websocket.close", "code": 1008}]
