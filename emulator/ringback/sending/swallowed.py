"""Errors that a framework keeps to itself: it answers 500, writes a log, and raises nothing.

Flask tells of them by a signal, to whoever listens.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

_HEARER: ContextVar[Callable[[BaseException], object] | None] = ContextVar(
    "ringback_hears_swallowed", default=None
)
_FRAMEWORKS = ("flask.signals",)
"""Modules that have a signal of blinker's, `got_request_exception`."""

_heard: list[Any] = []


def hear(hearer: Callable[[BaseException], object]) -> None:
    """Have *hearer* told of what is swallowed in the running context."""
    _HEARER.set(hearer)
    for name in _FRAMEWORKS:
        module = sys.modules.get(name)
        signal = getattr(module, "got_request_exception", None)
        if signal is not None and not any(each is signal for each in _heard):
            _heard.append(signal)
            with suppress(RuntimeError):  # Flask before 2.3, without blinker: it has none
                signal.connect(_tell)


def _tell(_sender: object, *, exception: BaseException, **_more: object) -> None:
    hearer = _HEARER.get()
    if hearer is not None:
        hearer(exception)
