"""What becomes of an accepted job from outside its deliveries: audio, failure, an end, a copy."""

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from threading import RLock

from ringback.clock.loops import EngineLoop
from ringback.core.base.rejection import Rejection
from ringback.core.delivery import delivery as core
from ringback.core.delivery.delivery import Job, State
from ringback.core.delivery.fault import FaultLike, read_fault
from ringback.core.delivery.message import CallbackMessage, MessageRules
from ringback.core.delivery.shape import shape_of
from ringback.core.facts import JobFailed
from ringback.core.journal import Journal
from ringback.core.request.speak import SpeakRequest
from ringback.engine.engine import Engine
from ringback.errors import RingbackError, SettingsError
from ringback.sending.routes import Routes
from ringback.service.deliveries import Deliveries, LiveDeliveries, Pending
from ringback.service.views import Book, Delivery
from ringback.service.voice import Voice
from ringback.settings.settings import Settings


class Jobs:
    """All jobs of a service."""

    def __init__(
        self,
        settings: Settings,
        lock: RLock,
        journal: Journal,
        routes: Routes,
        loop: EngineLoop,
        voice: Voice,
        former: Iterable[Book],
    ) -> None:
        """There is none. Exchanges travel along *routes*, and run on *loop*.

        *former*: where the deliveries of the same emulator were kept before it began again.
        """
        self._settings = settings
        self._journal = journal
        self._voice = voice
        self._former = former
        self._failed: dict[int, Rejection] = {}
        self._prepared: dict[int, bytes] = {}
        self.engine = Engine(settings, lock, journal, routes, loop, self.compose, self.prepare)
        self._clock = self.engine.clock
        self.deliveries = Deliveries(
            LiveDeliveries(self.engine.dispatcher, voice.audio), forgets=settings.keep is not None
        )
        self.pending = Pending(self.engine.dispatcher, voice.audio)

    @cached_property
    def _messages(self) -> MessageRules:
        return self._settings.message_rules

    def compose(self, delivery: core.Delivery) -> CallbackMessage:
        """The message that brings a job's audio, or why there is none, to its endpoint."""
        job, position = delivery.job, delivery.position
        content: bytes | Rejection | None = self._failed.get(position)
        if content is None:
            content = self._prepared.pop(position, None)
        if content is None:
            content = self._voice.content(job.request)
        message = self._messages.compose(
            job.request, job.endpoint, job.request_id, job.key_id, content
        )
        if isinstance(content, bytes):
            self._voice.carry(job.request, content, message)
        return message

    def prepare(self, delivery: core.Delivery) -> Callable[[], None] | None:
        """What has to be done before `compose` may be asked, and takes long: None for nothing."""
        position, request = delivery.position, delivery.job.request
        if position in self._prepared or position in self._failed:
            return None
        return partial(self._make, position, request) if self._voice.takes_long(request) else None

    def _make(self, position: int, request: SpeakRequest) -> None:
        """Make the audio of a delivery that has not begun. A job whose audio cannot be had fails.

        It is not called under the lock.
        """
        content = self._voice.content(request)
        with self._clock.lock:
            if not self.engine.dispatcher.is_open(position):
                return  # it was cancelled meanwhile, and may not be kept any more
            if isinstance(content, Rejection):
                self._fail(position, content)
            else:
                self._prepared[position] = content

    def cancel(self, delivery: Delivery, reason: str) -> None:
        """Give *delivery* up. Raises `RingbackError` when it is another's, or has ended."""
        with self._clock.lock:
            now = self._own(delivery)
            if now.settled:
                raise RingbackError(
                    f"delivery {delivery.request_id} is {now.state}; only a pending one can be"
                    " cancelled"
                )
            self.engine.cancel(now.position, reason)

    def fault_next(self, delivery: Delivery, fault: FaultLike) -> None:
        """Have *fault* befall the next attempt of *delivery*, whatever else was arranged for it.

        Raises `SettingsError` for what is no fault, `RingbackError` when it is another's, or ended.
        """
        shape = shape_of(read_fault(fault))
        if shape is None:
            raise SettingsError("fault_next() takes a fault: None would leave all as it is")
        with self._clock.lock:
            now = self._own(delivery)
            if now.settled:
                raise RingbackError(
                    f"delivery {delivery.request_id} is {now.state}; it has no next attempt"
                )
            self.engine.fault_next(now.position, shape)

    def fail_job(self, delivery: Delivery, rejection: Rejection) -> None:
        """Have the job of *delivery* fail, and not that of another under the same request id.

        Raises `RingbackError` when it is another's, or something was sent.
        """
        with self._clock.lock:
            now = self._own(delivery)
            if now.state is not State.SCHEDULED or now.attempts:
                raise RingbackError(
                    f"a callback of {delivery.request_id} was begun, or given up; a job can only"
                    " fail before its first attempt"
                )
            self._fail(now.position, rejection)

    def _fail(self, position: int, rejection: Rejection) -> None:
        dispatcher = self.engine.dispatcher
        request_id = dispatcher.deliveries[position].job.request_id
        self._journal.append(JobFailed(self._clock.now_ns, request_id, position, rejection))
        self._failed[position] = rejection
        if dispatcher.forgotten:
            kept = set(dispatcher.positions)
            self._failed = {each: why for each, why in self._failed.items() if each in kept}
        if not self._settings.callback_errors:
            self.engine.cancel(position, f"the job failed ({rejection.code}), and nobody is told")

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Send what *delivery* brings again, as a delivery of its own under the same request id.

        Raises `RingbackError` when it is another's, or brings nothing.
        """
        with self._clock.still():
            before = self._own(delivery)
            failed = self._failed.get(before.position)
            if failed is not None and not self._settings.callback_errors:
                raise RingbackError(
                    f"the job of {delivery.request_id} failed ({failed.code}), and nobody is told:"
                    " there is nothing to send again"
                )
            old = before.job
            self._clock.observe()
            job = Job(old.request_id, old.key_id, old.request, old.endpoint, self._clock.now_ns)
            position = self.engine.accept(job, before.position).position
            if failed is not None:
                self._failed[position] = failed
            self._clock.changed()
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
