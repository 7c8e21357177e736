"""A queue for tests: the emulator's time stands still until the worker has done what was put."""

from collections import deque
from contextlib import ExitStack
from queue import Queue

from examples.flask_worker.voice_notes import Callback
from ringback import Emulator


class HeldQueue(Queue[Callback | None]):
    """Each thing to do holds the clock of *ringback* from `put` to `task_done`."""

    def __init__(self, ringback: Emulator) -> None:
        """Begin empty."""
        super().__init__()
        self.ringback = ringback
        self.holds: deque[ExitStack] = deque()

    def put(self, item: Callback | None, block: bool = True, timeout: float | None = None) -> None:
        """Put *item*, and hold time."""
        if item is not None:
            hold = ExitStack()
            hold.enter_context(self.ringback.hold(f"{item.request_id} is to be published"))
            self.holds.append(hold)
        super().put(item, block, timeout)

    def task_done(self) -> None:
        """Let time go on."""
        super().task_done()
        self.holds.popleft().close()
