"""What takes long before a first attempt: its audio, made in a thread of its own.

Nothing is made under the lock, so that others can submit, and time that flows can flow on.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial

from ringback.clock.agenda import Due
from ringback.clock.virtual import VirtualClock
from ringback.core.delivery.delivery import Delivery
from ringback.engine.ledger import Ledger

_log = logging.getLogger("ringback.engine")


class Preparing:
    """Sets deliveries aside while something is made for them."""

    def __init__(self, clock: VirtualClock, ledger: Ledger) -> None:
        """Nothing is being made."""
        self._clock = clock
        self._ledger = ledger

    def set_aside(self, delivery: Delivery, due: Due, work: Callable[[], None]) -> None:
        """Have *work* done before *delivery* begins, in the place where it stands as *due*.

        A walk waits for it, and so does an attempt that is due later. On a clock that flows others
        go ahead.
        """
        self._clock.agenda.take(due)
        label = f"the audio of {delivery.job.request_id}, which is being made"
        token = self._clock.occupy(label)
        # The interpreter does not wait for it when it ends.
        threading.Thread(
            target=partial(self._make, delivery, due, token, work),
            name="ringback audio",
            daemon=True,
        ).start()

    def _make(self, delivery: Delivery, due: Due, token: object, work: Callable[[], None]) -> None:
        clock, position = self._clock, delivery.position
        try:
            work()
        except Exception as error:  # noqa: BLE001 - no delivery stays scheduled for ever
            _log.exception("%s: the emulator failed", delivery.job.request_id)
            with clock.lock:
                if self._ledger.dispatcher.is_open(position):
                    reason = f"aborted: the emulator failed: {error!r}"
                    self._ledger.cancel(position, reason)
        finally:
            with clock.lock:
                clock.agenda.put_back(due)
            clock.leave(token)
            clock.changed()
