"""pytest collects scenario files: one test each, with the message on its first line."""

import json

import pytest

import ringback.faces.playing
import ringback.scenario.reading  # noqa: F401 - so that no run in this process reads it anew
from ringback.core.delivery.reply import Reply
from ringback.scenario.loopback import LoopbackReceiver

pytest_plugins = ["pytester"]

GOOD = """\
# A comment, so that the name is not in the first lines.

version: 1
name: A story
submit: {text: Hello, callback: "https://app.example/hook"}
receiver: [503, 204]
expect: {attempts: [+0s, +30s], state: delivered}
"""
UNUSED = ("asyncio", "anyio", "cacheprovider", "hypothesispytest", "respx", "schemathesis", "xdist")
FEW_PLUGINS = [f"-pno:{name}" for name in UNUSED]

WRONG = GOOD.replace("+30s", "+31s")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest on what *pytester* has prepared."""
    return pytester.runpytest_inprocess(*FEW_PLUGINS, *arguments)


def write(pytester: pytest.Pytester, **files: str) -> None:
    """Write scenario files."""
    for name, text in files.items():
        (pytester.path / f"{name}.ringback.yaml").write_text(text)


def test_a_scenario_is_a_test_of_its_name(pytester: pytest.Pytester) -> None:
    write(pytester, good=GOOD)
    result = run(pytester, "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["good.ringback.yaml::A story PASSED*"])


def test_a_failure_is_told_in_the_summary(pytester: pytest.Pytester) -> None:
    write(pytester, wrong=WRONG)
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "wrong.ringback.yaml:7: attempt 2, at: expected +31s, got +30s",
            "what happened:",
            "  +0s POST 503",
            "  +30s POST 204",
            "  = delivered",
            "FAILED wrong.ringback.yaml::A story - wrong.ringback.yaml:7: attempt 2, at: *",
        ]
    )


def test_an_invalid_file_fails_and_the_others_still_run(pytester: pytest.Pytester) -> None:
    write(pytester, bad="version: 1\nname: [x]\n", good=GOOD)
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "bad.ringback.yaml:1:1: error: missing key 'submit'",
            " 1 | version: 1",
            "   | ^",
            "bad.ringback.yaml:2:1: error: a list stands where a text belongs; *",
            "FAILED bad.ringback.yaml::bad - bad.ringback.yaml:1:1: error: missing key *",
        ]
    )


def test_a_scenario_for_an_application_is_skipped(pytester: pytest.Pytester) -> None:
    write(pytester, app=GOOD.replace("receiver: [503, 204]\n", ""))
    result = run(pytester, "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        ["*app.ringback.yaml: it has no `receiver`: * base URL (ini option ringback_to)"]
    )


def test_a_scenario_for_an_application_is_played_to_the_one_that_is_named(
    pytester: pytest.Pytester,
) -> None:
    write(pytester, app=GOOD.replace("receiver: [503, 204]\n", ""), good=GOOD)
    with LoopbackReceiver([Reply(503), Reply(204)]) as application:
        pytester.makeini(f"[pytest]\nringback_to = {application.url}\n")
        run(pytester).assert_outcomes(passed=2)
    assert len(application.requests) == 2


def test_an_application_at_no_url_is_refused_before_any_test(pytester: pytest.Pytester) -> None:
    write(pytester, good=GOOD)
    pytester.makeini("[pytest]\nringback_to = localhost\n")
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: ringback_to is a base URL, http://127.0.0.1:PORT, not 'localhost'"]
    )


def test_a_scenario_is_chosen_by_its_name(pytester: pytest.Pytester) -> None:
    write(pytester, good=GOOD, wrong=WRONG.replace("A story", "Another tale"))
    run(pytester, "-k", "story").assert_outcomes(passed=1, deselected=1)
    run(pytester, "good.ringback.yaml::A story").assert_outcomes(passed=1)


def test_a_scenario_is_found_at_its_line(pytester: pytest.Pytester) -> None:
    write(pytester, good=GOOD)
    (item,), _ = pytester.inline_genitems(*FEW_PLUGINS)
    path, line, name = item.reportinfo()
    assert (str(path).rpartition("/")[2], line, name) == ("good.ringback.yaml", 3, "A story")


def test_collecting_can_be_turned_off(pytester: pytest.Pytester) -> None:
    write(pytester, wrong=WRONG)
    pytester.makeini("[pytest]\nringback_collect = false\n")
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_other_yaml_is_left_alone(pytester: pytest.Pytester) -> None:
    (pytester.path / "compose.yaml").write_text("services: {}\n")
    (pytester.path / "short.ringback.yml").write_text(GOOD)
    run(pytester).assert_outcomes(passed=1)


def test_a_failure_shows_its_timeline_in_junit(pytester: pytest.Pytester) -> None:
    write(pytester, wrong=WRONG)
    run(pytester, "--junit-xml=junit.xml")
    written = (pytester.path / "junit.xml").read_text()
    assert '<property name="ringback_timeline" value="+0s POST 503&#10;+30s POST 204"' in written


def test_collecting_a_run_without_scenarios_imports_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import json, sys

        def test_nothing_heavy():
            heavy = {"yaml", "pydantic", "ringback.scenario", "starlette"}
            print(json.dumps(sorted(heavy & set(sys.modules))))
        """
    )
    result = pytester.runpytest_subprocess("-q", "-s", *FEW_PLUGINS)
    result.assert_outcomes(passed=1)
    assert json.dumps([]) in result.stdout.str()


MATRIX = """\
version: 2
name: A story
tags: [smoke, slow]
matrix: {method: [put, post]}
steps:
  - receiver: {at: "https://app.example"}
  - submit: {text: Hello, callback: "https://app.example/hook", callback_method: $matrix.method}
  - run_until_idle
  - expect: {each: {method: PUT}, state: delivered}
"""


def test_each_case_is_a_test_with_the_marks_that_its_file_says(pytester: pytest.Pytester) -> None:
    """One run for all of it: each reads pydantic anew."""
    write(
        pytester,
        cases=MATRIX,
        skipped=MATRIX.replace("slow]", "slow]\nskip: not now"),
        broken=MATRIX.replace("slow]", "slow]\nxfail: the receiver posts"),
        other=MATRIX.replace("smoke, ", ""),
    )
    result = run(pytester, "-v", "--strict-markers", "-m", "smoke and slow", "-rsx")
    result.assert_outcomes(passed=1, failed=2, skipped=2, xfailed=1, deselected=2)
    result.stdout.fnmatch_lines_random(
        [
            "cases.ringback.yaml::A story?put? PASSED*",
            "*not now*",
            "*XPASS(strict)*the receiver posts*",
        ]
    )
