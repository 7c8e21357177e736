"""What a failing test shows: the timeline of its emulators, and its own line in place of ours."""

import re
from collections import Counter
from typing import Any

import pytest

from pytest_ringback.causes import MOST, likely_causes
from pytest_ringback.collecting import ScenarioItem
from pytest_ringback.comparing import compared, difference
from pytest_ringback.marking import LENIENCIES, keywords_of
from pytest_ringback.pages import attach, attach_scenario
from pytest_ringback.recordings import add_recording
from pytest_ringback.sharing import end_test
from pytest_ringback.watching import CURRENT, WATCH, Watch

SECTION = "ringback timeline"
PROPERTY = "ringback_timeline"

CAUSE = "ringback likely cause"
CAUSE_PROPERTY = "ringback_cause"

_READ = 100
"""How many lines are shown of the beginning, and of the end, of a long timeline."""

_ENTRY = re.compile(r"^(?=[A-Z]+ +\S+:\S+:\d+ )", re.MULTILINE)
"""Where an entry begins in pytest's section of a captured log."""

_RECEIVER = re.compile(r"[A-Z]+ +ringback\.receiver:")
"""How one begins that tells what an application raised."""

_OURS = ("ringback.", "pytest_ringback.")

_PLUMBING = ("asyncio.", "concurrent.", "contextlib.", "dataclasses.")
"""Modules whose frames, between ours, say as little about a test as ours do."""


def add_sections(item: pytest.Item, report: pytest.TestReport) -> None:
    """Add to *report* what every emulator of a failing test did, and how to play it again."""
    watch = item.stash.get(WATCH, None)
    if watch is None:
        if report.failed and isinstance(item, ScenarioItem) and _wants_page(item.config):
            attach_scenario(item, report)
        return
    if report.when == "call":
        watch.verdicts.append(report.passed)
    if report.failed and watch.has_crashed:
        sections = [
            (name, _folded(text, watch) if name.startswith("Captured log") else text)
            for name, text in report.sections
        ]
        report.sections[:] = [each for each in sections if each[1]]
    if report.failed and watch.emulators:
        text = _shortened(watch.told(rules=_wants_rules(item.config)))
        _add(item, report, SECTION, PROPERTY, text)
        causes = _causes(item, report, watch)
        if causes:
            _add(item, report, CAUSE, CAUSE_PROPERTY, "\n".join(causes))
        recordings = add_recording(item, report, watch)
        if _wants_page(item.config):
            attach(item, report, watch, [text, *causes, *recordings])
    if report.when == "teardown":
        end_test(item.config, watch)
        # Items live as long as the session; what a test's emulators hold must not.
        del item.stash[WATCH]
        item.config.stash[CURRENT] = None


def compare(config: pytest.Config, left: object, right: object) -> list[str] | None:
    """Compare two timelines row by row, and keep what is not as expected, to be marked."""
    watch = config.stash.get(CURRENT, None)
    if watch is not None:
        watch.difference = difference(watch.emulators.values(), left, right)
    return compared(left, right)


def note_what_was_expected(item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
    """Keep what `assert_timeline` has found to be other than expected, to be marked."""
    watch = item.stash.get(WATCH, None)
    timelines = getattr(call.excinfo.value, "timelines", None) if call.excinfo else None
    if watch is not None and timelines is not None:
        watch.difference = difference(watch.emulators.values(), *timelines)


def as_the_app_raised_it(item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
    """Show what an application raised with its own frames: those of the teardown say nothing."""
    watch = item.stash.get(WATCH, None)
    if watch is None or watch.raised is None or call.excinfo is None:
        return
    error = call.excinfo.value
    if error is watch.raised.error:
        call.excinfo = pytest.ExceptionInfo.from_exception(
            error.with_traceback(watch.raised.traceback)
        )


def hide_own_frames(error: pytest.ExceptionInfo[Any] | None) -> None:
    """Let an error that speaks to the test's author end at the author's own line.

    pytest hides a frame that has a local of this name. `--full-trace` shows all the same, and a
    `MachineError`, which is a fault of ours, is shown in full.
    """
    if error is None:
        return
    from ringback import MachineError, RingbackError

    if isinstance(error.value, MachineError):
        return
    frames = [entry.frame for entry in error.traceback]
    modules = [f"{frame.f_globals.get('__name__')}." for frame in frames]
    spoken = error.type in (LookupError, AssertionError) and modules[-1].startswith(_OURS)
    if not spoken and not isinstance(error.value, RingbackError):
        return
    ours = False
    for frame, module in zip(frames, modules, strict=True):
        ours = module.startswith(_OURS) or (ours and module.startswith(_PLUMBING))
        if ours:
            frame.f_locals["__tracebackhide__"] = True


def _add(item: pytest.Item, report: pytest.TestReport, section: str, name: str, text: str) -> None:
    """Add *text* as a section, and for JUnit XML as a property."""
    report.sections.append((section, text))
    # JUnit XML takes the properties of the teardown's report, which has copied the item's.
    for properties in (item.user_properties, report.user_properties):
        others = [each for each in properties if each[0] != name]
        properties[:] = [*others, (name, text)]


def _wants_page(config: pytest.Config) -> bool:
    return bool(config.getoption("ringback_report", None))


def _wants_rules(config: pytest.Config) -> bool:
    return bool(config.getoption("ringback_rules")) or config.getoption("verbose") > 0


def _causes(item: pytest.Item, report: pytest.TestReport, watch: Watch) -> list[str]:
    """The likely causes of a failure that its report does not name already."""
    allowed = keywords_of(item)
    kinds = {kind for kind, keyword in LENIENCIES.items() if not allowed.get(keyword, False)}
    shown = report.longreprtext
    causes: dict[str, None] = {}
    for evidence in watch.evidence(kinds):
        told = [each for each in likely_causes(evidence) if each.partition(": ")[2] not in shown]
        causes.update(dict.fromkeys(told))
    return [*causes][:MOST]


def _shortened(text: str) -> str:
    """*text* without its middle, if it is longer than anybody reads."""
    lines = text.splitlines()
    if len(lines) <= 2 * _READ:
        return text
    left_out = f"… {len(lines) - 2 * _READ:,} more lines …"
    return "\n".join([*lines[:_READ], left_out, *lines[-_READ:]])


def _folded(log: str, watch: Watch) -> str:
    """*log* without what is told already, and what a framework has written again for each attempt.

    What an application raised is in the log only where the test does not end with it.
    """
    times = Counter(entry.rstrip() for entry in _ENTRY.split(log))
    if watch.raised is not None:
        times = Counter({entry: times[entry] for entry in times if not _RECEIVER.match(entry)})
    return "\n".join(
        entry if count == 1 else f"{entry}\n(the same {count - 1} times more)"
        for entry, count in times.items()
        if entry
    )
