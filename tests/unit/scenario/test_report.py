"""A report says what failed, where, and what happened instead."""

import json

from ringback.errors import Mistake
from ringback.scenario.batch import Batch
from ringback.scenario.comparing import Check
from ringback.scenario.report import Report

RIGHT = Check("answer", ("expect",), "200", "200", passed=True, line=5)
WRONG = Check("attempt 1, at", ("expect", "attempts", 0), "+0s", "+5s", False, 7, 3)

NO = Mistake("b.yaml", 3, 5, "no")


def a_report(*checks: Check, trouble: str = "") -> Report:
    """A report of a story with one attempt."""
    return Report(
        "a.yaml", "A story", "A rule.", "process", checks, ("+5s POST 200",), "delivered", trouble
    )


def test_a_report_passes_when_every_check_does() -> None:
    assert a_report(RIGHT).passed
    assert not a_report(RIGHT, WRONG).passed
    assert not a_report(RIGHT, trouble="no").passed


def test_a_pass_is_one_line() -> None:
    assert str(a_report(RIGHT)) == "passed  a.yaml: A story"


def test_a_failure_begins_with_file_line_expected_and_got() -> None:
    assert str(a_report(RIGHT, WRONG)).splitlines() == [
        "a.yaml:7: attempt 1, at: expected +0s, got +5s",
        "what happened:",
        "  +5s POST 200",
        "  = delivered",
    ]


def test_trouble_is_said_first() -> None:
    report = Report("a.yaml", "A story", "", "sockets", trouble="nobody listens")
    assert str(report).splitlines() == [
        "a.yaml: nobody listens",
        "what happened:",
        "  no attempt",
        "  = not played to its end",
    ]


def test_a_report_fits_into_json() -> None:
    report = a_report(WRONG)
    assert json.loads(json.dumps(report.as_json())) == {
        "file": "a.yaml",
        "name": "A story",
        "why": "A rule.",
        "over": "process",
        "outcome": "failed",
        "passed": False,
        "trouble": "",
        "skipped": "",
        "xfail": "",
        "case": "",
        "tags": [],
        "end": "delivered",
        "timeline": ["+5s POST 200"],
        "checks": [
            {
                "what": "attempt 1, at",
                "line": 7,
                "column": 3,
                "expected": "+0s",
                "got": "+5s",
                "passed": False,
            }
        ],
        "failures": [
            {
                "file": "a.yaml",
                "line": 7,
                "column": 3,
                "message": "attempt 1, at: expected +0s, got +5s",
            }
        ],
    }


def test_a_skip_is_one_line_and_neither_a_pass_nor_a_failure() -> None:
    report = Report("a.yaml", "A story", "", "process", skipped="nobody is here")
    assert str(report) == "a.yaml: skipped: nobody is here"
    assert (report.passed, report.failed, report.outcome) == (False, False, "skipped")


def test_a_batch_counts() -> None:
    skipped = Report("c.yaml", "A story", "", "process", skipped="nobody is here")
    batch = Batch([a_report(RIGHT), a_report(WRONG), skipped], ["b.yaml: error: no"], [NO], 1)
    assert batch.summary == "1 passed, 1 failed, 1 skipped, 1 invalid"
    assert Batch().summary == "0 passed"
    document = batch.as_json()
    counts = {name: document[name] for name in ("passed", "failed", "skipped", "invalid")}
    assert counts == dict.fromkeys(counts, 1)
    assert document["problems"] == [
        {"file": "b.yaml", "line": 3, "column": 5, "message": "no"},
    ]


def test_an_invalid_file_outweighs_a_failure() -> None:
    assert Batch([a_report(RIGHT)]).exit_code == 0
    assert Batch([a_report(WRONG)]).exit_code == 1
    assert Batch([a_report(WRONG)], ["no"], [NO], 1).exit_code == 3


def test_a_skip_costs_nothing() -> None:
    skipped = Report("c.yaml", "A story", "", "process", skipped="nobody is here")
    assert Batch([a_report(RIGHT), skipped]).exit_code == 0
