"""One emulated service: a key, a clock, and everything that was asked of it and done for it.

A server holds one service per API key (a tenant), so that parallel tests share a socket and nothing
else. Everything here may be called from any thread, and nothing waits.
"""

import email.utils
import json
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from traceback import format_exception_only
from typing import Any

from ringback.clock.guard import set_alarm
from ringback.clock.loops import EngineLoop
from ringback.clock.virtual import VirtualClock
from ringback.core.answer.answer import CROSS_ORIGIN, Answer, added, failing, refusal
from ringback.core.answer.failure import RequestFailure
from ringback.core.answer.failures import Choice, Failures, choose
from ringback.core.base.duration import SECOND
from ringback.core.base.headers import Headers
from ringback.core.base.ids import IdSource
from ringback.core.base.rejection import Rejection
from ringback.core.delivery import delivery as core
from ringback.core.delivery.delivery import Job, State
from ringback.core.delivery.message import CallbackMessage, metadata
from ringback.core.journal import (
    AnswerFailed,
    JobFailed,
    Journal,
    ParametersIgnored,
    RequestAnswered,
    RequestRejected,
    StreamOpened,
    TokenGranted,
)
from ringback.core.request import grants
from ringback.core.request.editions import V1, Edition
from ringback.core.request.endpoint import Endpoint
from ringback.core.request.keys import ApiKey, Credential
from ringback.core.request.query import Ignored, write_query
from ringback.core.request.speak import SpeakRequest
from ringback.core.stream.opening import Opening
from ringback.engine.engine import Engine
from ringback.errors import Refused, RingbackError, SettingsError
from ringback.sending.addresses import AddressRules
from ringback.sending.routes import Routes
from ringback.sending.sender import Sender
from ringback.service.admission import Admission
from ringback.service.concurrency import Concurrency
from ringback.service.recognition import Recognition
from ringback.service.streams import Session, new_stream
from ringback.service.voice import Voice
from ringback.settings.settings import Settings
from ringback.views import Book, Deliveries, Delivery, LiveDeliveries


@dataclass(frozen=True, slots=True)
class Reception:
    """One request to `/v1/speak` as it arrived, and how it was answered: a stream with 101.

    *query* may hold the credentials of a callback URL, so `repr` leaves it out. *size* is how many
    bytes the body had; of one above the limit, *body* holds the beginning.
    """

    at: int
    request_id: str
    query: str = field(repr=False)
    content_type: str | None
    body: bytes
    status: int
    size: int


class Service:
    """The endpoint of one API key."""

    def __init__(
        self,
        settings: Settings,
        *,
        own_thread: bool = True,
        own_addresses: Callable[[], Sequence[tuple[str, int]]] = tuple,
        former: Iterable[Book] = (),
    ) -> None:
        """Start at zero, with nothing pending.

        *own_thread*: exchanges run on a thread of their own, else on the loop of the first await.
        *own_addresses*: listeners that no callback may reach, for it would call itself. *former*:
        where the deliveries of the same emulator were kept before it began again.
        """
        self.settings = settings
        self.lock = threading.RLock()
        self.journal = Journal()
        self.clock = VirtualClock(
            settings.epoch,
            settings.rate,
            self.lock,
            self.journal,
            keeps_epoch=settings.epoch_is_set,
        )
        self._ids = IdSource(settings.seed or 0, settings.uuid_version)
        self.key = ApiKey(settings.api_key or secrets.token_hex(20), self._ids.identifier("key"))
        self.routes = Routes(self._dialler)
        self._own_addresses = own_addresses
        self.loop = EngineLoop(own_thread=own_thread)
        self.engine = Engine(
            settings,
            self.clock,
            self.journal,
            self.routes,
            self.loop,
            self.compose,
            self.prepare,
        )
        self.voice = Voice(settings)
        self.deliveries = Deliveries(LiveDeliveries(self.engine.dispatcher, self.voice.audio))
        self.recognition = Recognition(
            self.journal, self.engine.dispatcher, self.voice.audio, self.voice.is_spoken
        )
        self.receptions: list[Reception] = []
        self.failures = Failures(settings.every_failure)
        self._admission = Admission(settings, self.key, self._resolves)
        self._concurrency = Concurrency(settings, lambda: self.engine.dispatcher.pending)
        self._failed_jobs: dict[int, Rejection] = {}
        self._prepared: dict[int, bytes] = {}
        self._unmade: dict[str, int] = {}
        self._former = former
        self._messages = settings.message_rules
        self._too_many = settings.too_many_requests

    def speak(
        self,
        query: bytes,
        authorization: str | None,
        content_type: str | None,
        body: bytes,
        edition: Edition = V1,
        size: int | None = None,
        *,
        content_encoding: str | None = None,
        direct: bool = False,
    ) -> Answer:
        """Answer one POST to a speak endpoint. A job that it leads to is accepted by then.

        Audio that takes long is not made here: such an answer has to be `made`, which nobody else
        should have to wait for. Whoever has sent the answer calls `answered`. *size* is that of
        the whole body, where *body* is only the beginning of one that is too large. *direct*: what
        a test's own predicate raises is raised, and not answered. Raises `ClockClosed` when this
        has ended.
        """
        while True:
            choice: Choice | None = None
            if self.failures.ask:
                read = self._admission.request(
                    edition,
                    query,
                    authorization,
                    content_type,
                    body,
                    self._unix // SECOND,
                    _nobody_notes,
                    content_encoding,
                )
                if not isinstance(read, Rejection):
                    choice = self._choose(read[0])
                    if direct and choice.error is not None:
                        raise choice.error
            with self.clock.still():
                if self.clock.closed:  # what was accepted now, nobody would ever deliver
                    raise self.clock.ended("a request")
                if choice is not None and not self.failures.hold(choice):
                    continue
                at = self.clock.now_ns
                unix = self.clock.unix_ns(at)
                request_id = self._ids.request_id(unix)
                read = self._admission.request(
                    edition,
                    query,
                    authorization,
                    content_type,
                    body,
                    unix // SECOND,
                    partial(self._ignored, at, request_id),
                    content_encoding,
                )
                if isinstance(read, Rejection):
                    answer = self._refused(read, at, request_id)
                else:
                    answer = self._answer(*read, at, request_id, choice)
                self.receptions.append(
                    Reception(
                        at,
                        request_id,
                        query.decode("latin-1"),
                        content_type,
                        body,
                        answer.status,
                        len(body) if size is None else size,
                    )
                )
                return answer

    def open_stream(
        self, query: bytes, credential: Credential | Rejection, edition: Edition
    ) -> Session | Answer:
        """Answer one upgrade to a WebSocket: with a session, or with what it is refused with."""
        while True:
            choice: Choice | None = None
            if self.failures.ask:
                now = self._unix // SECOND
                asked = self._admission.opening(edition, query, credential, now, _nobody_notes)
                if not isinstance(asked, Rejection):
                    choice = self._choose(asked.request(), streamed=True)
            with self.clock.still():
                if choice is not None and not self.failures.hold(choice):
                    continue
                at = self.clock.now_ns
                unix = self.clock.unix_ns(at)
                request_id = self._ids.request_id(unix)
                note = partial(self._ignored, at, request_id)
                opening = self._admission.opening(edition, query, credential, unix // SECOND, note)
                if isinstance(opening, Rejection):
                    answer: Session | Answer = self._refused(opening, at, request_id)
                else:
                    answer = self._opened(edition, opening, at, request_id, choice)
                status = 101 if isinstance(answer, Session) else answer.status
                self.receptions.append(
                    Reception(at, request_id, query.decode("latin-1"), None, b"", status, 0)
                )
                return answer

    def _choose(self, request: SpeakRequest, *, streamed: bool = False) -> Choice:
        """Ask predicates what *request* is to meet: without the lock, for they may call us."""
        with self.lock:
            waiting = self.failures.waiting
        asking = True
        try:
            context = self.clock.inside(lambda: asking)
            return context.run(partial(choose, waiting, request, streamed=streamed))
        finally:
            asking = False

    def _unanswerable(self, error: BaseException, at: int, request_id: str) -> Answer:
        """The answer to a request about which a predicate failed. Its test hears of it later."""
        text = " ".join(line.strip() for line in format_exception_only(error))
        self.clock.unheard.append(error)
        error.add_note(
            f"This is from a predicate of fail_requests(when=…): request {request_id} was answered"
            " with 500."
        )
        message = "A predicate of an ordered failure failed."
        hint = f"fail_requests(when=…): {text}"
        rejection = Rejection(500, "INTERNAL_SERVER_ERROR", message, hint)
        return self._refused(rejection, at, request_id)

    def identify(self, credential: Credential) -> str | Rejection:
        """The identifier of the key that *credential* is, or was granted by."""
        return self._admission.identify(credential, self._unix // SECOND)

    def draw_request_id(self) -> str:
        """The id of a request to another path than those that speak."""
        with self.lock:
            return self._ids.request_id(self._unix)

    def grant(self, key_id: str, ttl: int) -> dict[str, str | int]:
        """Give out a token that stands for the key *key_id* during *ttl* seconds of the clock."""
        with self.lock:
            at = self.clock.now_ns
            self.journal.append(TokenGranted(at, key_id, ttl))
            now = self.clock.unix_ns(at) // SECOND
            return grants.grant(self.key, key_id, ttl, now, self._ids.identifier("grant"))

    @property
    def date(self) -> str:
        """The clock's moment, as a `Date` header writes it."""
        return http_date(self._unix // SECOND)

    @property
    def _unix(self) -> int:
        """The clock's moment as Unix time, in nanoseconds."""
        return self.clock.unix_ns(self.clock.now_ns)

    @cached_property
    def project_id(self) -> str:
        """The identifier of the one project that there is."""
        return self._ids.identifier("project")

    def made(self, answer: Answer) -> Answer:
        """*answer* with the audio that it still lacks. It is called without the lock."""
        if answer.unmade is None:
            return answer
        content = self.voice.content(answer.unmade)
        with self.lock:
            place, now = self._unmade.pop(answer.request_id), self.clock.now_ns
            if isinstance(content, Rejection):
                self.receptions[place] = replace(self.receptions[place], status=content.status)
                refused = self._refused(content, now, answer.request_id)
                return replace(refused, counted=answer.counted)
            if self.voice.is_spoken(answer.unmade):
                self.journal.append(RequestAnswered(now, answer.request_id, answer.unmade))
        if answer.failure is not None and answer.failure.body is not None:
            content = answer.body
        return replace(answer, body=content, unmade=None)

    def answered(self, answer: Answer) -> None:
        """Take note that *answer* has been sent, or that nobody waits for it any more."""
        if answer.counted:
            with self.lock:
                self._concurrency.request_ended()

    def submit(
        self, text: str, callback: str, content_type: str, parameters: dict[str, Any]
    ) -> Delivery:
        """Do what a client would do. Raises `Refused` with the service's answer."""
        if callback is None:
            raise SettingsError(
                "submit() makes a delivery, and needs a callback for it: without one the service"
                " answers with the audio at once, to whoever asks over HTTP"
            )
        is_json = content_type.partition(";")[0].strip().lower() == "application/json"
        query = write_query({"callback": callback, **parameters})
        answer = self.speak(
            query,
            f"Token {self.key.secret}",
            content_type,
            (json.dumps({"text": text}) if is_json else text).encode(),
            direct=True,
        )
        self.answered(answer)
        self.clock.on_change()
        if answer.status != 200:
            raise Refused(
                answer.status, _payload(answer.body), answer.hint, Headers(answer.headers)
            )
        return self.deliveries.for_request(answer.request_id)

    def compose(self, delivery: core.Delivery) -> CallbackMessage:
        """The message that brings a job's audio, or why there is none, to its endpoint."""
        job, position = delivery.job, delivery.position
        content: bytes | Rejection | None = self._failed_jobs.get(position)
        if content is None:
            content = self._prepared.pop(position, None)
        if content is None:
            content = self.voice.content(job.request)
        message = self._messages.compose(
            job.request, job.endpoint, job.request_id, job.key_id, content
        )
        if isinstance(content, bytes):
            self.voice.carry(job.request, content, message)
        return message

    def prepare(self, delivery: core.Delivery) -> Callable[[], None] | None:
        """What has to be done before `compose` may be asked, and takes long: None for nothing."""
        position, request = delivery.position, delivery.job.request
        if position in self._prepared or position in self._failed_jobs:
            return None
        return partial(self._make, position) if self.voice.takes_long(request) else None

    def _make(self, position: int) -> None:
        """Make the audio of a delivery that has not begun. A job whose audio cannot be had fails.

        It is not called under the lock.
        """
        content = self.voice.content(self.engine.dispatcher.deliveries[position].job.request)
        with self.lock:
            if self.engine.dispatcher.deliveries[position].state is not State.SCHEDULED:
                return  # it was cancelled meanwhile, or the emulator has begun again
            if isinstance(content, Rejection):
                self._fail(position, content)
            else:
                self._prepared[position] = content

    def cancel(self, delivery: Delivery, reason: str) -> None:
        """Give *delivery* up. Raises `RingbackError` when it is another's, or has ended."""
        with self.lock:
            now = self._own(delivery)
            if now.settled:
                raise RingbackError(
                    f"delivery {delivery.request_id} is {now.state}; only a pending one can be"
                    " cancelled"
                )
            self.engine.cancel(now.position, reason)

    def fail_job(self, delivery: Delivery, rejection: Rejection) -> None:
        """Have the job of *delivery* fail, and not that of another under the same request id.

        Raises `RingbackError` when it is another's, or something was sent.
        """
        with self.lock:
            now = self._own(delivery)
            if now.state is not State.SCHEDULED or now.attempts:
                raise RingbackError(
                    f"a callback of {delivery.request_id} was begun, or given up; a job can only"
                    " fail before its first attempt"
                )
            self._fail(now.position, rejection)

    def _fail(self, position: int, rejection: Rejection) -> None:
        self.journal.append(JobFailed(self.clock.now_ns, position, rejection))
        self._failed_jobs[position] = rejection
        if not self.settings.callback_errors:
            self.engine.cancel(position, f"the job failed ({rejection.code}), and nobody is told")

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Send what *delivery* brings again, as a delivery of its own under the same request id.

        Raises `RingbackError` when it is another's, or brings nothing.
        """
        with self.clock.still():
            before = self._own(delivery)
            failed = self._failed_jobs.get(before.position)
            if failed is not None and not self.settings.callback_errors:
                raise RingbackError(
                    f"the job of {delivery.request_id} failed ({failed.code}), and nobody is told:"
                    " there is nothing to send again"
                )
            old = before.job
            self.clock.observe()
            job = Job(old.request_id, old.key_id, old.request, old.endpoint, self.clock.now_ns)
            position = self.engine.accept(job).position
            if failed is not None:
                self._failed_jobs[position] = failed
            self.clock.on_change()
            return self.deliveries[position]

    def _own(self, delivery: Delivery) -> core.Delivery:
        """*delivery* as it stands. Raises `RingbackError` when it is no delivery of this one's."""
        if not isinstance(delivery, Delivery):
            raise TypeError(
                f"{delivery!r} is no delivery: take one of ringback.deliveries, such as"
                " ringback.deliveries.for_request(request_id)"
            )
        if delivery.is_in(self.engine.dispatcher):
            return self.engine.dispatcher.deliveries[delivery.position]
        if any(map(delivery.is_in, self._former)):
            raise RingbackError(
                f"delivery {delivery.request_id} is from before reset(): this emulator began again"
                " at zero, and has forgotten it. Submit its text again."
            )
        raise RingbackError(
            f"delivery {delivery.request_id} belongs to another emulator: hand it to the one that"
            " accepted it"
        )

    @property
    def pending(self) -> Deliveries:
        """The deliveries that are not settled at this moment."""
        dispatcher = self.engine.dispatcher
        return Deliveries(LiveDeliveries(dispatcher, self.voice.audio, dispatcher.open))

    def close(self) -> None:
        """Refuse to move the clock from now on, and stop the engine's thread."""
        self.clock.close()
        self.engine.abort("the emulator was closed")
        self.loop.stop()

    def _dialler(self) -> Sender:
        from ringback.sending.http import HttpSender

        return HttpSender(
            set_alarm,
            allow_hosts=self.settings.allow_hosts,
            own_addresses=self._own_addresses,
            ca_file=self.settings.ca_file,
            tls_verify=self.settings.tls_verify,
        )

    def _resolves(self, endpoint: Endpoint) -> bool:
        return (
            not self.settings.resolve_callbacks
            or self.routes.lead_to(endpoint.host)
            or AddressRules(self.settings.allow_hosts).resolves(endpoint.host)
        )

    def _opened(
        self,
        edition: Edition,
        opening: Opening,
        at: int,
        request_id: str,
        choice: Choice | None,
    ) -> Session | Answer:
        """Answer an upgrade that nothing is wrong with."""
        if (full := self._concurrency.refusal_of_a_stream()) is not None:
            return self._refused(full, at, request_id)
        if choice is not None and choice.error is not None:
            return self._unanswerable(choice.error, at, request_id)
        failure = self.failures.take(choice, streamed=True)
        if refused := self._refused_by(failure, at, request_id):
            return refused
        self.clock.observe()
        self.journal.append(StreamOpened(at, request_id))
        headers = [
            ("dg-request-id", request_id),
            ("dg-project-id", self.project_id),
            ("date", self.date),
        ]
        stream = new_stream(edition, opening, at, self.settings, self._ids)
        if failure is not None and failure.breaks:
            self.journal.append(AnswerFailed(at, request_id, failure))
            stream.failure = failure
            headers = added(headers, failure)
        self._concurrency.stream_opened()
        return Session(
            request_id,
            headers,
            opening,
            stream,
            self.clock,
            self.journal,
            self.voice,
            self._concurrency.stream_closed,
        )

    def _ignored(self, at: int, request_id: str, parameters: tuple[Ignored, ...]) -> None:
        self.journal.append(ParametersIgnored(at, request_id, parameters))

    def _refused(
        self, rejection: Rejection, at: int, request_id: str, *, ordered: bool = False
    ) -> Answer:
        self.journal.append(RequestRejected(at, request_id, rejection, ordered))
        return refusal(rejection, request_id, self.date)

    def _refused_by(
        self, failure: RequestFailure | None, at: int, request_id: str
    ) -> Answer | None:
        """The answer that *failure* gives in place of the service's own, None if it leaves that."""
        rejection = None if failure is None else failure.rejection(self._too_many)
        if failure is None or rejection is None:
            return None
        return failing(self._refused(rejection, at, request_id, ordered=True), failure)

    def _answer(
        self,
        request: SpeakRequest,
        key_id: str,
        at: int,
        request_id: str,
        choice: Choice | None,
    ) -> Answer:
        """Answer a request that nothing is wrong with."""
        if (full := self._concurrency.refusal_of_a_request()) is not None:
            return self._refused(full, at, request_id)
        if choice is not None and choice.error is not None:
            return self._unanswerable(choice.error, at, request_id)
        failure = self.failures.take(choice)
        if refused := self._refused_by(failure, at, request_id):
            return refused
        answer = self._accepted(request, key_id, at, request_id)
        if self._concurrency.limited:
            self._concurrency.request_began()
            answer = replace(answer, counted=True)
        if failure is not None:
            self.journal.append(AnswerFailed(at, request_id, failure))
            answer = failing(answer, failure)
        return answer

    def _accepted(self, request: SpeakRequest, key_id: str, at: int, request_id: str) -> Answer:
        if request.callback is not None:
            self.clock.observe()
        date = self.date
        headers = [
            *metadata(request, request_id),
            ("dg-project-id", self.project_id),
            ("date", date),
            *CROSS_ORIGIN,
        ]
        if request.callback is None:
            headers.append(("content-type", request.sound.content_type))
            audio = self.voice.quick(request)
            if audio is None:
                self._unmade[request_id] = len(self.receptions)
            # Speech may fail, and is then no answer.
            if audio is not None or not self.voice.is_spoken(request):
                self.journal.append(RequestAnswered(at, request_id, request))
            unmade = request if audio is None else None
            return Answer(200, headers, audio or b"", request_id, streamed=True, unmade=unmade)
        self.engine.accept(Job(request_id, key_id, request, request.callback, at))
        if self.settings.acknowledgement_headers == "minimal":
            headers = [("dg-request-id", request_id), ("date", date)]
        headers.append(("content-type", "application/json"))
        body = b'{"request_id":"%s"}' % request_id.encode()
        return Answer(200, headers, body, request_id, streamed=True)


def _payload(body: bytes) -> dict[str, str]:
    """The service's JSON, or the page that a failure ordered in its place, as a message."""
    try:
        payload = json.loads(body)
    except ValueError:
        payload = None
    if isinstance(payload, dict) and {"err_code", "err_msg"} <= payload.keys():
        return payload
    return {"err_code": "", "err_msg": body.decode()}


@lru_cache(maxsize=8)
def http_date(unix: int) -> str:
    """Unix time in whole seconds, as a `Date` header writes it."""
    return email.utils.formatdate(unix, usegmt=True)


def _nobody_notes(parameters: tuple[Ignored, ...]) -> None:
    """Pass over what is noted once the request is answered."""
