"""A page of every failing test, in one file, whichever process the tests ran in."""

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_ringback.comparing import AnyEmulator
from pytest_ringback.watching import Watch

_ATTRIBUTE = "ringback_page"
"""What a report carries: pytest-xdist brings all attributes of reports that are plain."""


def attach(
    item: pytest.Item, report: pytest.TestReport, watch: Watch, paragraphs: list[str]
) -> None:
    """Have *report* carry what its test's emulators did, and some *paragraphs* about it."""
    crash = getattr(report.longrepr, "reprcrash", None)
    said = str(getattr(crash, "message", "")) or report.longreprtext
    shown = [
        _shown(item.nodeid, name if len(watch.emulators) > 1 else "", each)
        for name, each in watch.emulators.items()
    ]
    for each in shown:
        each["text"] = "\n\n".join([said, *paragraphs])
    setattr(report, _ATTRIBUTE, json.dumps(shown))


def attach_scenario(item: pytest.Item, report: pytest.TestReport) -> None:
    """Have *report* carry what a scenario file's failure says; its emulator is closed by then."""
    timeline = dict(item.user_properties).get("ringback_timeline", "")
    text = "\n\n".join(filter(None, [report.longreprtext, str(timeline)]))
    entry: dict[str, Any] = {"test": item.nodeid, "clock": None, "deliveries": [], "text": text}
    setattr(report, _ATTRIBUTE, json.dumps([entry]))


class Pages:
    """Collects what reports carry, and writes it at the end."""

    def __init__(self, config: pytest.Config) -> None:
        """Write the file that the option names."""
        self._path = Path(config.invocation_params.dir, str(config.getoption("ringback_report")))
        self._shown: dict[str, list[dict[str, Any]]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what *report* carries; of a test that fails at its end too, the last word."""
        carried = getattr(report, _ATTRIBUTE, None)
        if carried is not None:
            self._shown[report.nodeid] = json.loads(carried)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Write the page, and say where it is."""
        from ringback import render_page

        tests = [each for shown in self._shown.values() for each in shown]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(render_page({"tests": tests}), "utf-8")
        except OSError as error:
            reason = error.strerror or error
            terminalreporter.write_line(
                f"--ringback-report: {self._path} was not written: {reason}", red=True
            )
        else:
            terminalreporter.write_line(f"ringback report: {self._path}")


def _shown(test: str, name: str, emulator: AnyEmulator) -> dict[str, Any]:
    """What *emulator* did, as an entry of the page."""
    title = f"{test} · {name}" if name else test
    try:
        return {"test": title, **emulator.snapshot()}
    except Exception as error:  # noqa: BLE001 - the test's own failure is what has to be shown
        return {"test": title, "clock": None, "deliveries": [], "wrong": repr(error)}
