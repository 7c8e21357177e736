"""One request becomes an answer; one upgrade becomes a session, or an answer."""

from dataclasses import replace
from functools import partial

from ringback.clock.virtual import VirtualClock
from ringback.core.answer.answer import VARY, Answer, added, failing
from ringback.core.answer.failures import Choice, Failures
from ringback.core.base.duration import SECOND
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.delivery import Job
from ringback.core.delivery.message import metadata
from ringback.core.delivery.orders import Orders
from ringback.core.delivery.plan import Plan
from ringback.core.facts import AnswerFailed, ParametersIgnored, RequestAnswered
from ringback.core.journal import Journal
from ringback.core.request.editions import V1, Edition
from ringback.core.request.keys import Credential
from ringback.core.request.query import Ignored
from ringback.core.request.speak import SpeakRequest
from ringback.core.stream.facts import StreamOpened
from ringback.core.stream.opening import Opening
from ringback.engine.engine import Engine
from ringback.service.account import Account
from ringback.service.admission import Admission, unnoted
from ringback.service.choosing import Choosing
from ringback.service.concurrency import Concurrency
from ringback.service.received import Arrivals, RawHeaders, Reception
from ringback.service.refusing import Refusing
from ringback.service.streams import Session, new_stream
from ringback.service.voice import Voice
from ringback.settings.settings import Settings


class Answering:
    """Answers requests, and keeps what arrived. Everything here may be called from any thread."""

    def __init__(
        self,
        settings: Settings,
        clock: VirtualClock,
        journal: Journal,
        engine: Engine,
        account: Account,
        admission: Admission,
        failures: Failures,
        orders: Orders,
        voice: Voice,
    ) -> None:
        """Nothing has arrived."""
        self._settings = settings
        self._clock = clock
        self._journal = journal
        self._engine = engine
        self._account = account
        self._admission = admission
        self._voice = voice
        self.received = Arrivals(settings.keep)
        self._failures = failures
        self._choosing = Choosing(clock, failures, orders)
        self._concurrency = Concurrency(settings, lambda: engine.dispatcher.pending)
        self._unmade: dict[str, int] = {}
        self._refusing = refusing = Refusing(settings, clock, journal, account)
        self.refuse = refusing.refuse_now
        self.misdirect = refusing.misdirect
        self.note_stranger = refusing.note_stranger

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
        headers: RawHeaders = (),
        direct: bool = False,
        faults: Plan | None = None,
    ) -> Answer:
        """Answer one POST to a speak endpoint. A job that it leads to is accepted by then.

        Audio that takes long is not made here: such an answer has to be `made`, which nobody else
        should have to wait for. Whoever has sent the answer calls `answered`. *size* is that of
        the whole body, where *body* is only the beginning of one that is too large. *headers* are
        kept for whoever looks at what arrived. *direct*: what
        a test's own predicate raises is raised, and not answered. *faults* are for its delivery.
        Raises `ClockClosed` when this has ended.
        """
        asked = (edition, query, authorization, content_type, body)
        plan = faults
        while True:
            choice: Choice | None = None
            if self._choosing.asks:
                now = self._account.unix // SECOND
                read = self._admission.request(*asked, now, unnoted, content_encoding)
                if not isinstance(read, Rejection):
                    choice, plan = self._choosing.choose(read[0], faults)
                    if direct and choice.error is not None:
                        raise choice.error
            with self._clock.still():
                if self._clock.closed:  # what was accepted now, nobody would ever deliver
                    raise self._clock.ended("a request")
                if choice is not None and not self._failures.hold(choice):
                    continue
                at = self._clock.now_ns
                unix = self._clock.unix_ns(at)
                request_id = self._account.ids.request_id(unix)
                note = partial(self._ignored, at, request_id)
                read = self._admission.request(*asked, unix // SECOND, note, content_encoding)
                if isinstance(read, Rejection):
                    post = f"POST {edition.path}"
                    answer = self._refusing.refuse(read, at, request_id, asked=post)
                else:
                    answer = self._answer(*read, at, request_id, choice, plan)
                self.received.note(
                    Reception(
                        at,
                        "POST",
                        edition.path,
                        query,
                        headers,
                        content_type,
                        body,
                        len(body) if size is None else size,
                        answer.status,
                        request_id,
                    )
                )
                return answer

    def open_stream(
        self,
        query: bytes,
        credential: Credential | Rejection,
        edition: Edition,
        headers: RawHeaders = (),
    ) -> Session | Answer:
        """Answer one upgrade to a WebSocket: with a session, or with what it is refused with."""
        while True:
            choice: Choice | None = None
            if self._failures.ask:
                now = self._account.unix // SECOND
                asked = self._admission.opening(edition, query, credential, now, unnoted)
                if not isinstance(asked, Rejection):
                    choice = self._choosing.choose(asked.request(), streamed=True)[0]
            with self._clock.still():
                if choice is not None and not self._failures.hold(choice):
                    continue
                at = self._clock.now_ns
                unix = self._clock.unix_ns(at)
                request_id = self._account.ids.request_id(unix)
                note = partial(self._ignored, at, request_id)
                opening = self._admission.opening(edition, query, credential, unix // SECOND, note)
                if isinstance(opening, Rejection):
                    answer: Session | Answer = self._refusing.refuse(
                        opening, at, request_id, asked=f"WebSocket {edition.path}"
                    )
                else:
                    answer = self._opened(edition, opening, at, request_id, choice)
                status = 101 if isinstance(answer, Session) else answer.status
                what = ("GET", edition.path, query, headers, None, b"", 0)
                self.received.note(Reception(at, *what, status, request_id))
                return answer

    def made(self, answer: Answer) -> Answer:
        """*answer* with the audio that it still lacks. It is called without the lock."""
        if answer.unmade is None:
            return answer
        content = self._voice.content(answer.unmade)
        with self._clock.lock:
            place, now = self._unmade.pop(answer.request_id), self._clock.now_ns
            if isinstance(content, Rejection):
                self.received.answered(place, content.status)
                refused = self._refusing.refuse(content, now, answer.request_id)
                return replace(refused, counted=answer.counted)
            if self._voice.is_spoken(answer.unmade):
                self._journal.append(RequestAnswered(now, answer.request_id, answer.unmade))
        if answer.failure is not None and answer.failure.body is not None:
            content = answer.body
        return replace(answer, body=content, unmade=None)

    def answered(self, answer: Answer) -> None:
        """Take note that *answer* has been sent, or that nobody waits for it any more."""
        if answer.counted:
            with self._clock.lock:
                self._concurrency.request_ended()

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
            return self._refusing.refuse(full, at, request_id)
        if choice is not None and choice.error is not None:
            return self._refusing.refuse_unanswerable(choice.error, at, request_id)
        failure = self._failures.take(choice, streamed=True)
        if refused := self._refusing.refuse_as_ordered(failure, at, request_id):
            return refused
        self._clock.observe()
        self._journal.append(StreamOpened(at, request_id))
        headers = [
            ("dg-request-id", request_id),
            ("dg-project-id", self._account.project_id),
            ("date", self._account.date),
        ]
        stream = new_stream(edition, opening, at, self._settings, self._account.ids)
        if failure is not None and failure.breaks:
            self._journal.append(AnswerFailed(at, request_id, failure))
            stream.failure = failure
            headers = added(headers, failure)
        self._concurrency.stream_opened()
        return Session(
            request_id,
            headers,
            opening,
            stream,
            self._clock,
            self._journal,
            self._voice,
            self._concurrency.stream_closed,
        )

    def _answer(
        self,
        request: SpeakRequest,
        key_id: str,
        at: int,
        request_id: str,
        choice: Choice | None,
        plan: Plan | None,
    ) -> Answer:
        """Answer a request that nothing is wrong with."""
        if (full := self._concurrency.refusal_of_a_request()) is not None:
            return self._refusing.refuse(full, at, request_id)
        if choice is not None and choice.error is not None:
            return self._refusing.refuse_unanswerable(choice.error, at, request_id)
        failure = self._failures.take(choice)
        if refused := self._refusing.refuse_as_ordered(failure, at, request_id):
            return refused
        answer = self._accepted(request, key_id, at, request_id, plan)
        if self._concurrency.limited:
            self._concurrency.request_began()
            answer = replace(answer, counted=True)
        if failure is not None:
            self._journal.append(AnswerFailed(at, request_id, failure))
            answer = failing(answer, failure)
        return answer

    def _accepted(
        self, request: SpeakRequest, key_id: str, at: int, request_id: str, plan: Plan | None
    ) -> Answer:
        if request.callback is not None:
            self._clock.observe()
        date = self._account.date
        headers = [
            *metadata(request, request_id),
            ("dg-project-id", self._account.project_id),
            ("date", date),
            VARY,
        ]
        if request.callback is None:
            headers.append(("content-type", request.sound.content_type))
            audio = self._voice.quick(request)
            if audio is None:
                self._unmade[request_id] = self.received.end
            # Speech may fail, and is then no answer.
            if audio is not None or not self._voice.is_spoken(request):
                self._journal.append(RequestAnswered(at, request_id, request))
            unmade = request if audio is None else None
            return Answer(200, headers, audio or b"", request_id, streamed=True, unmade=unmade)
        plan = plan or self._choosing.plan_of(request)
        self._engine.accept(Job(request_id, key_id, request, request.callback, at, plan))
        if self._settings.acknowledgement_headers == "minimal":
            headers = [("dg-request-id", request_id), ("date", date)]
        headers.append(("content-type", "application/json"))
        body = b'{"request_id":"%s"}' % request_id.encode()
        return Answer(200, headers, body, request_id, streamed=True)

    def _ignored(self, at: int, request_id: str, parameters: tuple[Ignored, ...]) -> None:
        self._journal.append(ParametersIgnored(at, request_id, parameters))
