"""What applications of this process raise while they answer: each error once, and how often.

An application that raises answers 500, as it would behind a server, and is asked again: one slip
in it would be shown eleven times, each with the frames of its framework. What is kept is the first
error of its kind, with the frames that are the application's own.
"""

import sysconfig
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import TracebackType

from ringback.core.base.dataclass import dataclass
from ringback.core.request.endpoint import Endpoint
from ringback.sending.sender import logged

_LINE = 100
"""Characters that are told of what an error says: it is shown in full where it is raised."""

_PACKAGES = ("site-packages", "dist-packages")


@dataclass(slots=True, eq=False)
class Crash:
    """An *error* of the application at *origin*, as it was raised first of so many *times*.

    Its traceback, and those of what led to it, hold the application's own frames alone.
    """

    origin: str
    error: BaseException
    times: int = 1

    def __str__(self) -> str:
        text = _in_one_line(self.error)
        more = self.times - 1
        again = f", and the same {more} {'time' if more == 1 else 'times'} more" if more else ""
        return f"{self.origin}: the app raised {text} ({_place(self.error)}){again}"


class Crashes:
    """All of them. Any thread may add one."""

    def __init__(self) -> None:
        """There is none."""
        self._lock = threading.Lock()
        self._found: dict[object, Crash] = {}

    @property
    def found(self) -> list[Crash]:
        """One of each kind, in order: of a kind are those of one type that arise at one line."""
        return list(self._found.values())

    def add(self, endpoint: Endpoint, error: BaseException) -> None:
        """Take note of an *error* of the application at *endpoint*; the first is logged."""
        kind = (endpoint.origin, type(error), _place(error))
        with self._lock:
            known = self._found.get(kind)
            if known is not None:
                known.times += 1
                return
            self._found[kind] = Crash(endpoint.origin, error)
        for each in _led_to(error, set()):
            each.__traceback__ = own_frames(each.__traceback__)
        logged(endpoint, error)


def follows_from(error: BaseException, *kinds: type[BaseException]) -> bool:
    """Whether *error*, or what led to it, is of one of *kinds*."""
    return any(isinstance(each, kinds) for each in _led_to(error, set()))


def own_frames(traceback: TracebackType | None) -> TracebackType | None:
    """*traceback* without the frames of installed packages; its last frame where it has no other.

    What it is made of is used again, and nothing is changed.
    """
    entries = list(_entries(traceback))
    own: TracebackType | None = None
    for each in reversed([each for each in entries if _is_own(each)] or entries[-1:]):
        own = TracebackType(own, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return own


def _entries(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _is_own(entry: TracebackType) -> bool:
    return _is_own_file(entry.tb_frame.f_code.co_filename)


@cache
def _is_own_file(name: str) -> bool:
    if name.startswith("<frozen"):
        return False
    path = Path(name)
    return not any(package in path.parts for package in _PACKAGES) and not any(
        path.is_relative_to(place) for place in _foreign()
    )


@cache
def _foreign() -> tuple[Path, ...]:
    """Where the standard library and this package are."""
    standard = (Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib"))
    return (*standard, Path(__file__).parent.parent)


def _place(error: BaseException) -> str:
    """Where in the application *error* arose."""
    entries = list(_entries(own_frames(error.__traceback__)))
    if not entries:
        return "nowhere"
    code = entries[-1].tb_frame.f_code
    return f"{Path(code.co_filename).name}:{entries[-1].tb_lineno}, in {code.co_name}"


def _led_to(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    """*error*, and all that it was raised from, in the course of or as a group of."""
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    parts = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for each in (error.__cause__, error.__context__, *parts):
        yield from _led_to(each, seen)


def _in_one_line(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - an error of the app's whose __str__ is another one
        text = "<its __str__ failed>"
    line = text.splitlines()[0] if text else ""
    name = type(error).__name__
    return f"{name}: {line[:_LINE]}{'…' if len(line) > _LINE else ''}" if line else name
