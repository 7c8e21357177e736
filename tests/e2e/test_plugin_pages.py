"""One page of every failing test, whichever process it ran in."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.suites import run, write

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

FAILS = """
def test_passes(ringback):
    pass

def test_fails(ringback, make_ringback):
    ringback.receiver(APP, replies=[503, 204])
    delivery = ringback.submit("Hello", callback="https://ada:s3cret@app.example/hook")
    ringback.run_until_idle()
    make_ringback()
    assert delivery.statuses == ["</script><script>alert(1)</script>", 204]

def test_leaves(ringback):
    ringback.submit("Hello", callback=HOOK)
"""
GOOD = (Path(__file__).parents[2] / "scenarios" / "late-acceptance.ringback.yaml").read_text(
    "utf-8"
)
TITLES = [
    "test_suite.py::test_fails · ringback",
    "test_suite.py::test_fails · make_ringback() 1",
    "test_suite.py::test_leaves",
]


def shown(path: Path) -> list[dict[str, Any]]:
    """What the page at *path* has in it."""
    page = path.read_text("utf-8")
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    tests: list[dict[str, Any]] = json.loads(data)["tests"]
    return tests


def test_the_page_shows_each_emulator_of_each_failing_test(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILS, "--ringback-report=build/report.html")
    result.assert_outcomes(passed=2, failed=1, errors=1)
    path = pytester.path / "build" / "report.html"
    result.stdout.fnmatch_lines([f"ringback report: {path}"])
    tests = shown(path)
    assert [each["test"] for each in tests] == TITLES
    fails, _, leaves = tests
    assert [each["timeline"] for each in fails["deliveries"]] == [["+0s POST 503", "+30s POST 204"]]
    assert fails["deliveries"][0]["rules"][0][0]["standing"] == "documented"
    assert "assert [503, 204] == " in fails["text"].splitlines()[0]
    assert "answered 503   <-- expected " in fails["text"]
    assert "the test left something behind" in leaves["text"]
    assert "s3cret" not in path.read_text("utf-8")


def test_a_scenario_file_that_fails_is_on_the_page(pytester: pytest.Pytester) -> None:
    scenario = GOOD.replace("+30s", "+31s", 1)
    assert scenario != GOOD
    (pytester.path / "wrong.ringback.yaml").write_text(scenario, "utf-8")
    (pytester.path / "invalid.ringback.yaml").write_text("version: 1\n", "utf-8")
    result = run(pytester, "", "--ringback-report=report.html", ".")
    result.assert_outcomes(failed=2)
    invalid, wrong = shown(pytester.path / "report.html")
    assert invalid["test"].startswith("invalid.ringback.yaml::")
    assert "invalid.ringback.yaml:1" in invalid["text"]
    assert wrong["test"].startswith("wrong.ringback.yaml::")
    assert "expected +31s, got +30s" in wrong["text"]
    assert "+30s POST" in wrong["text"] or "+30s PUT" in wrong["text"]


def test_where_no_test_fails_the_page_says_so(pytester: pytest.Pytester) -> None:
    run(pytester, "def test_passes(ringback): pass", "--ringback-report=report.html")
    assert shown(pytester.path / "report.html") == []


def test_a_page_that_cannot_be_written_fails_no_run(pytester: pytest.Pytester) -> None:
    (pytester.path / "file").write_text("")
    suite = "def test_passes(ringback): pass"
    result = run(pytester, suite, "--ringback-report=file/report.html")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["--ringback-report: *report.html was not written: *"])


def test_without_the_option_nothing_is_collected(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILS)
    assert "ringback report" not in result.stdout.str()
    assert not [*pytester.path.glob("**/*.html")]


def test_under_xdist_the_workers_send_what_their_tests_did(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    write(pytester, FAILS)
    options = ["-c/dev/null", "--rootdir=.", "-pxdist", "-pringback", "-pno:cacheprovider", "-n2"]
    result = pytester.runpytest_subprocess(*options, "--ringback-report=report.html")
    result.assert_outcomes(passed=2, failed=1, errors=1)
    assert sorted(each["test"] for each in shown(pytester.path / "report.html")) == sorted(TITLES)
    result.stdout.fnmatch_lines(["  +0s POST 503  answered 503   <-- expected *"])
