"""What keeps time from moving: attempts, requests, background work and holds in flight.

Whatever is in flight has a token. Who wants to move time waits until the last one has been given
back, for what is under way may still arm something at this very moment.
"""

from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from datetime import datetime
from threading import RLock

from ringback.clock.listener import Listener
from ringback.clock.reading import Reading

_INSIDE: ContextVar[tuple[object, Callable[[], bool]] | None] = ContextVar(
    "ringback_inside_attempt", default=None
)
_REQUEST: ContextVar[object] = ContextVar("ringback_request", default=None)


class Presence(Reading):
    """A time, and whatever is in flight in it."""

    def __init__(
        self,
        epoch: datetime,
        rate: int,
        lock: RLock,
        listener: Listener,
        *,
        keeps_epoch: bool = False,
    ) -> None:
        """Nothing is in flight; *listener* hears of what changes."""
        super().__init__(epoch, rate, lock, keeps_epoch=keeps_epoch)
        self.listener = listener
        self.tokens: dict[object, str] = {}
        """What is in flight, in words, by its token. Set under the lock."""
        self._unanswered: set[object] = set()
        self._when_quiet: list[Callable[[], None]] = []

    @property
    def busy(self) -> list[str]:
        """What is in flight, in words."""
        with self.lock:
            return list(self.tokens.values())

    def occupy(self, label: str) -> object:
        """Take a token: until it is given back, every walk waits where it is."""
        token = object()
        with self.lock:
            self._pace(busy=True)
            self.tokens[token] = label
        return token

    def enter(self, label: str) -> object:
        """Take a token for a request that has arrived, in the context in which it is answered."""
        token = self.occupy(label)
        _REQUEST.set(token)
        return token

    def holds(self, token: object) -> bool:
        """Whether *token* has not been given back."""
        return token in self.tokens

    def leave(self, token: object) -> None:
        """Give a token back; harmless when it was given back before."""
        with self.lock:
            self.tokens.pop(token, None)
            changed = token in self._unanswered
            self._unanswered.discard(token)
            waiting = []
            if not self.tokens:
                changed = self._pace(busy=False) or changed
                waiting, self._when_quiet = self._when_quiet, []
        for callback in waiting:
            callback()
        if changed:
            self.changed()

    def changed(self) -> None:
        """Have whoever lets time flow look again: at what is due, and how fast time passes."""
        self.listener.changed()

    def when_quiet(self, callback: Callable[[], None]) -> None:
        """Call *callback*, from any thread, once nothing is in flight."""
        with self.lock:
            if self.tokens:
                self._when_quiet.append(callback)
                return
        callback()

    # -- requests --------------------------------------------------------------------------------

    def accepted(self) -> None:
        """Take note that a job was accepted, before the request that it came by was answered.

        Called under the lock.
        """
        if (token := _REQUEST.get()) in self.tokens:
            self._unanswered.add(token)

    @property
    def answering(self) -> bool:
        """Whether somebody whose job was accepted has not been told so: nothing may begin yet."""
        return bool(self._unanswered)

    # -- receivers -------------------------------------------------------------------------------

    def inside(self, alive: Callable[[], bool]) -> Context:
        """The running context for a receiver of this clock's: no walk begins in it while *alive*.

        Tasks and threads that the receiver starts inherit it; once its attempt has ended they are
        no longer inside.
        """
        context = copy_context()
        context.run(_INSIDE.set, (self, alive))
        return context

    @property
    def is_inside(self) -> bool:
        """Whether this is called by a receiver whose own attempt is in flight."""
        inside = _INSIDE.get()
        return inside is not None and inside[0] is self and inside[1]()
