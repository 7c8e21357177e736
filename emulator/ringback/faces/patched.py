"""Processes whose threads are none any more: libraries of green threads have patched them."""

import sys

from ringback.errors import RingbackError

_PATCHES = (
    ("gevent", "gevent.monkey", "is_module_patched", "threading"),
    ("eventlet", "eventlet.patcher", "is_monkey_patched", "thread"),
)
"""Each library, with the function that says what it has patched."""


def refuse_patched_threads() -> None:
    """Raise `RingbackError` where an emulator's threads and sockets would never run."""
    for library, module, function, what in _PATCHES:
        patched = getattr(sys.modules.get(module), function, None)
        if patched is not None and patched(what):
            raise RingbackError(
                f"{library} has patched this process's threads, in which an emulator cannot run:"
                " begin it in a process that is not patched, such as that of `ringback serve`, and"
                " point the application there"
            )
