"""How far an exploration is, in one line of a terminal."""

import sys
from types import TracebackType
from typing import Self

_STEPS = 100


class Progress:
    """Says how many histories there are, and how many have been tried, where somebody looks."""

    def __init__(self, name: str, total: int) -> None:
        """Show *name* and that there are *total* histories."""
        self._name = name
        self._total = total
        self._done = 0
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Self:
        """Say what there is to do."""
        self._write(f"{self._name}: {self._total:,} histories" + ("" if self._shown else "\n"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the line."""
        if self._shown:
            self._write(f"\r{self._name}: {self._done:,} histories tried\x1b[K\n")

    def tick(self) -> None:
        """One more was tried."""
        self._done += 1
        if self._shown and self._done % max(self._total // _STEPS, 1) == 0:
            self._write(f"\r{self._name}: {self._done:,} of {self._total:,} histories\x1b[K")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
