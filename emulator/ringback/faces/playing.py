"""Scenario files on an emulator: what a face does not wait for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ringback.faces.async_emulator import AsyncEmulator
    from ringback.faces.emulator import Emulator
    from ringback.scenario.playing import Performance
    from ringback.scenario.report import Report


def performance(emulator: "Emulator | AsyncEmulator", path: "str | Path") -> "Performance":
    from pathlib import Path

    from ringback.scenario.playing import Performance
    from ringback.scenario.reading import read

    return Performance(emulator, read(Path(path)))


def passed(report: "Report") -> "Report":
    if not report.passed:
        raise AssertionError(str(report))
    return report
