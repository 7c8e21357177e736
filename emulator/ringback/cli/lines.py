"""What `serve` says, a line for each event, written by a thread of its own.

Whoever reads slowly, or not at all, delays neither a delivery nor the end, and nothing piles up for
him: what cannot be written is counted.
"""

import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import TypeAlias

from ringback.core.base.masking import in_one_line

Line: TypeAlias = str | Callable[[], str]
"""A line, or what makes one."""

WAITING = 10_000
"""Lines that wait for whoever reads."""


class Lines:
    """Lines on their way to standard output."""

    def __init__(self) -> None:
        """Nothing has been said."""
        self._queue: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self._lost = 0
        self._thread = threading.Thread(target=self._write, name="ringback lines", daemon=True)

    def start(self) -> None:
        """Write from now on."""
        self._thread.start()

    def put(self, line: Line) -> None:
        """Say *line*, from any thread."""
        if self._queue.qsize() < WAITING:
            self._queue.put(line)
        else:
            self._lost += 1

    def end(self, patience: float) -> None:
        """Write what there is, and wait so many real seconds for whoever reads it."""
        self._queue.put(None)
        self._thread.join(patience)

    def _write(self) -> None:
        """Write past the buffer of the stream: nothing is left to flush at the end."""
        file = None if sys.stdout is None else sys.stdout.fileno()
        while (each := self._queue.get()) is not None:
            if self._lost and self._queue.qsize() < WAITING // 2:
                lost, self._lost = self._lost, 0
                _written(file, f"ringback: nobody read {lost} lines, and they are lost")
            text = each if isinstance(each, str) else each()
            if text:
                _written(file, in_one_line(text))


def _written(file: int | None, line: str) -> None:
    """Write *line* to *file*. A full disk or a reader who has gone is no reason to end."""
    if file is None:
        return
    rest = f"{line}\n".encode(errors="backslashreplace")
    try:
        while rest:
            rest = rest[os.write(file, rest) :]
    except OSError:
        return
