"""What the fixtures look for when a test has ended, and when they stay silent."""

import pytest

from pytest_ringback.marking import LENIENCIES
from ringback.service.leftovers import KINDS
from tests.e2e.suites import OPTIONS, run, write

pytest_plugins = ["pytester"]

LEAVE = """
def leave_pending(emulator):
    emulator.submit("Hello", callback=HOOK)

def leave_replies(emulator):
    emulator.receiver(APP, replies=[503, 503, 204])

def leave_faults(emulator):
    emulator.connect(APP, emulator.receiver("https://two.example"), faults=[None, 503, "reset"])

def leave_unrouted(emulator):
    deliver(emulator, "https://ap.example/hook")

def leave_crashes(emulator):
    async def app(scope, receive, send):
        assert scope["path"] == "/there"

    emulator.connect(APP, app)
    deliver(emulator, HOOK)

def leave_wrong_paths(emulator):
    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=20)
    connection.request("GET", "/v1/speak", headers={"authorization": "Token " + emulator.api_key})
    assert connection.getresponse().status == 405
    connection.close()

def deliver(emulator, callback):
    emulator.submit("Hello", callback=callback)
    if hasattr(emulator, "__enter__"):
        emulator.run_until_idle()
    else:
        asyncio.run(_deliver(emulator))

async def _deliver(emulator):
    await emulator.run_until_idle()

def leave_errors(emulator):
    emulator.fail_requests(None, when=lambda request: request.nonsense)
    assert speak(emulator) == 500

def leave_unknown_keys(emulator):
    assert speak(emulator, key="nobody's") == 401
"""
SENTENCES = {
    "pending": "<Delivery * to https://app.example/hook: scheduled, due at +0s [[]no attempt yet]>"
    " is still pending: run_until_idle() delivers it, cancel() gives it up",
    "replies": "<Receiver https://app.example [[]0 requests, 3 unused]>: 3 of its scripted replies"
    " were never used. Leave them out, or let deliveries come as far",
    "faults": "https://app.example: no attempt reached entries 2 to 3 of faults=[[]…]. Entry i is"
    " for attempt i of each delivery: leave out what is not needed, or let a delivery come as far",
    "unrouted": "11 attempts to https://ap.example led nowhere: ap.example is not this machine, so"
    " it was not looked up; add it to Settings.allow_hosts, or say with connect() where"
    " https://ap.example leads. Nothing is connected",
    "errors": "AttributeError: 'SpeakRequest' object has no attribute 'nonsense' This is from a"
    " predicate (when=…): request * was answered with 500.",
    "unknown_keys": "POST /v1/speak at +0s was refused for its key (request *). The application"
    " must use ringback.api_key",
    "wrong_paths": "GET /v1/speak at +0s was answered 405 (request *): Did you mean"
    " POST /v1/speak?",
}
KEYWORDS = {
    "pending": "allow_pending",
    "replies": "allow_unused_replies",
    "faults": "allow_unused_faults",
    "unrouted": "allow_unrouted",
    "wrong_paths": "allow_wrong_paths",
    "crashes": "allow_crashes",
    "errors": "allow_errors",
    "unknown_keys": "allow_unknown_keys",
}


@pytest.mark.parametrize("face", ["ringback", "async_ringback"])
@pytest.mark.parametrize("kind", SENTENCES)
def test_what_is_left_behind_fails_the_test_with_what_to_do(
    pytester: pytest.Pytester, face: str, kind: str
) -> None:
    result = run(pytester, f"{LEAVE}\ndef test_story({face}): leave_{kind}({face})")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "_* ERROR at teardown of test_story _*",
            f"the test left something behind: {SENTENCES[kind]}",
            f"@pytest.mark.ringback({KEYWORDS[kind]}=True) allows it, and strict=False anything.",
            "-* ringback timeline -*",
        ],
        consecutive=True,
    )


def test_a_finer_word_relaxes_its_own_check_alone(pytester: pytest.Pytester) -> None:
    suite = "".join(
        f"""
@pytest.mark.ringback({keyword}=True)
def test_{kind}_under_{keyword}(ringback):
    leave_{kind}(ringback)
"""
        for kind in KEYWORDS
        for keyword in KEYWORDS.values()
    )
    result = run(pytester, LEAVE + suite, "-rE")
    kinds = len(KEYWORDS)
    result.assert_outcomes(passed=kinds * kinds, errors=kinds * kinds - kinds)
    for kind, own in KEYWORDS.items():
        assert f"ERROR test_suite.py::test_{kind}_under_{own} " not in result.stdout.str()


def test_a_test_that_is_not_strict_may_leave_anything(pytester: pytest.Pytester) -> None:
    suite = """
@pytest.mark.ringback(strict=False)
def test_story(ringback):
    leave_pending(ringback)
    leave_replies(ringback)
    leave_errors(ringback)
    leave_unknown_keys(ringback)
"""
    run(pytester, LEAVE + suite).assert_outcomes(passed=1)


def test_a_clean_test_passes(pytester: pytest.Pytester) -> None:
    suite = """
def test_settled(ringback):
    ringback.receiver(APP, replies=[503, 204])
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()

def test_cancelled(ringback):
    ringback.cancel(ringback.submit("Hello", callback=HOOK), "seen enough")

def test_a_reply_that_stands_alone_need_not_be_used(ringback):
    ringback.receiver(APP, replies=[200])

def test_a_refusal_for_another_reason(ringback):
    assert speak(ringback, callback="https://app.example:99/hook") == 400

def test_of_two_emulators_only_one_is_used(ringback, async_ringback):
    ringback.receiver(APP)
    assert speak(ringback) == 200
    ringback.run_until_idle()
"""
    run(pytester, suite).assert_outcomes(passed=5)


@pytest.mark.parametrize("fixtures", ["ringback", "ringback, async_ringback"])
@pytest.mark.parametrize("key", ["someone else's", ""])
def test_a_stranger_fails_the_test_that_it_came_in(
    pytester: pytest.Pytester, fixtures: str, key: str
) -> None:
    suite = f"""
def test_before(ringback):
    pass

def test_stranger({fixtures}):
    assert speak(ringback, key="{key}") == 401

def test_after({fixtures}):
    pass
"""
    result = run(pytester, suite, "-rE")
    result.assert_outcomes(passed=3, errors=1)
    summary = "ERROR test_suite.py::test_stranger - Failed: the test left something behind: *"
    result.stdout.fnmatch_lines([summary])
    result.stdout.fnmatch_lines(
        ["*: POST /v1/speak at +0s *key*. The application must use ringback.api_key"]
    )


def test_all_emulators_of_a_test_are_looked_at_and_told_of_once(pytester: pytest.Pytester) -> None:
    suite = """
def test_story(ringback, make_ringback):
    make_ringback()
    for emulator in (ringback, make_ringback(), make_ringback()):
        leave_pending(emulator)
    leave_unknown_keys(ringback)
"""
    result = run(pytester, LEAVE + suite)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "_* ERROR at teardown of test_story _*",
            "the test left 4 things behind (pending, unknown_keys):",
            "- make_ringback() 2: <Delivery * is still pending: *",
            "- make_ringback() 3: <Delivery * is still pending: *",
            "- ringback: <Delivery * is still pending: *",
            "- POST /v1/speak at +0s came with a key that belongs to no emulator of this test. The"
            " application must use ringback.api_key",
            "@pytest.mark.ringback(allow_pending=True, allow_unknown_keys=True) allows it, and"
            " strict=False anything.",
            "-* ringback timeline -*",
        ],
        consecutive=True,
    )


def test_many_leftovers_are_counted(pytester: pytest.Pytester) -> None:
    suite = """
def test_story(ringback):
    for _ in range(25):
        leave_pending(ringback)
"""
    result = run(pytester, LEAVE + suite)
    result.stdout.fnmatch_lines(["the test left 25 things behind (pending):", "- and 15 more"])
    assert result.stdout.str().count("is still pending") == 10


def test_the_fixtures_of_the_test_may_still_tidy_up(pytester: pytest.Pytester) -> None:
    suite = """
@pytest.fixture
def app(ringback):
    ringback.receiver(APP)
    yield
    ringback.run_until_idle()

def test_story(ringback, app, make_ringback):
    leave_pending(ringback)
"""
    run(pytester, LEAVE + suite).assert_outcomes(passed=1)


# -- what an application raised --------------------------------------------------------------------


@pytest.mark.parametrize("face", ["ringback", "async_ringback"])
def test_a_test_ends_with_what_its_application_raised_shown_once(
    pytester: pytest.Pytester, face: str
) -> None:
    result = run(pytester, f"{LEAVE}\ndef test_story({face}): leave_crashes({face})", "-rE")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "_* ERROR at teardown of test_story _*",
            "    async def app(scope, receive, send):",
            '>       assert scope["path"] == "/there"',
            "E       *AssertionError: assert '/hook' == '/there'",
            "E       the test left something behind: https://app.example: the app raised"
            " AssertionError: assert '/hook' == '/there' (test_suite.py:*, in app), and the same 10"
            " times more. *",
            "E       @pytest.mark.ringback(allow_crashes=True) allows it, *",
            "test_suite.py:*: AssertionError",
            "-* ringback timeline -*",
            "ERROR test_suite.py::test_story - AssertionError: assert '/hook' == '/there'",
        ],
    )
    shown = result.stdout.str()
    assert shown.count('assert scope["path"]') == 1
    assert "Captured log" not in shown
    assert "watching.py" not in shown


APPLICATIONS = {
    "fastapi": """
import fastapi
app = fastapi.FastAPI()
@app.post("/hook")
async def hook(request: fastapi.Request):
    assert not await request.body()
""",
    "flask": """
import flask
app = flask.Flask("app")
@app.post("/hook")
def hook():
    assert flask.request.method == "PUT"
""",
    "flask, which raises under test": """
import flask
app = flask.Flask("app")
app.testing = True
@app.post("/hook")
def hook():
    assert flask.request.method == "PUT"
""",
}


@pytest.mark.parametrize("application", APPLICATIONS.values(), ids=APPLICATIONS)
def test_what_a_framework_catches_fails_the_test_too_and_briefly(
    pytester: pytest.Pytester, application: str
) -> None:
    suite = f"""{application}
def test_story(ringback):
    ringback.connect(APP, app)
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
"""
    result = run(pytester, suite)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            ">       assert *",
            "E  *AssertionError*",
            "E *: the app raised AssertionError*10 times more*",
        ]
    )
    assert len(result.outlines) < 70


@pytest.mark.parametrize(
    ("raising", "said"),
    [
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("pytest.fail('not so')", "Failed: not so"),
        ("pytest.skip('not so')", "Skipped: not so"),
        ("pytest.exit('not so')", "Exit: not so"),
    ],
)
def test_what_would_end_or_skip_a_test_ends_none_when_an_application_raises_it(
    pytester: pytest.Pytester, raising: str, said: str
) -> None:
    suite = f"""
def test_story(ringback):
    async def app(scope, receive, send):
        {raising}
    ringback.connect(APP, app)
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()

def test_after(ringback):
    pass
"""
    result = run(pytester, suite)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [f"*: https://app.example: the app raised {said} (test_suite.py:*, in app), *", f"*{said}"]
    )


def test_a_verb_of_the_clock_inside_an_application_fails_its_test(
    pytester: pytest.Pytester,
) -> None:
    suite = """
def test_story(ringback):
    async def app(scope, receive, send):
        ringback.advance(3)
    ringback.connect(APP, app)
    ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    ringback.cancel(ringback.deliveries.only(), "seen enough")
"""
    result = run(pytester, suite)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [">       ringback.advance(3)", "E  *ClockBusy: advance() was called*"]
    )


def test_the_other_things_that_are_left_behind_are_told_of_beside_a_crash(
    pytester: pytest.Pytester,
) -> None:
    suite = """
def test_story(ringback):
    leave_crashes(ringback)
    leave_pending(ringback)
"""
    result = run(pytester, LEAVE + suite)
    result.stdout.fnmatch_lines(
        [
            "E  *AssertionError: assert '/hook' == '/there'",
            "E       the test left 2 things behind (pending, crashes):",
            "E       - <Delivery * is still pending*",
            "E       - https://app.example: the app raised AssertionError*",
        ]
    )


def test_a_crash_under_a_body_that_failed_is_in_its_log_once(pytester: pytest.Pytester) -> None:
    suite = "def test_story(ringback): leave_crashes(ringback); assert False"
    result = run(pytester, LEAVE + suite)
    result.assert_outcomes(failed=1)
    assert result.stdout.str().count("https://app.example/hook: the receiver failed") == 1
    assert "left something behind" not in result.stdout.str()


SILENT = {
    "a failure": ("def test_story(ringback): leave_pending(ringback); assert False", "failed"),
    "a skip": ("def test_story(ringback): leave_pending(ringback); pytest.skip()", "skipped"),
    "an expected failure": (
        "@pytest.mark.xfail\ndef test_story(ringback): leave_pending(ringback); assert False",
        "xfailed",
    ),
    "another fixture": (
        "@pytest.fixture\ndef app(ringback): leave_pending(ringback); assert False\n"
        "def test_story(app): pass",
        "errors",
    ),
    "a failing coroutine": (
        "@pytest.mark.asyncio\nasync def test_story(async_ringback):\n"
        "    leave_pending(async_ringback); assert False",
        "failed",
    ),
    "a failing unittest": (
        "import unittest\nclass Test(unittest.TestCase):\n"
        "    @pytest.fixture(autouse=True)\n    def _begin(self, ringback): self.it = ringback\n"
        "    def test_story(self): leave_pending(self.it); self.fail()",
        "failed",
    ),
}


@pytest.mark.parametrize(("suite", "outcome"), SILENT.values(), ids=SILENT)
def test_a_body_that_did_not_pass_is_told_of_alone(
    pytester: pytest.Pytester, suite: str, outcome: str
) -> None:
    result = run(pytester, LEAVE + suite)
    result.assert_outcomes(**{outcome: 1})
    assert "left something behind" not in result.stdout.str()


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="pytest has subtests from 9 on")
def test_a_failing_subtest_is_told_of_alone(pytester: pytest.Pytester) -> None:
    suite = """
def test_story(ringback, subtests):
    leave_pending(ringback)
    with subtests.test("one"):
        assert False
    with subtests.test("two"):
        pass
"""
    result = run(pytester, LEAVE + suite)
    assert result.parseoutcomes()["failed"] == 2  # the subtest, and the test that contains it
    assert "left something behind" not in result.stdout.str()
    assert "ringback timeline" in result.stdout.str()


def test_an_interrupt_is_told_of_alone(pytester: pytest.Pytester) -> None:
    suite = """
def test_story(ringback):
    leave_pending(ringback)
    raise KeyboardInterrupt
"""
    write(pytester, LEAVE + suite)
    result = pytester.runpytest_inprocess(*OPTIONS, no_reraise_ctrlc=True)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "left something behind" not in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize("clock", ["paused", "real", "x100"], ids=lambda mode: f"in {mode} time")
def test_a_loop_that_is_closed_already_does_no_harm(pytester: pytest.Pytester, clock: str) -> None:
    suite = f"""
@pytest.mark.ringback(clock={clock!r}, allow_pending=True)
def test_story(async_ringback):
    async def story():
        async_ringback.receiver(APP, replies=[503])
        async_ringback.submit("Hello", callback=HOOK)
        await async_ringback.settle()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(story())
    loop.close()

@pytest.mark.ringback(clock={clock!r}, allow_pending=True)
def test_in_flight(async_ringback):
    async def never(scope, receive, send):
        await asyncio.Event().wait()

    async def story():
        async_ringback.connect(APP, never)
        async_ringback.submit("Hello", callback=HOOK)
        walk = asyncio.ensure_future(async_ringback.settle())
        while not async_ringback.journal or async_ringback.journal[-1].name != "attempt.started":
            await asyncio.sleep(0)
        walk.cancel()

    asyncio.run(story())
"""
    run(pytester, suite).assert_outcomes(passed=2)


@pytest.mark.parametrize("fixture", ["ringback", "async_ringback", "make_ringback"])
def test_a_fixture_of_wider_scope_is_told_what_to_ask_for(
    pytester: pytest.Pytester, fixture: str
) -> None:
    suite = f"""
@pytest.fixture(scope="module")
def app({fixture}): pass

def test_story(app): pass
"""
    result = run(pytester, suite)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["ScopeMismatch: *", f"{fixture} begins anew for each test: ask for it in a fixture of *"]
    )


def test_every_kind_has_a_word_that_allows_it() -> None:
    assert LENIENCIES.keys() == KINDS.keys()
    assert KEYWORDS.items() <= LENIENCIES.items()
