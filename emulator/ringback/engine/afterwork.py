"""What receivers of this process go on doing once they have answered.

Their attempts have ended, as they would have over a socket. Time waits for what is still going on,
so that a test sees its effects.
"""

from collections.abc import Callable
from functools import partial

from ringback.clock.advice import BACKGROUND
from ringback.clock.loops import EngineLoop
from ringback.clock.virtual import VirtualClock
from ringback.sending.sender import Work


class Afterwork:
    """All of it that is under way."""

    def __init__(self, clock: VirtualClock, loop: EngineLoop) -> None:
        """Nothing is under way."""
        self._clock = clock
        self._loop = loop
        self._tokens: dict[Work, object] = {}

    def watch(
        self, attempt: str, ended: Callable[[BaseException | None], object], work: Work
    ) -> None:
        """Keep time from moving until *work*, which follows *attempt*, has *ended*."""
        with self._clock.lock:
            self._tokens[work] = self._clock.occupy(f"{BACKGROUND} after {attempt}")
        work.add_done_callback(partial(self._finish, ended))

    def stop(self) -> bool:
        """Wait for none of it any longer, and have it stopped. Says whether there was any."""
        with self._clock.lock:
            under_way = list(self._tokens.items())
            self._tokens.clear()
        for work, token in under_way:
            self._clock.leave(token)
            self._loop.call_soon(work.cancel)
        return bool(under_way)

    def _finish(self, ended: Callable[[BaseException | None], object], work: Work) -> None:
        error = None if work.cancelled() else work.exception() or work.result()
        ended(error)
        if isinstance(error, KeyboardInterrupt):
            self._clock.unheard.append(error)
        with self._clock.lock:
            token = self._tokens.pop(work, None)
        if token is not None:
            self._clock.leave(token)
