"""A failing test leaves a scenario file of what happened; one that passes leaves nothing."""

import re
from pathlib import Path

import pytest

from ringback import play_scenario, read_scenario
from ringback.recording.exporting import export
from tests.e2e.suites import OPTIONS, write

pytest_plugins = ["pytester"]

CACHED = [option for option in OPTIONS if "cacheprovider" not in option]

FAILS = """
def test_fails(ringback):
    ringback.receiver(APP, replies=[503, 204])
    ringback.submit("Hello", callback="https://ada:s3cret@app.example/hook")
    ringback.run_until_idle()
    assert ringback.deliveries.only().statuses == [204]
"""


def run(pytester: pytest.Pytester, suite: str, *options: str) -> pytest.RunResult:
    """Run *suite* in this process, with pytest's cache."""
    write(pytester, suite)
    return pytester.runpytest_inprocess(*CACHED, *options)


def recorded(result: pytest.RunResult) -> list[Path]:
    """The files that the report names."""
    return [Path(path) for path in re.findall(r"^ringback play (\S+)$", result.stdout.str(), re.M)]


def test_a_failing_test_leaves_a_file_that_plays_to_the_same(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILS)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "-* ringback recording -*",
            "ringback play .pytest_cache/d/ringback/test_suite.py-test_fails-*.ringback.yaml",
        ],
        consecutive=True,
    )
    (path,) = recorded(result)
    report = play_scenario(read_scenario(pytester.path / path))
    assert report.passed
    assert report.timeline == ("+0s POST 503", "+30s POST 204")
    assert "s3cret" not in (pytester.path / path).read_text("utf-8")
    again = pytester.runpytest_inprocess(*CACHED)
    assert recorded(again) == [path]


def test_a_passing_test_leaves_nothing(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILS.replace("[204]", "[503, 204]"), "--ringback-record=kept")
    result.assert_outcomes(passed=1)
    assert "ringback recording" not in result.stdout.str()
    assert not (pytester.path / ".pytest_cache" / "d").exists()
    assert not (pytester.path / "kept").exists()


def test_a_test_that_leaves_something_behind_is_recorded_too(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILS.replace("[204]", "[503, 204]").replace("204]", "204, 500]", 1))
    result.assert_outcomes(passed=1, errors=1)
    assert len(recorded(result)) == 1


def test_the_option_says_where_recordings_go(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILS, "--ringback-record=my files")
    (path,) = (pytester.path / "my files").iterdir()
    result.stdout.fnmatch_lines([f"ringback play 'my files/{path.name}'"])


def test_each_emulator_of_a_test_has_a_file(pytester: pytest.Pytester) -> None:
    suite = """
def test_fails(make_ringback, ringback):
    for each in (make_ringback(), make_ringback(), ringback):
        each.receiver(APP)
        each.submit("Hello", callback=HOOK)
        each.run_until_idle()
    make_ringback()
    assert False
"""
    names = [path.name for path in recorded(run(pytester, suite))]
    assert len(set(names)) == 3
    assert [name[-15:] for name in names][1:] == ["2.ringback.yaml", "3.ringback.yaml"]


def test_without_a_cache_and_a_folder_nothing_is_written(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILS, "-pno:cacheprovider")
    result.assert_outcomes(failed=1)
    assert "ringback recording" not in result.stdout.str()


def test_a_test_that_asks_for_nothing_has_nothing_to_record(pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_fails(ringback): assert False")
    result.assert_outcomes(failed=1)
    assert "ringback recording" not in result.stdout.str()


def test_a_folder_that_cannot_be_written_to_hides_no_failure(pytester: pytest.Pytester) -> None:
    (pytester.path / "file").write_text("")
    result = run(pytester, FAILS, "--ringback-record=file/folder")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert *503*204*", "*folder' was not written: Not a directory*"])


BROKEN = """
import ringback.recording.record


def broken(*_):
    raise KeyError("no such thing")


ringback.recording.record.export = broken
"""


def test_a_fault_of_the_recording_hides_no_failure(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringback.recording.record.export", export)  # to be put back afterwards
    write(pytester, FAILS, conftest=BROKEN)
    result = pytester.runpytest_inprocess(*CACHED)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["it could not be recorded, by a fault of Ringback's own: *"])
