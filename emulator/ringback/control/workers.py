"""Threads in which verbs wait: one that has done its work takes the next, for a while."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial

from ringback.clock.forks import lineage
from ringback.clock.turns import call_on
from ringback.core.answer.answer import Answer

_REST = 1.0
"""Real seconds that a thread waits for more to do before it ends."""

_MOST = 4
"""How many rest at most."""

Work = Callable[[], Answer]


class Workers:
    """The threads of one control API. It is used on the server's loop."""

    def __init__(self) -> None:
        """None has begun."""
        self._resting: list[_Worker] = []
        self._lineage = lineage()

    async def do(self, work: Work) -> Answer:
        """Do *work*, which raises nothing, in a thread that nobody else uses meanwhile."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Answer] = loop.create_future()

        def finish(worker: _Worker, answer: Answer) -> None:
            if len(self._resting) < _MOST:
                self._resting.append(worker)
            if not done.done():
                done.set_result(answer)

        def tell(worker: _Worker, answer: Answer) -> None:
            call_on(loop, partial(finish, worker, answer))

        if self._lineage != lineage():  # in a fork there are no threads
            self._resting.clear()
            self._lineage = lineage()
        while self._resting:
            if self._resting.pop().takes(work, tell):
                break
        else:
            _Worker(work, tell)
        return await done


class _Worker:
    """One thread, which the interpreter does not wait for when it ends."""

    def __init__(self, work: Work, tell: "Callable[[_Worker, Answer], None]") -> None:
        self._given = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._work: Work | None = work
        self._tell = tell
        self._ended = False
        threading.Thread(target=self._run, name="ringback control", daemon=True).start()

    def takes(self, work: Work, tell: "Callable[[_Worker, Answer], None]") -> bool:
        """Whether it does *work*; it does not once it has rested for too long."""
        with self._lock:
            if self._ended:
                return False
            self._work, self._tell = work, tell
        self._given.release()
        return True

    def _run(self) -> None:
        while True:
            with self._lock:
                work, tell, self._work = self._work, self._tell, None
                if work is None:
                    self._ended = True
                    return
            tell(self, work())
            del work, tell
            self._given.acquire(timeout=_REST)
