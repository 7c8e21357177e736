"""How much may happen in any span of time: a limit with a sliding window."""

from collections import deque


class Window:
    """Admits up to *most* in any *span* of nanoseconds; None admits everything."""

    def __init__(self, span: int, most: int | None) -> None:
        """Count from now on."""
        self._span = span
        self._most = most
        self._admitted: deque[tuple[int, int]] = deque()
        self._sum = 0

    def admit(self, amount: int, now: int) -> bool:
        """Whether *amount* still fits at *now*. What is turned away does not count (assumed)."""
        if self._most is None:
            return True
        # Half open: what was admitted exactly one span ago counts no more.
        while self._admitted and self._admitted[0][0] <= now - self._span:
            self._sum -= self._admitted.popleft()[1]
        if self._sum + amount > self._most:
            return False
        if amount:
            self._admitted.append((now, amount))
            self._sum += amount
        return True
