"""`POST /v1/speak` as a client meets it, on a socket."""

import asyncio
import json
import socket
import struct
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from ringback import AsyncEmulator, Emulator, ServerError, Settings
from ringback.core.facts import AttemptStarted, ParametersIgnored, RequestRejected
from ringback.service.service import Service
from ringback.serving.server import Server

APP = "https://app.example"
CALLBACK = {"callback": "https://app.example/hook"}
HELLO = {"text": "Hello"}

Client = Callable[[Emulator | AsyncEmulator], httpx.Client]


@pytest.fixture
def client() -> Iterator[Client]:
    """Make clients that hold an emulator's key; all of them are closed with the test."""
    with ExitStack() as clients:

        def connect(emulator: Emulator | AsyncEmulator) -> httpx.Client:
            return clients.enter_context(
                httpx.Client(
                    base_url=emulator.url,
                    headers={"authorization": f"Token {emulator.api_key}"},
                    verify=False,
                    trust_env=False,
                )
            )

        yield connect


@pytest.fixture
def http(ringback: Emulator, client: Client) -> httpx.Client:
    return client(ringback)


# -- answers ---------------------------------------------------------------------------------------


def test_without_a_callback_the_answer_is_the_audio(ringback: Emulator, http: httpx.Client) -> None:
    answer = http.post("/v1/speak", json={"text": "Hello, world."})
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xff\xf3")  # a frame of mp3
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in answer.headers
    assert answer.headers["dg-request-id"] == ringback.requests[0].request_id
    assert answer.headers["dg-model-name"] == "aura-asteria-en"
    assert str(uuid.UUID(answer.headers["dg-model-uuid"])) == answer.headers["dg-model-uuid"]
    assert answer.headers["dg-char-count"] == "13"
    assert "dg-error" not in answer.headers
    assert not ringback.deliveries


@pytest.mark.rule("acknowledgement", "acknowledgement-headers")
def test_with_a_callback_the_answer_is_an_acknowledgement(
    ringback: Emulator, http: httpx.Client
) -> None:
    receiver = ringback.receiver(APP)
    answer = http.post("/v1/speak", params=CALLBACK, json=HELLO)
    delivery = ringback.deliveries.only()
    assert not receiver.requests
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["transfer-encoding"] == "chunked"  # old SDKs look it up
    assert answer.json() == {"request_id": delivery.request_id}

    ringback.run_until_idle()
    (callback,) = receiver.requests
    for name in ("dg-request-id", "dg-model-name", "dg-model-uuid", "dg-char-count"):
        assert answer.headers[name] == callback.headers[name]


@pytest.mark.asyncio
@pytest.mark.rule("acknowledgement")
@pytest.mark.ringback(clock="real")
async def test_the_acknowledgement_goes_out_before_any_attempt(
    async_ringback: AsyncEmulator,
) -> None:
    async_ringback.receiver(APP)
    begun_before_the_answer = []

    async def send(event: Any) -> None:
        for _ in range(100):
            await asyncio.sleep(0)  # whatever is due may begin
        begun_before_the_answer.append(attempts_begun(async_ringback))

    await post_in_process(async_ringback, b"callback=https://app.example/hook", send)
    await async_ringback.settle()
    assert begun_before_the_answer == [0, 0]
    assert attempts_begun(async_ringback) == 1


@pytest.mark.rule("wav-sizes")
def test_a_wav_file_has_the_sizes_of_a_stream_wherever_it_goes(
    ringback: Emulator, http: httpx.Client
) -> None:
    receiver = ringback.receiver(APP)
    wav = {"encoding": "linear16", "container": "wav"}
    streamed = http.post("/v1/speak", params=wav, json=HELLO).content
    http.post("/v1/speak", params=wav | CALLBACK, json=HELLO)
    ringback.run_until_idle()
    assert sizes_in(streamed) == (0x7FFF0024, 0x7FFF0000)
    assert receiver.requests[0].body == streamed


@pytest.mark.ringback(wav_sizes="exact")
def test_a_wav_file_has_its_own_sizes_when_that_is_asked_for(http: httpx.Client) -> None:
    wav = http.post("/v1/speak", params={"encoding": "linear16"}, json=HELLO).content
    assert sizes_in(wav) == (len(wav) - 8, len(wav) - 44)


@pytest.mark.rule("request-ids")
def test_answers_are_dated_by_the_clock_of_the_emulator(
    ringback: Emulator, http: httpx.Client
) -> None:
    ringback.advance_to(datetime(2026, 3, 1, 12, 30, tzinfo=UTC))
    answer = http.post("/v1/speak", json=HELLO)
    assert answer.headers["date"] == "Sun, 01 Mar 2026 12:30:00 GMT"
    request_id = uuid.UUID(answer.headers["dg-request-id"])
    assert request_id.version == 7
    milliseconds = request_id.int >> 80
    assert datetime.fromtimestamp(milliseconds / 1000, UTC) == ringback.clock.now


# -- requests --------------------------------------------------------------------------------------


def test_text_may_come_plain(ringback: Emulator, http: httpx.Client) -> None:
    ringback.receiver(APP)
    http.post("/v1/speak", params=CALLBACK, content="Grüße", headers={"content-type": "text/plain"})
    ringback.run_until_idle()
    assert ringback.deliveries.only().request.text == "Grüße"


@pytest.mark.asyncio
async def test_a_body_may_come_in_pieces(async_ringback: AsyncEmulator) -> None:
    pieces = [
        {"type": "http.request", "body": b'{"text": "Hel', "more_body": True},
        {"type": "http.request", "body": b'lo"}'},
    ]
    await post_in_process(async_ringback, b"", nobody_listens, pieces)
    assert async_ringback.requests[0].body == b'{"text": "Hello"}'
    assert async_ringback.requests[0].status == 200


def test_a_request_that_offers_an_upgrade_keeps_its_body_and_nobody_is_warned(
    http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    offer = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2-settings": "AAEAAA"}
    answer = http.post("/v1/speak", json=HELLO, headers=offer)
    assert answer.headers["dg-char-count"] == "5"
    assert caplog.messages == []


@pytest.mark.asyncio
async def test_a_client_that_leaves_in_the_middle_has_asked_for_nothing(
    async_ringback: AsyncEmulator,
) -> None:
    half = {"type": "http.request", "body": b'{"text": ', "more_body": True}
    gone = {"type": "http.disconnect"}
    sent = []

    async def send(event: Any) -> None:
        sent.append(event)

    await post_in_process(async_ringback, b"", send, [half, gone])
    await async_ringback.run_until_idle()  # which would wait for a request under way
    assert not sent
    assert not async_ringback.requests


@pytest.mark.rule("unknown-parameters")
def test_a_parameter_that_the_service_does_not_know_is_noted(
    ringback: Emulator, http: httpx.Client
) -> None:
    answer = http.post("/v1/speak", params={"callback_url": APP, "voice": "thalia"}, json=HELLO)
    assert answer.headers["content-type"] == "audio/mpeg"
    (noted,) = (fact for fact in ringback.journal if isinstance(fact, ParametersIgnored))
    assert [str(ignored) for ignored in noted.parameters] == [
        "`callback_url` (did you mean `callback`?)",
        "`voice`",
    ]
    assert noted.request_id == answer.headers["dg-request-id"]
    assert ringback.timeline.splitlines()[-2] == (
        "ignored at +0s  unknown parameters `callback_url` (did you mean `callback`?), `voice`"
    )


@pytest.mark.rule("no-negotiation")
@pytest.mark.parametrize("accept", ["application/json", "text/html", "audio/wav", "*/*"])
def test_what_a_client_would_rather_have_changes_nothing(http: httpx.Client, accept: str) -> None:
    headers = {"accept": accept, "accept-encoding": "gzip, br"}
    answer = http.post("/v1/speak", json=HELLO, headers=headers)
    assert answer.headers["content-type"] == "audio/mpeg"
    assert "content-encoding" not in answer.headers


@pytest.mark.rule("editions", "flux-speed")
def test_flux_speaks_under_a_path_of_its_own(ringback: Emulator, http: httpx.Client) -> None:
    receiver = ringback.receiver(APP)
    flux = {"model": "flux-alexis-en", "speed": "0.55"}
    spoken = http.post("/v2/speak", params=flux, json=HELLO)
    assert (spoken.status_code, spoken.headers["dg-model-name"]) == (200, "flux-alexis-en")
    accepted = http.post("/v2/speak", params={**flux, **CALLBACK, "priority": "low"}, json=HELLO)
    assert accepted.json() == {"request_id": ringback.deliveries.only().request_id}
    ringback.run_until_idle()
    assert receiver.requests[0].body == spoken.content


@pytest.mark.rule("editions")
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "INVALID_QUERY_PARAMETER"),
        ("model=aura-2-thalia-en", "V1_MODEL_ON_V2_SPEAK_ENDPOINT"),
        ("model=flux-kit-en&ssml=true", "INVALID_QUERY_PARAMETER"),
        ("model=flux-kit-en&speed=0.51", "SPEED_INCREMENT_INVALID"),
        ("model=flux-kit-en&expressivity=3", "EXPRESSIVITY_OUT_OF_RANGE"),
        ("model=flux-kit-en&expressivity=1.5", "EXPRESSIVITY_INCREMENT_INVALID"),
        ("model=flux-kit-en&priority=low", "INVALID_QUERY_PARAMETER"),
    ],
)
def test_flux_refuses_what_is_not_its_own(http: httpx.Client, query: str, code: str) -> None:
    answer = http.post(f"/v2/speak?{query}", json=HELLO)
    assert (answer.status_code, answer.json()["err_code"]) == (400, code)


# -- refusals --------------------------------------------------------------------------------------

REFUSALS: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "a bad model": (
        {"params": CALLBACK | {"model": "aura-9"}, "json": HELLO},
        400,
        "INVALID_QUERY_PARAMETER",
        "Invalid 'model' value of 'aura-9'.",
    ),
    "a bad rate": (
        {"params": CALLBACK | {"encoding": "mulaw", "sample_rate": "44100"}, "json": HELLO},
        400,
        "UNSUPPORTED_AUDIO_FORMAT",
        "Unsupported audio format: `sample_rate` must be 8000 or 16000 when `encoding=mulaw`.",
    ),
    "a bad callback": (
        {"params": {"callback": "ftp://app.example/hook"}, "json": HELLO},
        400,
        "INVALID_QUERY_PARAMETER",
        "Invalid callback url.",
    ),
    "parameters in the body": (
        {"params": CALLBACK, "json": HELLO | {"model": "aura-2-thalia-en"}},
        400,
        "PAYLOAD_ERROR",
        "Failed to deserialize JSON payload. Please specify exactly one of `text` or `url` in the"
        " JSON body.",
    ),
    "a form": (
        {"params": CALLBACK, "data": HELLO},
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "`Content-Type` header is not supported. `Content-Type` must be either `text/plain` or"
        " `application/json`.",
    ),
    "2 MB and one byte": (
        {"params": CALLBACK, "json": {"text": "a" * (2 * 1024 * 1024)}},
        413,
        "PAYLOAD_TOO_LARGE",
        "Payload size exceeds limit of 2 MB.",
    ),
}


@pytest.mark.rule("validation")
@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_request_is_refused_with_a_json_error(
    ringback: Emulator, http: httpx.Client, refusal: tuple[dict[str, Any], int, str, str]
) -> None:
    request, status, code, message = refusal
    answer = http.post("/v1/speak", **request)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["dg-error"] == message
    request_id = answer.headers["dg-request-id"]
    assert answer.json() == {"err_code": code, "err_msg": message, "request_id": request_id}
    assert ringback.requests[0].request_id == request_id
    assert not ringback.deliveries


@pytest.mark.ringback(allow_unknown_keys=True)
@pytest.mark.parametrize(
    "authorization", ["", "Token", "Token wrong", "Bearer {key}", "{key}", "Token {key} {key}"]
)
def test_whoever_does_not_show_the_key_is_turned_away(
    ringback: Emulator, http: httpx.Client, authorization: str
) -> None:
    shown = {"authorization": authorization.format(key=ringback.api_key)}
    answer = http.post("/v1/speak", params=CALLBACK, json=HELLO, headers=shown)
    assert answer.status_code == 401
    assert answer.json()["err_code"] == "INVALID_AUTH"
    assert answer.headers["dg-error"] == "Invalid credentials."
    assert not ringback.deliveries


@pytest.mark.ringback(allow_unknown_keys=True)
@pytest.mark.rule("order-of-checks")
def test_a_request_in_which_all_is_wrong_is_refused_for_one_thing_after_another(
    ringback: Emulator, http: httpx.Client
) -> None:
    params = CALLBACK | {"speed": "fast", "model": "aura-9", "sample_rate": "1"}
    request: dict[str, Any] = {"headers": {"authorization": "Token wrong"}, "json": {}}

    def refused_for() -> str:
        message: str = http.post("/v1/speak", params=params, **request).json()["err_msg"]
        return message

    assert "speed" in refused_for()
    params["speed"] = "1.1"
    assert "model" in refused_for()
    del params["model"]
    assert "credentials" in refused_for()
    del request["headers"]
    assert "audio format" in refused_for()
    del params["sample_rate"]
    assert "JSON payload" in refused_for()
    request["json"] = HELLO
    ringback.receiver(APP)
    assert "err_msg" not in http.post("/v1/speak", params=params, **request).json()
    ringback.run_until_idle()


@pytest.mark.rule("order-of-checks")
@pytest.mark.parametrize(
    ("query", "status"), [(b"model=aura-9", 400), (b"speed=fast", 400), (b"speed=9", 401)]
)
def test_a_query_is_checked_before_the_key_where_only_one_emulator_is_served(
    query: bytes, status: int
) -> None:
    service = Service(Settings())
    try:
        assert service.speak(query, "Token wrong", "application/json", b"{}").status == status
    finally:
        service.close()


def test_an_error_with_letters_that_no_header_takes_is_still_an_error(http: httpx.Client) -> None:
    answer = http.post("/v1/speak", params={"model": "aura-süß-声"}, json=HELLO)
    assert answer.json()["err_msg"] == "Invalid 'model' value of 'aura-süß-声'."
    assert answer.headers["dg-error"] == r"Invalid 'model' value of 'aura-s\xfc\xdf-\u58f0'."


# -- many emulators behind one socket --------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that no other test knows of."""
    server = Server()
    yield server
    server.stop()


def test_emulators_on_one_server_do_not_see_each_others_jobs(
    server: Server, client: Client
) -> None:
    with ExitStack() as stack:
        emulators = [stack.enter_context(Emulator(server=server)) for _ in range(8)]
        for emulator in emulators:
            emulator.receiver(APP)

        def ask_five_times(emulator: Emulator) -> None:
            http = client(emulator)
            for number in range(5):
                text = {"text": f"{emulator.api_key} {number}"}
                assert http.post("/v1/speak", params=CALLBACK, json=text).status_code == 200
            emulator.run_until_idle()

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(ask_five_times, emulators))

        assert len({emulator.url for emulator in emulators}) == 1
        for emulator in emulators:
            assert [each.request.text for each in emulator.deliveries] == [
                f"{emulator.api_key} {number}" for number in range(5)
            ]
            assert not emulator.pending


def test_a_key_that_belongs_to_no_live_emulator_is_refused_and_reported(
    server: Server, client: Client
) -> None:
    with Emulator(server=server) as one, Emulator(server=server) as two:
        with Emulator(server=server) as ended:
            late = client(ended)
        answer = late.post("/v1/speak", params=CALLBACK, json=HELLO)
        assert answer.status_code == 401
        assert answer.json()["err_code"] == "INVALID_AUTH"
        assert answer.headers["dg-error"] == "Invalid credentials."
        assert server.unknown_keys == 1
        assert server.strangers == ("POST /v1/speak at +0s",)
        for emulator in (one, two, ended):
            assert not emulator.requests


def test_a_key_that_is_not_the_only_emulators_is_refused_and_reported_by_it(
    client: Client,
) -> None:
    with Emulator() as emulator:
        http = client(emulator)
        answer = http.post(
            "/v1/speak", params=CALLBACK, json=HELLO, headers={"authorization": "Token wrong"}
        )
        assert answer.status_code == 401
        (fact,) = emulator.journal
        assert isinstance(fact, RequestRejected)
        assert fact.request_id == answer.headers["dg-request-id"]
        assert emulator.leftovers()["unknown_keys"] == [
            f"POST /v1/speak at +0s was refused for its key (request {fact.request_id}). The"
            " application must use ringback.api_key"
        ]


def test_two_live_emulators_cannot_share_a_key(server: Server) -> None:
    settings = Settings(api_key="c0ffee")
    with Emulator(settings, server=server), pytest.raises(ServerError, match="share one api_key"):
        Emulator(settings, server=server).open()
    with Emulator(settings, server=server) as successor:
        assert successor.api_key == "c0ffee"


def test_a_server_says_when_its_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]
        with pytest.raises(ServerError, match=f"port {port} on 127.0.0.1 is in use"):
            Server(port=port)


def test_a_server_that_has_stopped_answers_nobody(client: Client) -> None:
    with Emulator() as emulator:
        http = client(emulator)
        assert http.post("/v1/speak", json=HELLO).status_code == 200
    with pytest.raises(httpx.TransportError):
        http.post("/v1/speak", json=HELLO)


# -- in process ------------------------------------------------------------------------------------

Send = Callable[[Any], Awaitable[None]]
WHOLE_BODY = {"type": "http.request", "body": json.dumps(HELLO).encode()}


async def post_in_process(
    emulator: AsyncEmulator, query: bytes, send: Send, arriving: Sequence[Any] = (WHOLE_BODY,)
) -> None:
    """Call the emulator's application as a server would; *send* takes the events of its answer."""
    headers = {"authorization": f"Token {emulator.api_key}", "content-type": "application/json"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/speak",
        "query_string": query,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    events = iter(arriving)

    async def receive() -> Any:
        return next(events)

    await emulator.app(scope, receive, send)


async def nobody_listens(event: Any) -> None:
    """Take an event of an answer."""


def attempts_begun(emulator: AsyncEmulator) -> int:
    return sum(isinstance(fact, AttemptStarted) for fact in emulator.journal)


def sizes_in(wav: bytes) -> tuple[int, int]:
    """What a wav header says of the file's size and of the sound's."""
    assert (wav[:4], wav[36:40]) == (b"RIFF", b"data")
    (riff,) = struct.unpack("<I", wav[4:8])
    (data,) = struct.unpack("<I", wav[40:44])
    return riff, data


LONG = {"text": "a" * 1900}
LARGE = {"encoding": "linear16", "sample_rate": "48000"}
"""What makes an answer of some megabytes, more than a connection takes at once."""


def test_a_caller_who_hangs_up_before_a_large_answer_leaves_no_word_in_the_log(
    ringback: Emulator, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    asked = http.build_request("POST", "/v1/speak", params=LARGE, json=LONG)
    lines = [b"POST %s HTTP/1.1" % asked.url.raw_path]
    lines += [b"%s: %s" % header for header in asked.headers.raw]
    for _ in range(5):
        with socket.create_connection((asked.url.host, asked.url.port or 80)) as caller:
            caller.sendall(b"\r\n".join([*lines, b"", asked.content]))
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert http.post("/v1/speak", params=LARGE, json=LONG).status_code == 200
    assert caplog.records == []


def test_an_answer_that_nobody_reads_does_not_keep_the_clock_waiting(
    ringback: Emulator, http: httpx.Client
) -> None:
    with http.stream("POST", "/v1/speak", params=LARGE, json=LONG) as answer:
        ringback.advance(30)
        assert len(answer.read()) > 1_000_000
