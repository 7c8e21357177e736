"""Runs a dispatcher against a clock and its receivers.

Everything here happens under one lock and without waiting, but for what is launched: an attempt to
a real receiver, which is carried out on the engine's loop. Whoever moves the clock decides when
anything happens at all.
"""

import threading
from collections.abc import Callable
from functools import partial

from ringback.clock.agenda import Agenda, Due
from ringback.clock.listener import Launch, Listener
from ringback.clock.loops import EngineLoop
from ringback.clock.virtual import VirtualClock
from ringback.core.delivery.delivery import Delivery, Job, State
from ringback.core.delivery.dispatcher import Dispatcher
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.shape import Shape
from ringback.core.journal import Journal
from ringback.engine.attempts import Attempts
from ringback.engine.calls import Calls
from ringback.engine.choosing import Choosing
from ringback.engine.copies import Copies
from ringback.engine.ledger import Ledger, number_of
from ringback.engine.preparing import Preparing
from ringback.sending.crashes import Crashes
from ringback.sending.redirects import Trail
from ringback.sending.routes import Routes
from ringback.sending.sender import Limits
from ringback.settings.settings import Settings

MAX_AT_ONCE = 256
"""How many attempts a flowing clock carries out at the same time."""


class Engine(Listener):
    """The dispatcher's hands. It has a clock, and hears from it what has come due."""

    def __init__(
        self,
        settings: Settings,
        lock: threading.RLock,
        journal: Journal,
        routes: Routes,
        loop: EngineLoop,
        compose: Callable[[Delivery], CallbackMessage],
        prepare: Callable[[Delivery], Callable[[], None] | None] = lambda _: None,
    ) -> None:
        """Stand at zero, with nothing accepted; *compose* makes the message of a delivery.

        *prepare* says what has to be done before that, without the lock, for it takes long.
        """
        self.loop = loop
        policy, rate = settings.retry_policy, settings.rate
        self.dispatcher = Dispatcher(policy, settings.keep)
        self._deliveries = self.dispatcher.deliveries
        self.clock = VirtualClock(
            settings.epoch,
            rate,
            lock,
            journal,
            self,
            Agenda(0 if policy.delay else policy.retries, MAX_AT_ONCE),
            keeps_epoch=settings.epoch_is_set,
            auto=settings.clock == "auto",
        )
        self._lock = lock
        self._processing = settings.processing
        self._prepare = prepare
        self.crashes = Crashes()
        limit = settings.attempt_limit
        self._ledger = Ledger(
            self.dispatcher,
            self.clock,
            journal,
            limit,
            forgets_bodies=settings.keep is not None,
        )
        self._preparing = Preparing(self.clock, self._ledger)
        self._calls = Calls(self.clock, loop, self._ledger, self._limits(settings))
        self.copies = Copies(self.clock, loop, self._ledger, self._calls, routes, limit)
        self._attempts = Attempts(
            self.clock,
            self._ledger,
            self._calls,
            self.copies,
            routes,
            compose,
            follow=partial(Trail, routes, limit, rules=settings.callback_rules)
            if settings.follow_redirects
            else None,
        )

    def accept(self, job: Job, again: int | None = None) -> Delivery:
        """Take *job* on, from any thread; *again* is the delivery whose message it sends again.

        A flowing clock is not woken: it has to answer whoever asks first. `clock.changed` does.
        """
        with self._lock:
            self.clock.accepted()
            return self._ledger.accept(job, job.accepted_at + self._processing, again)

    def cancel(self, position: int, reason: str) -> None:
        """Give a delivery up; an attempt in flight still ends, and is recorded."""
        with self._lock:
            self._ledger.cancel(position, reason)

    def pace(self, settings: Settings) -> None:
        """Go on with the clock that *settings* have: its rate, and limits that are real or not."""
        with self._lock:
            self.clock.stop_flowing()
            self.clock.rate = settings.rate
            self.clock.auto = settings.clock == "auto"
            self._calls.limits = self._limits(settings)
        self.clock.flow()

    def _limits(self, settings: Settings) -> Limits:
        """The limits of attempts in real time: there are none while the clock stands."""
        if not self.clock.rate:
            return Limits(crashed=self.crashes.add)
        return Limits(
            settings.seconds_of("connect_timeout"),
            settings.seconds_of("attempt_timeout"),
            crashed=self.crashes.add,
        )

    def fault_next(self, position: int, shape: Shape) -> None:
        """Have *shape* befall the next attempt of the delivery at *position*."""
        with self._lock:
            delivery = self._deliveries[position]
            # One that is under way has begun as it was to.
            number = number_of(delivery) + (delivery.state is State.IN_FLIGHT)
            self._attempts.ordered[position, number] = shape

    def ensure_loop(self) -> EngineLoop:
        """The loop on which attempts are carried out, bound or started now if it was not."""
        if self.loop.lost:
            self.abort("the event loop that it ran on was closed")
        self.loop.ensure()
        return self.loop

    # -- what the clock tells --------------------------------------------------------------------

    def begin(self, position: int, due: Due) -> Launch | None:
        """Begin what is *due*, or set it aside while something is made for it."""
        if self._attempts.choosing is not None:
            due, position = self._chosen(due, position, self._attempts.choosing)
        delivery = self._deliveries[position]
        if (
            self._ledger.message_of(delivery) is None
            and (work := self._prepare(delivery)) is not None
        ):
            self._preparing.set_aside(delivery, due, work)
            return None
        try:
            return self._attempts.begin(due, delivery)
        except Exception as error:
            # The verb that moves the clock raises it; no delivery stays in flight for ever.
            self._attempts.fail(position, f"the emulator failed: {error!r}")
            raise

    def choose(self, choosing: Choosing) -> None:
        """Let *choosing* shape attempts and order those of one moment from now on."""
        self._attempts.choosing = choosing

    def _chosen(self, due: Due, position: int, choosing: Choosing) -> tuple[Due, int]:
        agenda = self.clock.agenda
        together = agenda.together(due)
        if len(together) < 2 or together[0] != due:
            return due, position
        other = together[choosing.first([self._deliveries[each[2]] for each in together])]
        if other == due:
            return due, position
        preferred = agenda.prefer(together[0], other)
        return preferred, preferred[2]

    def changed(self) -> None:
        """Wake whoever lets time flow, on the loop."""
        self.loop.ring()

    def restless(self) -> bool:
        """Whether the caller's own loop has something to do."""
        return self.loop.restless()

    def abort(self, reason: str) -> bool:
        """End every attempt in flight as aborted, and what goes on after others.

        What is aborted is recorded, and not retried. Says whether there was anything.
        """
        return self._calls.abort(reason)
