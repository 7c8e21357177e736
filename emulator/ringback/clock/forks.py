"""Whether this process is a fork of the one in which something began.

A fork has the memory of its parent and none of its threads: what waits for one of them waits for
ever, and a lock that one of them held at that moment stays locked.
"""

import os
from typing import Any
from weakref import WeakSet

from ringback.errors import NotRunning

_LOCKS: "WeakSet[Any]" = WeakSet()


class _Lineage:
    """How many forks lie between the first process and this one."""

    depth = 0

    @classmethod
    def after_fork(cls) -> None:
        """Take note of one more, and unlock what no thread of this process holds."""
        cls.depth += 1
        for lock in list(_LOCKS):
            lock._at_fork_reinit()  # as `threading` does with its own


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_Lineage.after_fork)


def lineage() -> int:
    """A number that is another in a fork of this process."""
    return _Lineage.depth


def check_process(began_in: int) -> None:
    """Raise `NotRunning` in a fork of the process whose lineage was *began_in*."""
    if began_in != _Lineage.depth:
        raise NotRunning(
            "this emulator runs in another process, of which this is a fork: its threads are there."
            " Its url leads to it from here, too; for all else, start an emulator in this process"
        )


def unlock_in_forks(lock: Any) -> None:
    """Have *lock*, of `threading`, be free in every fork of this process."""
    _LOCKS.add(lock)
