"""Files that are looked at again and again, until one of them has changed."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from ringback.clock.real import wait_really
from ringback.errors import SettingsError
from ringback.scenario.finding import find

Seen: TypeAlias = Mapping[Path, tuple[int, int]]
"""What each file looked like: when it was written, in nanoseconds, and its size in bytes."""

EVERY = 0.3
"""Real seconds between two looks."""


def look(paths: Sequence[str]) -> Seen:
    """The scenario files that *paths* name, as they are now. Paths that lead nowhere name none."""
    found: dict[Path, tuple[int, int]] = {}
    for named in paths:
        try:
            files = find([named])
        except SettingsError:
            continue
        for path in files:
            try:
                status = path.stat()
            except OSError:
                continue  # it has gone since
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


def changes(paths: Sequence[str], every: float = EVERY) -> Iterator[Seen]:
    """What the files look like whenever that is not as before, without end."""
    before = look(paths)
    while True:
        wait_really(every)
        now = look(paths)
        if now != before:
            before = now
            yield now
