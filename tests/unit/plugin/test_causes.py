"""The likely cause of a failure: one for each kind of evidence, two at most."""

import pytest

from pytest_ringback.causes import Evidence, likely_causes
from ringback.core.rules import RULES

RULE = {rule.name: rule for rule in RULES}


@pytest.mark.parametrize(
    ("evidence", "cause"),
    [
        (
            Evidence(crashes=["https://a.example: the app raised KeyError"]),
            "the application raised an error: https://a.example: the app raised KeyError",
        ),
        (
            Evidence(disagreement="at +30s they differ"),
            "a freezer of time that goes its own way: at +30s they differ",
        ),
        (
            Evidence(ahead=30, pending=1, moved=True),
            "a freezer is ahead: frozen time moved on by 30 s, and this clock did not."
            " clock.sync() follows it there, and clock.follow(frozen) each time",
        ),
        (
            Evidence(unknown_keys=["POST /v1/speak was refused", "another"]),
            "a key that is unknown: POST /v1/speak was refused (and 1 more)",
        ),
        (
            Evidence(wrong_paths=["GET /v1/speak was answered 405"]),
            "a path that there is not: GET /v1/speak was answered 405",
        ),
        (
            Evidence(unrouted=["1 attempt led nowhere"]),
            "nothing is connected there: 1 attempt led nowhere",
        ),
        (
            Evidence(pending=2),
            "the clock was never moved, and 2 deliveries are pending: settle() runs what is due"
            " now, advance(30) what is due by then, run_until_idle() all of it",
        ),
        (
            Evidence(rules=[RULE["success"], RULE["attempt-limit"]]),
            "attempt-limit is assumed: Settings(attempt_timeout=…) changes it. "
            + RULE["attempt-limit"].statement,
        ),
        (
            Evidence(rules=[RULE["one-success"]]),
            "one-success is assumed: no setting changes it. " + RULE["one-success"].statement,
        ),
    ],
)
def test_each_kind_of_evidence_has_its_cause(evidence: Evidence, cause: str) -> None:
    assert likely_causes(evidence) == [cause]


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(),
        Evidence(pending=1, moved=True),
        Evidence(pending=1, stands=False),
        Evidence(ahead=30),
        Evidence(rules=[RULE["success"], RULE["delay"]]),
    ],
    ids=["nothing", "moved", "flows", "nothing waits", "documented"],
)
def test_what_explains_nothing_is_no_cause(evidence: Evidence) -> None:
    assert likely_causes(evidence) == []


def test_the_two_likeliest_are_told_and_no_more() -> None:
    evidence = Evidence(
        unknown_keys=["a key"], unrouted=["an origin"], pending=1, rules=[RULE["redirects"]]
    )
    assert likely_causes(evidence) == [
        "a key that is unknown: a key",
        "nothing is connected there: an origin",
    ]


def test_a_rule_that_a_setting_changes_comes_first() -> None:
    rules = [RULE["delay-from-the-end"], RULE["attempt-limit"]]
    assert [said.split()[0] for said in likely_causes(Evidence(rules=rules))] == [
        "attempt-limit",
        "delay-from-the-end",
    ]
