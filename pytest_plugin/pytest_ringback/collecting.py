"""Scenario files as tests: one item for each file, played in process on an emulator of its own.

Items take no fixtures: what pytest offers for that is private, and changes with every release.
"""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ringback import Report, ScenarioError, ScenarioFile


def collect(file_path: Path, parent: pytest.Collector) -> pytest.Collector:
    """The collector of the scenario at *file_path*."""
    return ScenarioCollector.from_parent(parent, path=file_path)


def application(config: pytest.Config) -> str | None:
    """The base URL of the application that scenarios without `receiver` are played to."""
    return str(config.getini("ringback_to")) or None


class NotAsExpected(Exception):
    """A scenario was played, and something was not as expected."""

    def __init__(self, report: "Report") -> None:
        """Keep the *report*, which says what."""
        super().__init__(str(report))
        self.report = report


class Told:
    """What a report shows of a failure: a text, whose first line is the summary's, too.

    From 8.4 on pytest takes a plain text for both; before, its summary would show none of it.
    """

    def __init__(self, text: str) -> None:
        """Show *text*."""
        self._text = text
        self.reprcrash = SimpleNamespace(message=text)

    def __str__(self) -> str:
        return self._text

    def toterminal(self, writer: Any) -> None:
        """Write it, as pytest writes a plain text."""
        writer.line(self._text)


class ScenarioCollector(pytest.File):
    """Reads one file. An invalid one becomes a test that fails, so that all others still run."""

    def collect(self) -> Iterator["ScenarioItem"]:
        """An item for each case of the file, named as the scenario is."""
        from ringback import ScenarioError, read_scenarios

        try:
            files = read_scenarios(_relative(self.path, self.config.invocation_params.dir))
        except ScenarioError as error:
            stem = self.path.name.partition(".")[0]
            yield ScenarioItem.from_parent(self, name=stem, file=None, error=error)
        else:
            for file in files:
                name = f"{file.scenario.name}[{file.case}]" if file.case else file.scenario.name
                item = ScenarioItem.from_parent(self, name=name, file=file, error=None)
                _mark(item, file)
                yield item


class ScenarioItem(pytest.Item):
    """One scenario."""

    def __init__(
        self,
        *,
        file: "ScenarioFile | None",
        error: "ScenarioError | None",
        **keywords: Any,
    ) -> None:
        """Play *file*, or fail with the *error* of reading it."""
        super().__init__(**keywords)
        self._file = file
        self._error = error

    def runtest(self) -> None:
        """Play the scenario: to the application that the ini option `ringback_to` names, or not at
        all, where it is written for one."""
        from ringback import play_scenario

        if self._file is None:
            raise self._error or AssertionError("an item has a file or an error")
        report = play_scenario(self._file, to=application(self.config))
        if report.skipped:
            reason = report.skipped
            if self._file.scenario.needs_an_application:
                reason += " (ini option ringback_to)"
            pytest.skip(f"{report.file}: {reason}")
        if not report.went_well:
            self.user_properties.append(("ringback_timeline", "\n".join(report.timeline)))
            raise NotAsExpected(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is wrong, on the first line: pytest's summary shows no other."""
        from ringback import ScenarioError

        if isinstance(excinfo.value, NotAsExpected | ScenarioError):
            return Told(str(excinfo.value))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """File, line (from 0) and name of the scenario."""
        line = self._file.line(("name",)) - 1 if self._file else 0
        return self.path, line, self.name


def _mark(item: pytest.Item, file: "ScenarioFile") -> None:
    """Give *item* the marks that its file says: tags, and why it is skipped or expected to fail."""
    scenario = file.scenario
    for tag in scenario.tags:
        # Whoever forbids marks that are not registered means slips in Python files.
        item.config.addinivalue_line("markers", f"{tag}: a tag of scenario files")
        item.add_marker(tag)
    if scenario.skip:
        item.add_marker(pytest.mark.skip(reason=scenario.skip))
    if scenario.xfail:
        item.add_marker(pytest.mark.xfail(reason=scenario.xfail, strict=True))


def _relative(path: Path, directory: Path) -> Path:
    """The path as the user would type it."""
    return path.relative_to(directory) if path.is_relative_to(directory) else path
