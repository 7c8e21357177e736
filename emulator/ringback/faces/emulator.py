"""The emulator as a test holds it: blocking, or awaitable. The only place that chooses parts."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from traceback import format_exception_only
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar
from weakref import WeakSet

from ringback.clock.flow import Flow
from ringback.clock.guard import set_alarm
from ringback.clock.loops import drained
from ringback.core.answer.failure import RequestFailureLike, read_failure
from ringback.core.answer.failures import When
from ringback.core.base.duration import words
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.dispatcher import Dispatcher
from ringback.core.delivery.reply import FaultLike, ReplyLike
from ringback.core.journal import Fact, Journal, ParametersIgnored, RequestRejected
from ringback.core.request.endpoint import split
from ringback.core.request.keys import Credential
from ringback.errors import NotRunning, SettingsError, WrongFace
from ringback.faces.clocks import AwaitableClock, BlockingClock
from ringback.faces.verbs import AwaitableVerbs, BlockingVerbs, Walk
from ringback.receiving.scripted import Receiver
from ringback.sending.faults import Fault, read_faults
from ringback.sending.routes import Route
from ringback.sending.sender import Sender
from ringback.service.service import Reception, Service
from ringback.service.streams import stories
from ringback.settings.settings import Settings
from ringback.views import Attempt, Deliveries, Delivery, timeline

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp

    from ringback.audio.repertoire import Identified
    from ringback.scenario.playing import Performance
    from ringback.scenario.report import Report
    from ringback.sending.started import StartedAsgiSender
    from ringback.serving.server import Server

ClockFace = TypeVar("ClockFace", BlockingClock, AwaitableClock)


class _Emulator(Generic[ClockFace]):
    """What both faces share: everything that does not move the clock."""

    clock: ClockFace
    """The emulator's clock, with the same verbs and `now`, `elapsed`, `next_due` and `sync`."""

    def __init__(self, settings: Settings | None = None, *, server: "Server | None" = None) -> None:
        """Prepare an emulator; it lives from `with` on.

        *server* is shared with other emulators. Without one, an emulator starts its own when its
        `url` is first asked for.
        """
        self.settings = Settings() if settings is None else settings
        self._server = server
        self._owns_server = server is None
        self._receivers: list[Receiver] = []
        self._begun: Service | None = None
        self._former: WeakSet[Dispatcher] = WeakSet()
        self._live = False
        self._started_apps: list[StartedAsgiSender] = []
        self._flow: Future[None] | asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        if self._begun is None:
            return f"<{type(self).__name__} [not running]>"
        return (
            f"<{type(self).__name__} {self.clock!r}"
            f" [{self._service.engine.dispatcher.pending} pending]>"
        )

    # -- what the application is told ------------------------------------------------------------

    @property
    def url(self) -> str:
        """The base URL for the application's Deepgram client: `http://127.0.0.1:PORT`."""
        return self._served().url

    @property
    def ws_url(self) -> str:
        """The same for WebSockets."""
        return "ws" + self.url.removeprefix("http")

    @property
    def api_key(self) -> str:
        """The key that this emulator answers to; its own, unless `Settings.api_key` fixes it."""
        return self._service.key.secret

    @property
    def key_id(self) -> str:
        """The key's identifier: what callbacks carry as `dg-token`."""
        return self._service.key.identifier

    @property
    def app(self) -> "ASGIApp":
        """The endpoint as an ASGI application, for a client in this process.

        Where a server would close the connection in the middle of an answer, `AnswerCut` is raised
        in the client: httpx's `ASGITransport` passes on what an application raises.
        """
        from ringback.serving.app import Application

        return Application(_Sole(lambda: self._live_service))

    # -- what a test arranges --------------------------------------------------------------------

    def connect(
        self,
        origin: str,
        to: Any,
        faults: Iterable[FaultLike] = (),
        *,
        lifespan: bool = False,
    ) -> None:
        """Say where callbacks to *origin* lead.

        *to* is an ASGI or WSGI application, a base URL (`http://127.0.0.1:49152`) or a receiver.
        *faults*: entry i shapes attempt i + 1 of each delivery to that origin; see `Reply` for what
        may stand there, `"answer lost"`, `"duplicate"` and None besides. *lifespan* runs an ASGI
        application's startup before its first callback, and its shutdown at the end. Raises
        `SettingsError`.
        """
        route = self._route(to, read_faults(faults), lifespan)
        self._live_service.routes.connect(_origin(origin), route)

    def receiver(
        self,
        origin: str,
        replies: Iterable[ReplyLike] = (200,),
        faults: Iterable[FaultLike] = (),
    ) -> Receiver:
        """Put a scripted receiver at *origin*. Raises `SettingsError`.

        *replies* are consumed in order of arrival, and the last one repeats: a status, `"timeout"`,
        `"refused"`, `"reset"` or a `Reply`.
        """
        receiver = Receiver(_origin(origin), replies)
        self.connect(origin, receiver, faults)
        self._receivers.append(receiver)
        return receiver

    def submit(
        self,
        text: str,
        *,
        callback: str,
        content_type: str = "application/json",
        **parameters: Any,
    ) -> Delivery:
        """Do what a client would do, without one. Raises `Refused` with the service's answer.

        *parameters* are those of `/v1/speak`; a list repeats one, and None leaves one out. The text
        travels as JSON, or as it is under another *content_type*, such as `text/plain`.
        """
        return self._live_service.submit(text, callback, content_type, parameters)

    def fail_requests(
        self,
        *failures: RequestFailureLike | None,
        when: When | None = None,
    ) -> None:
        """Let the next requests fail, one failure each; None lets one through.

        A failure is a status (402, 403, 429, 5xx …), `"cut"` or `"stalled"` for an answer that
        breaks off, or a `RequestFailure` with all its particulars. Only requests that the service
        would answer meet one; with *when*, only those of them that it says yes to. A stream, whose
        request has no text, is refused or breaks off in its first audio, and never comes late.
        For all requests there is `Settings.request_failure`. Raises `SettingsError`.

        *when* may call the emulator, but for what moves the clock. What it raises, `submit` raises;
        over HTTP its request is answered with 500, and the next verb raises it.
        """
        read = [None if failure is None else read_failure(failure) for failure in failures]
        service = self._live_service
        with service.lock:
            service.failures.add(read, when)

    def cancel(self, delivery: Delivery, reason: str) -> None:
        """Give *delivery* up; an attempt in flight still ends and is recorded.

        Raises `RingbackError` when it has come to an end already, and as every verb that takes a
        delivery does, for one of another emulator or from before `reset`.
        """
        self._live_service.cancel(delivery, reason)

    def fail_job(
        self,
        delivery: Delivery,
        *,
        status: int = 422,
        err_code: str = "UNPROCESSABLE_ENTITY",
        err_msg: str = "Failed to handle request.",
    ) -> None:
        """Have the job of *delivery* fail, though it was acknowledged.

        Its callback brings a JSON object with *err_code* and *err_msg* in place of the audio, or
        never comes, without `Settings.callback_errors`. Other deliveries under the same request id
        bring what they would. *status* is for `callback_status_header`.
        Raises `RingbackError` when an attempt has been begun: `Settings.processing_time` leaves
        time where the clock does not stand still.
        """
        self._live_service.fail_job(delivery, Rejection(status, err_code, err_msg))

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Send what *delivery* brings again, as a new delivery under the same request id.

        What failed brings its error again. Raises `RingbackError` when nobody is told of that.
        """
        return self._live_service.redeliver(delivery)

    def hold(self, reason: str) -> AbstractContextManager[None]:
        """Keep time from moving, for work that the emulator cannot see. Use it with `with`."""
        return self.clock.hold(reason)

    # -- what a test looks at --------------------------------------------------------------------

    @property
    def deliveries(self) -> Deliveries:
        """Every delivery, in order of acceptance."""
        return self._service.deliveries

    @property
    def pending(self) -> Deliveries:
        """The deliveries that are not settled: empty is the proof that nothing more is sent."""
        return self._service.pending

    @property
    def requests(self) -> list[Reception]:
        """What arrived at `/v1/speak`, in order, and how it was answered."""
        return self._service.receptions

    @property
    def journal(self) -> Journal:
        """Everything that happened."""
        return self._service.journal

    def identify(
        self, audio: bytes | bytearray | memoryview, sample_rate: float | None = None
    ) -> "Identified | None":
        """Say which request *audio* answers, and whether all of it is there.

        None where it is no request's, and where too little of it is left to tell: rather none than
        a wrong one. An answer without sound is nobody's.

        It is known as it was served, in every encoding, cut off after 0.4 s or later, several
        answers one after the other, and with what a tagger or a copying program puts before the
        frames of MP3, AAC and FLAC. It is known by ear in a WAV file of 16-bit or G.711 samples, at
        any rate from 6 kHz on, in any channel, softer, noisier, with silence around it, after other
        codecs or through a telephone, as long as it is neither faster nor slower and nothing else
        sounds at the same time; and in bare samples (16 bits, little-endian, mono) if their
        *sample_rate*, a whole number of hertz, is given. What the application has encoded anew, as
        MP3 or Opus say, has to be decoded first.

        By ear, a sound of less than 1.4 s (some 20 characters) is known only from its beginning on,
        and one of less than 0.4 s (three characters or less) not at all.

        Raises `ValueError` for another *sample_rate*, and `TypeError` for what has no bytes.
        """
        return self._service.recognition.identify(audio, sample_rate)

    @property
    def timeline(self) -> str:
        """Deliveries and attempts, streams, refused requests and parameters that were ignored, as
        text, credentials apart."""
        remarks: list[str] = [text for text in map(_remark, self.journal) if text]
        return "\n".join([timeline(self.deliveries), *stories(self.journal), *remarks])

    def leftovers(self) -> dict[str, list[str]]:
        """What a strict test would not leave behind, in sentences, by kind.

        Kinds are `pending` (deliveries not settled), `replies` (scripted and never used),
        `failures` (ordered and never met), `errors` (of predicates, that no verb has raised yet)
        and `unknown_keys` (requests refused for their key).
        """
        kinds = ("pending", "replies", "failures", "errors", "unknown_keys")
        found: dict[str, list[str]] = {kind: [] for kind in kinds}
        for delivery in self.pending:
            found["pending"].append(
                f"{delivery!r} is still pending: run_until_idle() delivers it, cancel() gives it up"
            )
        for receiver in self._receivers:
            if receiver.unused:
                found["replies"].append(
                    f"{receiver!r}: {receiver.unused} of its scripted replies were never used"
                )
        if count := self._service.failures.unmet:
            noun = "failure was" if count == 1 else "failures were"
            found["failures"].append(f"{count} ordered {noun} never met by a request")
        for error in self._service.clock.unheard:
            found["errors"].append(" ".join(map(str.strip, format_exception_only(error))))
        for fact in self.journal:
            if not isinstance(fact, RequestRejected) or fact.ordered:
                continue
            if fact.rejection.status == 401:
                found["unknown_keys"].append(
                    f"request {fact.request_id} was refused for its key. The application must use"
                    " ringback.api_key"
                )
        return found

    # -- beginning and ending ---------------------------------------------------------------------

    def close(self) -> None:
        """End: what is pending is dropped, and every later verb raises `ClockClosed`."""
        self._end_service()
        if self._server is not None and self._owns_server:
            self._server.stop()
            self._server = None

    def _shut_down_apps(self) -> None:
        """Run the shutdown of every application whose lifespan was started."""

    def reset(self) -> None:
        """Begin again at zero, under the same key, with nothing connected and nothing pending.

        Like a verb it first raises what a predicate has raised and nobody has heard.
        """
        self._service.clock.raise_unheard()
        if self.settings.api_key is None:
            self.settings = self.settings.changed(api_key=self.api_key)
        self._end_service()
        self.open()

    def open(self) -> Self:
        """Begin at zero, under a key of its own; `close` ends it. `with` does both."""
        raise NotImplementedError

    @property
    def _service(self) -> Service:
        """The service, which can still be looked at when it has ended."""
        if self._begun is None:
            raise NotRunning(self._idle())
        return self._begun

    @property
    def _live_service(self) -> Service:
        """The service, which must not have ended."""
        if self._begun is None or not self._live:
            raise NotRunning(self._idle())
        return self._begun

    def _idle(self) -> str:
        name = type(self).__name__
        return (
            f"this {name} is not running; it runs inside `with {name}() as ringback:`, or from"
            " open() to close()"
        )

    def _begin(self, clock: type[ClockFace], *, own_thread: bool) -> Service:
        if self._begun is not None:
            self._former.add(self._begun.engine.dispatcher)
        service = Service(
            self.settings,
            own_thread=own_thread,
            own_addresses=self._own_addresses,
            former=self._former,
        )
        if self._server is not None:
            self._server.add(service)
        guard = self.settings.seconds_of("guard")
        if self.settings.rate:
            guard += self.settings.seconds_of("attempt_timeout")
        self.clock = clock(service.clock, service.engine, guard)
        self._receivers = []
        self._begun, self._live = service, True
        return service

    def _end_service(self) -> None:
        service = self._begun
        if service is None or not self._live:
            return
        self._live = False
        if self._server is not None:
            self._server.remove(service)
        try:
            self._shut_down_apps()
        finally:
            self._started_apps.clear()
            if self._flow is not None:
                service.loop.call_soon(self._flow.cancel)
                self._flow = None
            service.close()

    def _served(self) -> "Server":
        service = self._live_service
        if self._server is None:
            from ringback.serving.server import Server

            self._server = Server()
            self._server.add(service)
        return self._server

    def _own_addresses(self) -> list[tuple[str, int]]:
        return [] if self._server is None else self._server.addresses()

    def _route(self, to: Any, faults: Sequence[Fault | None], lifespan: bool) -> Route:
        if isinstance(to, Receiver):
            return Route(responder=to, faults=faults)
        if isinstance(to, str):
            return Route(sender=self._dialled(to), faults=faults)
        from ringback.sending.asgi import AsgiSender
        from ringback.sending.wsgi import WsgiSender, takes

        if takes(to) == "wsgi":
            return Route(sender=WsgiSender(to), faults=faults)
        if not lifespan:
            return Route(sender=AsgiSender(to), faults=faults)
        from ringback.sending.started import StartedAsgiSender

        started = StartedAsgiSender(to)
        self._started_apps.append(started)
        return Route(sender=started, faults=faults)

    def _dialled(self, url: str) -> Sender:
        endpoint = split(url)
        if isinstance(endpoint, str) or endpoint.target != "/":
            reason = endpoint if isinstance(endpoint, str) else "It must not have a path."
            raise SettingsError(
                f"connect(…, {url!r}): no base URL. {reason} Write http://127.0.0.1:PORT."
            )
        from ringback.sending.http import HttpSender

        return HttpSender(
            set_alarm,
            base=(endpoint.scheme, endpoint.host, endpoint.port),
            own_addresses=self._own_addresses,
            ca_file=self.settings.ca_file,
            tls_verify=self.settings.tls_verify,
        )


class Emulator(BlockingVerbs, _Emulator[BlockingClock]):
    """A local `/v1/speak` and its callback dispatcher, for tests that are plain functions.

    >>> from ringback import Emulator
    >>> with Emulator() as ringback:
    ...     receiver = ringback.receiver("https://app.example", replies=[503, 204])
    ...     delivery = ringback.submit("Hello", callback="https://app.example/done")
    ...     _ = ringback.run_until_idle()
    ...     delivery.timeline
    ['+0s POST 503', '+30s POST 204']

    In `paused` mode nothing is delivered, not even what is due now, until a verb moves the clock.
    Every verb returns the attempts that ended in it; their errors are those of `BlockingVerbs`.
    """

    def __enter__(self) -> Self:
        """Begin at zero, under a key of its own."""
        return self.open()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End: what is pending is dropped, and every later verb raises `ClockClosed`."""
        self.close()

    def open(self) -> Self:
        """Begin at zero, under a key of its own; `close` ends it. `with` does both."""
        service = self._begin(BlockingClock, own_thread=True)
        if self.settings.rate:
            self._flow = service.loop.submit(Flow(service.clock, service.engine).run())
        return self

    def _shut_down_apps(self) -> None:
        for app in self._started_apps:
            self._service.loop.submit(app.close()).result(self.settings.seconds_of("guard"))

    def _move(self, verb: str, walk: Walk) -> list[Attempt]:
        return self.clock._move(verb, walk)

    def play(self, path: "str | Path") -> "Report":
        """Play the scenario file at *path* on this emulator, and return its report.

        Raises `AssertionError` with what was expected and got, and `ScenarioError` for a file that
        says what it may not say. A scenario without `receiver` goes where its origin is connected.
        """
        performance = _performance(self, path)
        self.run_until_idle()
        return _passed(performance.report())


class AsyncEmulator(AwaitableVerbs, _Emulator[AwaitableClock]):
    """The same for tests that are coroutines: every verb is awaited.

    Callbacks to an application of this process run on the loop of the first await, so the
    application may share the test's loop.
    """

    async def __aenter__(self) -> Self:
        """Begin at zero, under a key of its own, on the running loop, which must be asyncio's."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            raise WrongFace(
                "AsyncEmulator runs on asyncio, and this is another loop, such as trio's. Take"
                " Emulator, and call its verbs in a thread:"
                " await anyio.to_thread.run_sync(ringback.advance, 30)."
            ) from None
        return self.open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End: what is pending is dropped, and every later verb raises `ClockClosed`."""
        for app in self._started_apps:
            await app.close()
        self.close()
        await drained()

    def open(self) -> Self:
        """Begin at zero, under a key of its own; `close` ends it. `async with` does both.

        A clock that flows begins to when the emulator is first used on a running loop.
        """
        self._begin(AwaitableClock, own_thread=False)
        self._let_flow()
        return self

    @property
    def _live_service(self) -> Service:
        self._let_flow()
        return super()._live_service

    def _let_flow(self) -> None:
        service = self._begun
        if not self.settings.rate or self._flow is not None or service is None:
            return
        with suppress(RuntimeError):  # there is no running loop yet
            loop = asyncio.get_running_loop()
            service.loop.ensure()
            self._flow = loop.create_task(Flow(service.clock, service.engine).run())

    async def _move(self, verb: str, walk: Walk) -> list[Attempt]:
        return await self.clock._move(verb, walk)

    async def play(self, path: "str | Path") -> "Report":
        """Play the scenario file at *path* on this emulator, and return its report.

        Raises `AssertionError` with what was expected and got, and `ScenarioError` for a file that
        says what it may not say. A scenario without `receiver` goes where its origin is connected.
        """
        performance = _performance(self, path)
        await self.run_until_idle()
        return _passed(performance.report())


class _Sole:
    """The tenants of an emulator that is called in process: itself."""

    def __init__(self, find: Callable[[], Service]) -> None:
        self._find = find

    def find(self, credential: Credential | None) -> Service | None:
        """The emulator's own service, whoever asks: it refuses unknown keys itself."""
        return self._find()


def _remark(fact: Fact) -> str:
    """What a timeline says of a request that came to nothing, or not to what was meant."""
    match fact:
        case RequestRejected():
            return f"refused at {words(fact.at)}  {described(fact.rejection)}"
        case ParametersIgnored():
            names = ", ".join(map(str, fact.parameters))
            return f"ignored at {words(fact.at)}  unknown parameters {names}"
        case _:
            return ""


def described(rejection: Rejection) -> str:
    """What the service said to a request that it refused, and our advice."""
    advice = f" ({rejection.hint})" if rejection.hint else ""
    return f"{rejection.status} {rejection.code}: {rejection.message}{advice}"


def _performance(emulator: Emulator | AsyncEmulator, path: "str | Path") -> "Performance":
    from pathlib import Path

    from ringback.scenario.playing import Performance
    from ringback.scenario.reading import read

    return Performance(emulator, read(Path(path)))


def _passed(report: "Report") -> "Report":
    if not report.passed:
        raise AssertionError(str(report))
    return report


def _origin(text: str) -> str:
    endpoint = split(text)
    if isinstance(endpoint, str):
        raise SettingsError(f"{text!r} is no origin. {endpoint} Write https://app.example.")
    if endpoint.target != "/":
        raise SettingsError(
            f"{text!r} has a path, and a receiver stands at a whole origin: write"
            f" {endpoint.origin!r}"
        )
    return endpoint.origin
