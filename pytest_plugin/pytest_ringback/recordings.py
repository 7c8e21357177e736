"""A failing test leaves a scenario file of what happened, which plays again without the test."""

import re
from pathlib import Path
from shlex import quote
from zlib import crc32

import pytest

from pytest_ringback.comparing import AnyEmulator
from pytest_ringback.watching import Watch
from ringback import NotRecorded

SECTION = "ringback recording"

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 80
"""Characters of a test's name in the name of its file: file systems take 255 bytes."""


def add_recording(item: pytest.Item, report: pytest.TestReport, watch: Watch) -> list[str]:
    """Record the emulators of a test that failed, and say how to play what happened again."""
    folder = _folder(item.config)
    if folder is None:
        return []
    lines = [
        line
        for number, emulator in enumerate(watch.emulators.values(), 1)
        if (line := _recorded(emulator, folder / _name(item.nodeid, number), item.config))
    ]
    if lines:
        report.sections.append((SECTION, "\n".join(lines)))
    return lines


def _folder(config: pytest.Config) -> Path | None:
    """Where recordings go: where the option says, or to pytest's own cache if there is one."""
    chosen = config.getoption("ringback_record", None)
    if chosen is not None:
        return Path(config.invocation_params.dir, chosen)
    cache = getattr(config, "cache", None)
    if cache is None:
        return None
    try:
        return Path(cache.mkdir("ringback"))
    except OSError:  # as where the project cannot be written to, which pytest itself bears
        return None


def _recorded(emulator: AnyEmulator, path: Path, config: pytest.Config) -> str:
    """How to play what happened on *emulator* again, or why that is not written down."""
    try:
        emulator.record(path)
    except NotRecorded as error:
        return str(error) if emulator.requests else ""
    except Exception as error:  # noqa: BLE001  # the test's own failure is what has to be shown
        return f"it could not be recorded, by a fault of Ringback's own: {error!r}"
    here = config.invocation_params.dir
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    return f"ringback play {quote(str(shown))}"


def _name(nodeid: str, number: int) -> str:
    """The name of a file for a test, the same at each run, and another's for each emulator."""
    test = _UNFIT.sub("-", nodeid.rpartition("/")[2]).strip("-.")[:_LONGEST]
    again = f"-{number}" if number > 1 else ""
    return f"{test}-{crc32(nodeid.encode()):08x}{again}.ringback.yaml"
