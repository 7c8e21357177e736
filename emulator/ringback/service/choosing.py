"""Which of the failures that a test ordered a request is to meet: its predicates are asked."""

from functools import partial

from ringback.clock.virtual import VirtualClock
from ringback.core.answer.failures import Choice, Failures, choose
from ringback.core.request.speak import SpeakRequest


class Choosing:
    """Asks the predicates of *failures*, which may call the emulator: so without its lock."""

    def __init__(self, clock: VirtualClock, failures: Failures) -> None:
        """Ask nothing yet."""
        self._clock = clock
        self._failures = failures

    def choose(self, request: SpeakRequest, *, streamed: bool = False) -> Choice:
        """What *request* would meet as things stand; `Failures.hold` says whether they do still."""
        with self._clock.lock:
            waiting = self._failures.waiting
        asking = True
        try:
            context = self._clock.inside(lambda: asking)
            return context.run(partial(choose, waiting, request, streamed=streamed))
        finally:
            asking = False
