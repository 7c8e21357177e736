"""A batch as other programs read it: JUnit XML, GitHub's marks and summary, and a page."""

import base64
import hashlib
import json
import re
from html import unescape
from xml.etree import ElementTree

import pytest

from ringback.errors import Mistake, ScenarioError
from ringback.scenario.annotating import MOST_ROWS, annotations, summary
from ringback.scenario.batch import Batch
from ringback.scenario.comparing import Check
from ringback.scenario.junit import junit
from ringback.scenario.page import page
from ringback.scenario.report import Report

HOSTILE = "</script><script>x()</script> <!-- ]]> | ::error::\n`a` \x1b[31m \u2028 %0A"
WRONG = Check("state", ("expect", "state"), HOSTILE, "delivered", False, 7, 3)


def a_report(name: str = "A story", **changes: object) -> Report:
    values: dict[str, object] = {
        "file": "a.ringback.yaml",
        "name": name,
        "why": HOSTILE,
        "over": "process",
        "timeline": ("+0s POST 503", "+30s POST 204"),
        "end": "delivered",
    }
    return Report(**(values | changes))  # type: ignore[arg-type]  # each is of its field's type


@pytest.fixture
def batch() -> Batch:
    """One of each: passed, failed, in trouble, skipped, invalid."""
    made = Batch(
        [
            a_report(),
            a_report(HOSTILE, checks=(WRONG,), file="b,c:d.ringback.yaml"),
            a_report("Trouble", trouble=HOSTILE, timeline=()),
            a_report("Skipped", skipped="it needs an application", timeline=(), end=""),
        ]
    )
    mistakes = [
        Mistake("bad.ringback.yaml", 2, 5, "unknown key"),
        Mistake("bad.ringback.yaml", None, None, "and more"),
    ]
    made.refuse(ScenarioError(["bad.ringback.yaml:2:5: error: unknown key"], mistakes))
    return made


def test_junit_has_a_case_for_each_scenario_and_each_invalid_file(batch: Batch) -> None:
    suite = ElementTree.fromstring(junit(batch)).find("testsuite")
    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "2",
        "errors": "1",
        "skipped": "1",
    }
    passed, failed, trouble, skipped, invalid = suite.findall("testcase")
    assert [each.tag for each in passed] == ["system-out"]
    assert failed.get("line") == "7"
    assert failed.find("failure") is not None
    assert trouble.find("failure") is not None
    assert skipped.find("skipped") is not None
    error = invalid.find("error")
    assert error is not None
    assert error.text == "bad.ringback.yaml:2:5: unknown key\nbad.ringback.yaml: and more"


def test_a_mark_stands_beside_the_line_that_failed(batch: Batch) -> None:
    marks = list(annotations(batch))
    assert marks[0] == (
        "::error file=bad.ringback.yaml,line=2,col=5,title=Invalid scenario::unknown key"
    )
    assert marks[1] == "::error file=bad.ringback.yaml,title=Invalid scenario::and more"
    assert marks[2].startswith("::error file=b%2Cc%3Ad.ringback.yaml,line=7,col=3,title=")
    assert len(marks) == 4


def test_nothing_that_a_file_says_ends_a_mark_or_begins_another(batch: Batch) -> None:
    for mark in annotations(batch):
        assert "\n" not in mark
        assert "\r" not in mark
    assert "%250A" in list(annotations(batch))[2]


def test_a_mark_counts_the_path_from_the_workspace() -> None:
    batch = Batch([a_report(checks=(WRONG,), file="/work/place/sub/a.ringback.yaml")])
    assert next(annotations(batch, "/work/place")).startswith("::error file=sub/a.ringback.yaml,")
    assert next(annotations(batch, "/other")).startswith("::error file=/work/place/sub/a.")


def test_the_summary_is_a_table_with_what_failed_first(batch: Batch) -> None:
    text = summary(batch)
    lines = text.splitlines()
    assert lines[0] == "### Ringback: 1 passed, 2 failed, 1 skipped, 1 invalid"
    rows = [line for line in lines if line.startswith("| ") and "scenario" not in line]
    assert [row.split(" | ")[0] for row in rows] == [
        "| **FAILED**",
        "| **FAILED**",
        "| passed",
        "| skipped",
    ]
    assert "<script" not in text
    assert all(re.fullmatch(r"\|( [^|]* \|){4}", row) for row in rows)


def test_a_summary_stays_within_what_a_step_may_write() -> None:
    batch = Batch([a_report(str(number)) for number in range(MOST_ROWS + 2)])
    assert "and 2 more" in summary(batch)


def test_a_page_holds_its_data_as_json_in_which_nothing_is_html(batch: Batch) -> None:
    text = page(batch.as_json())
    found = re.search(r'<script type="application/json" id="data">(.*)</script>', text)
    assert found is not None
    assert not set("<>&'") & {*found[1]}
    assert json.loads(found[1]) == batch.as_json()
    assert text.count("<script") == 2


def test_a_page_runs_and_loads_only_what_its_policy_names(batch: Batch) -> None:
    text = page(batch.as_json())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert policy is not None
    assert style is not None
    assert script is not None
    for kind, part in (("style-src", style[1]), ("script-src", script[1])):
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in unescape(policy[1])
    assert "default-src 'none'" in policy[1]
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text.replace(script[1], ""))
    assert "innerHTML" not in script[1]


def test_a_page_asks_no_other_host_for_anything() -> None:
    text = page(Batch().as_json())
    assert set(re.findall(r"https?://[^\"' ]+", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(?:src|href)=", text)
