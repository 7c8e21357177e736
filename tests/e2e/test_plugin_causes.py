"""Why a test fails: the wrong line is marked, and the likely cause and the rules are told."""

import pytest

from tests.e2e.suites import run
from tests.e2e.test_plugin_reports import cases

pytest_plugins = ["pytester"]

RETRIED = """
def test_fails(ringback):
    ringback.receiver(APP, replies=[503, "timeout", 204])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    other = ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    assert {}
"""
CAUSE = "-* ringback likely cause -*"


# -- the mark --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asserted", "told"),
    [
        (
            'delivery.timeline == ["+0s POST 503", "+30s POST timeout", "+60s POST 204"]',
            ["  +70s POST 204  answered 204   <-- expected +60s POST 204", "  = delivered"],
        ),
        (
            "delivery.statuses == [503, 500, 204]",
            [
                "  +30s POST timeout  timed out: no answer within 10 s   <-- expected 500",
                "  +70s POST 204  answered 204",
            ],
        ),
        (
            "[0, 30] == delivery.offsets",
            ["  +70s POST 204  answered 204   <-- not expected", "  = delivered"],
        ),
        (
            "delivery.offsets == [0, 30, 70, 100]",
            [
                "  +70s POST 204  answered 204",
                "  (nothing)   <-- expected +100s",
                "  = delivered",
            ],
        ),
    ],
)
def test_the_attempt_that_is_not_as_expected_is_marked(
    pytester: pytest.Pytester, asserted: str, told: list[str]
) -> None:
    result = run(pytester, RETRIED.format(asserted))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(told, consecutive=True)


@pytest.mark.parametrize("asserted", ["other.timeline == 3", "[1, 2] == [1, 3]", "not delivery"])
def test_without_a_list_of_a_delivery_nothing_is_marked(
    pytester: pytest.Pytester, asserted: str
) -> None:
    result = run(pytester, RETRIED.format(asserted))
    result.assert_outcomes(failed=1)
    assert "<--" not in result.stdout.str()


def test_where_two_deliveries_could_be_meant_neither_is_marked(pytester: pytest.Pytester) -> None:
    suite = """
def test_fails(ringback):
    ringback.receiver(APP)
    one, two = (ringback.submit("Hello", callback=HOOK) for _ in range(2))
    ringback.run_until_idle()
    assert two.statuses == [204]
"""
    result = run(pytester, suite)
    result.assert_outcomes(failed=1)
    assert "<--" not in result.stdout.str()


# -- the likely cause ------------------------------------------------------------------------------


def test_nothing_connected_names_the_origin_that_may_be_meant(pytester: pytest.Pytester) -> None:
    suite = """
def test_fails(ringback):
    ringback.receiver("https://ap.example")
    ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    assert ringback.deliveries.only().statuses == [200]
"""
    result = run(pytester, suite, "--junitxml=report.xml")
    cause = (
        "nothing is connected there: 1 attempt to https://app.example led nowhere: *Connected is"
        " https://ap.example: did you mean that?"
    )
    result.stdout.fnmatch_lines([CAUSE, cause], consecutive=True)
    (case,) = cases(pytester)
    (told,) = [e for e in case.iter("property") if e.get("name") == "ringback_cause"]
    assert "did you mean that?" in told.get("value", "")


def test_what_the_marker_allows_is_no_cause(pytester: pytest.Pytester) -> None:
    suite = """
@pytest.mark.ringback(allow_unrouted=True)
def test_fails(ringback):
    ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    assert False
"""
    assert "likely cause" not in run(pytester, suite).stdout.str()


def test_a_clock_that_was_never_moved_is_the_cause(pytester: pytest.Pytester) -> None:
    suite = """
def test_fails(ringback):
    ringback.receiver(APP)
    delivery = ringback.submit("Hello", callback=HOOK)
    assert delivery.timeline == ["+0s POST 200"]
"""
    result = run(pytester, suite)
    result.stdout.fnmatch_lines(
        [
            "  (nothing)   <-- expected +0s POST 200",
            "  = scheduled, due at +0s",
            CAUSE,
            "the clock was never moved, and 1 delivery is pending: settle() runs *",
        ],
        consecutive=True,
    )


def test_a_key_of_nobody_is_the_cause(pytester: pytest.Pytester) -> None:
    suite = """
def test_fails(ringback):
    assert speak(ringback, key="another") == 200
"""
    result = run(pytester, suite)
    result.stdout.fnmatch_lines(
        [CAUSE, "a key that is unknown: POST /v1/speak at +0s was refused for its key *"]
    )


def test_an_assumed_rule_is_named_with_the_setting_that_changes_it(
    pytester: pytest.Pytester,
) -> None:
    result = run(pytester, RETRIED.format("delivery.offsets == [0, 30, 60]"))
    result.stdout.fnmatch_lines(
        [
            CAUSE,
            "attempt-limit is assumed: Settings(attempt_timeout=…) changes it. An attempt has *",
            "delay-from-the-end is assumed: no setting changes it. The delay counts *",
        ],
        consecutive=True,
    )


def test_a_cause_that_the_failure_itself_names_is_not_told_again(
    pytester: pytest.Pytester,
) -> None:
    suite = """
def test_leaves(ringback):
    ringback.receiver(APP)
    ringback.submit("Hello", callback="https://other.example/hook")
    ringback.settle()
    ringback.cancel(ringback.deliveries[0], "enough")
"""
    result = run(pytester, suite)
    result.assert_outcomes(passed=1, errors=1)
    assert "likely cause" not in result.stdout.str()


# -- the rules -------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--ringback-rules", "-v"])
def test_the_rules_behind_each_attempt_are_told_on_demand(
    pytester: pytest.Pytester, option: str
) -> None:
    suite = RETRIED.format("False")
    assert "(documented" not in run(pytester, suite).stdout.str()
    run(pytester, suite, option).stdout.fnmatch_lines(
        [
            "  +0s POST 503  answered 503",
            "      success (documented): Any answer from 200 to 299 *",
            "      retries (documented, setting retries): *",
        ],
        consecutive=True,
    )
