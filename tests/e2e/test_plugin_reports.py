"""What a failing test says: the timeline, two timelines side by side, and errors without frames."""

import xml.etree.ElementTree as ElementTree

import pytest

from tests.e2e.suites import OPTIONS, run, write

pytest_plugins = ["pytester"]

FAILS = """
def test_fails(ringback):
    ringback.receiver(APP, replies=[503, 204])
    ringback.submit("Hello", callback="https://ada:s3cret@app.example/hook")
    ringback.run_until_idle()
    assert ringback.deliveries.only().timeline == ["+0s POST 204"]
"""
SECTION = [
    "-* ringback timeline -*",
    "POST https://app.example/hook  request * accepted at +0s",
    "  +0s POST 503  answered 503",
    "  +30s POST 204  answered 204",
    "  = delivered",
]
MARKED = [
    *SECTION[:2],
    "  +0s POST 503  answered 503   <-- expected +0s POST 204",
    "  +30s POST 204  answered 204   <-- not expected",
    "  = delivered",
]

# -- the section -----------------------------------------------------------------------------------


def test_a_failing_test_shows_its_timeline(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILS)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(MARKED, consecutive=True)


def test_what_assert_timeline_did_not_expect_is_marked_too(pytester: pytest.Pytester) -> None:
    verb = FAILS.replace("timeline == [", "assert_timeline([").replace('"]', '"])')
    result = run(pytester, verb.replace("assert ringback", "ringback"))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(MARKED, consecutive=True)


def test_a_passing_test_shows_none(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILS.replace('["+0s POST 204"]', '["+0s POST 503", "+30s POST 204"]'))
    result.assert_outcomes(passed=1)
    assert "ringback timeline" not in result.stdout.str()


def test_a_failing_test_without_a_fixture_of_ours_shows_none(pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_fails(): assert False")
    result.assert_outcomes(failed=1)
    assert "ringback timeline" not in result.stdout.str()


def test_a_frozen_application_that_is_told_another_time_is_told_of(
    pytester: pytest.Pytester,
) -> None:
    suite = """
from freezegun import freeze_time

@freeze_time("2031-05-17 12:00:00")
def test_fails(ringback):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body"})

    ringback.connect(APP, app)
    ringback.submit("Hello", callback="https://app.example/hook")
    ringback.advance(30)
    assert False
"""
    result = run(pytester, suite)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "-* ringback likely cause -*",
            "a freezer of time that goes its own way: at +30s the emulator's clock stood at"
            " 2031-05-17 12:00:30+00:00, and the"
            " application was told 2031-05-17 12:00:00+00:00. clock.lead(frozen) moves both*",
        ]
    )


def test_requests_that_were_refused_are_part_of_the_story(pytester: pytest.Pytester) -> None:
    suite = """
def test_fails(ringback):
    speak(ringback, callback="https://app.example:3000/hook")
    ringback.deliveries.only()
"""
    result = run(pytester, suite)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "-* ringback timeline -*",
            "no deliveries",
            "refused at +0s  400 INVALID_QUERY_PARAMETER: Invalid callback url. (*3000*",
        ],
        consecutive=True,
    )


def test_each_of_several_emulators_is_named(pytester: pytest.Pytester) -> None:
    suite = """
def test_fails(ringback, make_ringback):
    make_ringback().submit("Hello", callback=HOOK)
    assert False
"""
    result = run(pytester, suite)
    result.stdout.fnmatch_lines(
        [
            "-* ringback timeline -*",
            "ringback:",
            "no deliveries",
            "",
            "make_ringback() 1:",
            "POST https://app.example/hook  request * accepted at +0s",
            "  = scheduled, due at +0s",
        ],
        consecutive=True,
    )


def test_of_a_long_timeline_the_middle_is_left_out(pytester: pytest.Pytester) -> None:
    suite = """
def test_fails(ringback):
    for number in range(300):
        ringback.submit("Hello", callback=f"{APP}/{number}")
    assert False
"""
    result = run(pytester, suite)
    result.stdout.fnmatch_lines(
        [
            "POST https://app.example/0  request * accepted at +0s",
            "POST https://app.example/49  request * accepted at +0s",
            "  = scheduled, due at +0s",
            "… 400 more lines …",
            "POST https://app.example/250  request * accepted at +0s",
            "POST https://app.example/299  request * accepted at +0s",
        ]
    )


def test_no_credential_reaches_a_report(pytester: pytest.Pytester) -> None:
    suite = (
        FAILS.replace("(ringback)", "(ringback, make_ringback)").replace(
            "    assert",
            "    made = make_ringback(api_key='0123cafe')\n"
            "    settings, requests = made.settings, ringback.requests\n"
            "    journal = ringback.journal[:]\n"
            "    assert",
        )
        + """
def test_leaves(ringback):
    ringback.submit("Hello", callback="https://ada:s3cret@app.example/hook")
"""
    )
    result = run(pytester, suite, "-vv", "--showlocals", ini="ringback_api_key = 0123beef\n")
    result.assert_outcomes(passed=1, failed=1, errors=1)
    said = result.stdout.str().replace("https://ada:s3cret@app.example/hook", "", 1)
    said = said.replace("api_key='0123cafe'", "", 1)  # pytest shows the test's own lines
    assert not [secret for secret in ("s3cret", "0123beef", "0123cafe") if secret in said]


# -- JUnit XML -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "suite",
    [
        FAILS,
        "def test_leaves(ringback): ringback.submit('Hello', callback=HOOK)",
        """
@pytest.fixture
def app(ringback):
    ringback.submit("Hello", callback=HOOK)
    assert False

def test_not_reached(app):
    pass
""",
        pytest.param(
            """
@pytest.fixture
def app(ringback):
    yield
    assert False

def test_fails_twice(app, ringback):
    ringback.submit("Hello", callback=HOOK)
    assert False
""",
            marks=pytest.mark.skipif(
                pytest.version_tuple < (8,), reason="pytest writes it into one of both cases"
            ),
        ),
    ],
    ids=["call", "teardown", "setup", "call and teardown"],
)
def test_the_timeline_is_a_property_of_the_test_in_junit_xml(
    pytester: pytest.Pytester, suite: str
) -> None:
    run(pytester, suite, "--junitxml=report.xml")
    # pytest writes a case of its own for what fails after a failing body.
    assert [len(timelines(case)) for case in cases(pytester)] == [1] * len(cases(pytester)) != []
    for case in cases(pytester):
        assert timelines(case)[0].startswith("POST https://app.example/hook  request ")


def test_a_passing_test_has_no_property_in_junit_xml(pytester: pytest.Pytester) -> None:
    run(pytester, "def test_story(ringback): pass", "--junitxml=report.xml")
    assert [timelines(case) for case in cases(pytester)] == [[]]


def cases(pytester: pytest.Pytester) -> list[ElementTree.Element]:
    """The test cases of a report."""
    return ElementTree.parse(pytester.path / "report.xml").findall(".//testcase")


def timelines(case: ElementTree.Element) -> list[str]:
    """The timelines among the properties of a test case."""
    found = case.iter("property")
    return [each.get("value", "") for each in found if each.get("name") == "ringback_timeline"]


# -- two timelines ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "rows"),
    [
        (
            ["+0s POST 503", "+30s POST 200"],
            [
                "E       assert two timelines of 2 and 2 attempts",
                "E         +0s POST 503    +0s POST 503",
                "E         +30s POST 204   +30s POST 200   <-- differs",
            ],
        ),
        (
            ["+0s POST 503"],
            [
                "E       assert two timelines of 2 and 1 attempts",
                "E         +0s POST 503    +0s POST 503",
                "E         +30s POST 204   (nothing)   <-- differs",
            ],
        ),
        (
            ["+0s POST 503", "+30s POST 204", "+60s PUT timeout"],
            [
                "E       assert two timelines of 2 and 3 attempts",
                "E         +0s POST 503    +0s POST 503",
                "E         +30s POST 204   +30s POST 204",
                "E         (nothing)       +60s PUT timeout   <-- differs",
            ],
        ),
    ],
    ids=["another outcome", "fewer", "more"],
)
def test_two_timelines_are_compared_row_by_row(
    pytester: pytest.Pytester, expected: list[str], rows: list[str]
) -> None:
    result = run(pytester, FAILS.replace('["+0s POST 204"]', repr(expected)))
    result.stdout.fnmatch_lines(rows, consecutive=True)


def test_other_lists_are_compared_as_ever(pytester: pytest.Pytester) -> None:
    suite = """
def test_words():
    assert ["+0s", "POST"] == ["+0s", "PUT"]

def test_empty(ringback):
    assert ringback.journal[:] == ["+0s POST 503"]

def test_order():
    assert ["+0s POST 503"] != ["+0s POST 503"]
"""
    result = run(pytester, suite)
    result.assert_outcomes(failed=3)
    assert "two timelines" not in result.stdout.str()


def test_without_rewritten_asserts_the_section_says_it(pytester: pytest.Pytester) -> None:
    write(pytester, FAILS)
    # In this process the asserts are rewritten by the pytest that runs this test.
    result = pytester.runpytest_subprocess(*OPTIONS, "--assert=plain")
    result.assert_outcomes(failed=1)
    assert "two timelines" not in result.stdout.str()
    result.stdout.fnmatch_lines(SECTION, consecutive=True)


# -- tracebacks ------------------------------------------------------------------------------------

SPOKEN = {
    "nothing is due": ("ringback.step()", "ringback.errors.NothingDue: step(): nothing is due *"),
    "it has ended": (
        "ringback.close()\n    ringback.settle()",
        "ringback.errors.ClockClosed: settle(): this emulator has ended; *",
    ),
    "the service refused": (
        "ringback.submit('', callback=HOOK)",
        "ringback.errors.Refused: 400 *",
    ),
    "a setting is unknown": (
        "make_ringback(retris=3)",
        "ringback.errors.SettingsError: unknown setting 'retris'; did you mean 'retries'?",
    ),
    "there is no delivery": (
        "ringback.deliveries.only()",
        "LookupError: expected exactly one delivery, found 0:",
    ),
    "a scenario failed": (
        "ringback.play('story.ringback.yaml')",
        "AssertionError: story.ringback.yaml:4: attempt 1, at: expected +9s, got +0s",
    ),
}
SCENARIO = """\
version: 1
name: A story
submit: {text: Hello, callback: "https://app.example/hook"}
expect: {attempts: [+9s], state: delivered}
receiver: [204]
"""


@pytest.mark.parametrize(("line", "error"), SPOKEN.values(), ids=SPOKEN)
def test_an_error_that_speaks_to_the_author_ends_at_the_authors_line(
    pytester: pytest.Pytester, line: str, error: str
) -> None:
    (pytester.path / "story.ringback.yaml").write_text(SCENARIO)
    suite = f"def test_story(ringback, make_ringback):\n    {line}\n"
    result = run(pytester, suite, "test_suite.py")
    last = line.splitlines()[-1].strip()
    result.stdout.fnmatch_lines([f">       {last}", f"E       {error}"], consecutive=True)
    assert "/ringback/" not in result.stdout.str()


def test_the_same_holds_where_verbs_are_awaited(pytester: pytest.Pytester) -> None:
    suite = """
@pytest.mark.asyncio
async def test_story(async_ringback):
    await async_ringback.step()
"""
    result = run(pytester, suite)
    result.stdout.fnmatch_lines(
        [">       await async_ringback.step()", "E       ringback.errors.NothingDue: *"],
        consecutive=True,
    )
    assert "/ringback/" not in result.stdout.str()


def test_the_same_holds_for_a_line_that_we_have_called(pytester: pytest.Pytester) -> None:
    suite = """
def test_story(ringback):
    def step():
        ringback.step()

    ringback.advance_until(step, within=30)
"""
    result = run(pytester, suite)
    result.stdout.fnmatch_lines(
        [">       ringback.advance_until(step, within=30)", "    def step():"]
    )
    result.stdout.fnmatch_lines(
        [">       ringback.step()", "E       ringback.errors.ClockBusy: *"], consecutive=True
    )
    assert "/ringback/" not in result.stdout.str()
    assert "contextlib" not in result.stdout.str()


def test_a_full_trace_shows_every_frame(pytester: pytest.Pytester) -> None:
    suite = "def test_story(ringback): ringback.step()"
    assert "/ringback/clock/" in run(pytester, suite, "--full-trace").stdout.str()


def test_an_error_of_the_tests_own_is_shown_with_the_way_to_it(pytester: pytest.Pytester) -> None:
    suite = """
def test_story(ringback):
    ringback.advance_until(lambda: 1 / 0, within=30)

def test_lookup(ringback):
    ringback.advance_until(lambda: {}["absent"], within=30)
"""
    result = run(pytester, suite)
    result.assert_outcomes(failed=2)
    assert result.stdout.str().count("in advance_until\n") >= 2
