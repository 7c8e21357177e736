"""What a command that serves records of its emulators, while they live and at their end."""

import threading
from collections.abc import Callable
from pathlib import Path

from ringback.clock.real import monotonic_ns
from ringback.core.base.duration import SECOND
from ringback.core.base.masking import in_one_line
from ringback.errors import RingbackError, ServerError
from ringback.recording.recorder import Recorder
from ringback.service.service import Service

_EVERY = 1.0
"""Real seconds from one look at what happened to the next, at least."""

_REST = 4
"""How many times as long as a look took nobody looks again: it is a fifth of a core at most."""


class Recordings:
    """Keeps a folder up to date, in a thread of its own, so that no end of a process loses much.

    What a `reset` has ended has a folder of its own, and so has each key, if there are *tenants*.
    """

    def __init__(self, folder: Path, say: Callable[[str], None], *, tenants: bool) -> None:
        """Make *folder*; *say* hears of what is lost. Raises `ServerError`."""
        self._folder = folder
        self._say = say
        self._tenants = tenants
        self._lock = threading.Lock()
        self._recorders: list[Recorder] = []
        self._lives: dict[str, int] = {}
        self._failing: set[Recorder] = set()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ServerError(
                f"{in_one_line(str(folder))} cannot be made: {error.strerror}; --record needs a"
                " folder"
            ) from None

    def take_in(self, service: Service) -> None:
        """Have what happens on *service* recorded, from now on."""
        key_id = service.key.identifier
        folder = self._folder / key_id[:8] if self._tenants else self._folder
        with self._lock:
            life = self._lives.setdefault(key_id, 0)
            self._lives[key_id] += 1
            recorder = Recorder(service, folder / f"again-{life}" if life else folder)
            self._recorders.append(recorder)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ringback recording")
                self._thread.daemon = True  # an end that does not come by `end` waits for nobody
                self._thread.start()

    def end(self) -> None:
        """Write down what is left, deliveries that are pending among it."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self._write(at_the_end=True)

    def _run(self) -> None:
        wait = _EVERY
        while not self._over.wait(wait):
            begun = monotonic_ns()
            self._write()
            wait = max(_EVERY, _REST * (monotonic_ns() - begun) / SECOND)

    def _write(self, *, at_the_end: bool = False) -> None:
        with self._lock:
            recorders = list(self._recorders)
        for each in recorders:
            is_over = at_the_end or each.service.clock.closed
            try:
                each.write(pending=is_over)
            except (RingbackError, OSError) as error:
                if is_over or each not in self._failing:  # the others are tried again
                    lost = "lost" if is_over else "cannot write"
                    self._say(f"ringback {lost} a recording: {in_one_line(str(error))}")
                self._failing.add(each)
            else:
                self._failing.discard(each)
            if is_over:
                self._failing.discard(each)
                with self._lock:
                    self._recorders.remove(each)
