"""One emulator for a class, a module or a session: each test has it as if it were its own."""

import pytest

from tests.e2e.suites import run

pytest_plugins = ["pytester"]

APPLICATION = """
@pytest.fixture(scope="{scope}")
def receiver(ringback):
    return ringback.receiver(APP, replies=[503, 204])

@pytest.fixture
def submitted(ringback, receiver):
    return ringback.submit("Hello", callback=HOOK)
"""

SAME = """
keys, ids = set(), []

class TestOne:
    @pytest.mark.parametrize("turn", range(2))
    def test_story(self, ringback, submitted, receiver, turn):
        assert (ringback.clock.elapsed, list(receiver.requests)) == (0, [])
        ringback.run_until_idle()
        submitted.assert_timeline(["+0s POST 503", "+30s POST 204"])
        receiver.assert_received(times=2)
        keys.add((ringback.url, ringback.api_key, ringback.key_id))
        ids.append(submitted.request_id)

class TestTwo(TestOne):
    pass

def test_how_many_there_were():
    assert len(keys) == {keys}
    assert len(ids) == 4 == len(set(ids)) or {keys} > 1
"""


@pytest.mark.parametrize(("scope", "keys"), [("class", 2), ("module", 1), ("session", 1)])
def test_an_emulator_of_a_wide_scope_begins_again_for_each_test(
    pytester: pytest.Pytester, scope: str, keys: int
) -> None:
    suite = APPLICATION.format(scope=scope) + SAME.replace("{keys}", str(keys))
    run(pytester, suite, ini=f"ringback_scope = {scope}\n").assert_outcomes(passed=5)


def test_each_test_is_held_to_what_it_leaves_behind_itself(pytester: pytest.Pytester) -> None:
    suite = """
def test_leaves(ringback, submitted):
    ringback.settle()

def test_does_not(ringback, submitted):
    ringback.run_until_idle()

@pytest.mark.ringback(allow_pending=True, allow_unused_replies=True)
def test_may(ringback, submitted):
    ringback.settle()

def test_uses_nothing(ringback):
    pass

def test_has_none():
    pass
"""
    result = run(pytester, APPLICATION.format(scope="module") + suite, ini="ringback_scope=module")
    result.assert_outcomes(passed=5, errors=1)
    result.stdout.fnmatch_lines(["*the test left 2 things behind (pending, replies):"])


def test_a_report_shows_the_timeline_of_its_own_test(pytester: pytest.Pytester) -> None:
    suite = """
def test_passes(ringback, submitted):
    ringback.run_until_idle()

def test_fails(ringback):
    ringback.receiver("https://two.example", replies=[201])
    ringback.submit("Second", callback="https://two.example/done")
    ringback.run_until_idle()
    assert False

def test_leaves(ringback):
    ringback.receiver("https://three.example", replies=[202])
    ringback.submit("Third", callback="https://three.example/done")
"""
    result = run(
        pytester, APPLICATION.format(scope="session") + suite, ini="ringback_scope=session"
    )
    result.assert_outcomes(passed=2, failed=1, errors=1)
    errors, failures = result.stdout.str().split("= FAILURES =")
    assert [name for name in ("app", "two", "three") if f"{name}.example/" in errors] == ["three"]
    assert [name for name in ("app", "two", "three") if f"{name}.example/" in failures] == ["two"]


def test_what_an_application_raised_ends_its_own_test(pytester: pytest.Pytester) -> None:
    suite = """
@pytest.fixture(scope="module", autouse=True)
def application(ringback):
    async def app(scope, receive, send):
        raise LookupError("no mailbox")
    ringback.connect(APP, app)

def test_breaks(ringback):
    ringback.submit("Hello", callback=HOOK)
    ringback.advance_to_next()
    ringback.cancel(ringback.deliveries.only(), "seen enough")

def test_does_not(ringback):
    assert not ringback.crashes
"""
    result = run(pytester, suite, ini="ringback_scope=module")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*LookupError: no mailbox"])


def test_the_awaited_one_is_shared_from_loop_to_loop(pytester: pytest.Pytester) -> None:
    suite = """
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})

@pytest.fixture(scope="module", autouse=True)
def application(async_ringback):
    async_ringback.connect(APP, app)

keys = set()

@pytest.mark.asyncio
@pytest.mark.parametrize("turn", range(2))
async def test_story(async_ringback, turn):
    delivery = async_ringback.submit("Hello", callback=HOOK)
    await async_ringback.run_until_idle()
    delivery.assert_timeline(["+0s POST 204"])
    keys.add(async_ringback.api_key)
    assert len(keys) == 1
"""
    run(pytester, suite, ini="ringback_scope=module").assert_outcomes(passed=2)


def test_marks_hold_for_one_test_as_ever_but_for_settings(pytester: pytest.Pytester) -> None:
    suite = """
pytestmark = pytest.mark.ringback(retries=1)

@pytest.mark.ringback(faults=["timeout"])
def test_faults(ringback, submitted):
    assert ringback.settings.retries == 1
    ringback.run_until_idle()
    assert submitted.statuses == ["timeout", 503]

@pytest.mark.ringback(allow_unused_replies=True)
def test_no_faults(ringback, submitted):
    ringback.run_until_idle()
    assert submitted.statuses == [503, 204]

@pytest.mark.ringback(retries=3)
def test_settings(ringback):
    pass
"""
    suite = suite.replace('faults=["timeout"])', 'faults=["timeout"], allow_unused_replies=True)')
    result = run(pytester, APPLICATION.format(scope="module") + suite, ini="ringback_scope=module")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*(retries=3) cannot change the settings of ringback, which all tests of a module share"
            " (ini option ringback_scope): mark the module, or take make_ringback(retries=3) for"
            " this test*"
        ]
    )


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="pytest has subtests from 9 on")
def test_subtests_are_parts_of_their_test(pytester: pytest.Pytester) -> None:
    suite = """
@pytest.mark.ringback(allow_unused_replies=True)
def test_passes(ringback, subtests):
    ringback.receiver(APP, replies=[503, 204])
    with subtests.test("first"):
        ringback.submit("Hello", callback=HOOK)
    with subtests.test("second"):
        assert len(ringback.deliveries) == 1
        ringback.run_until_idle()

def test_leaves(ringback, subtests):
    ringback.receiver(APP)
    with subtests.test("first"):
        ringback.submit("Hello", callback=HOOK)
"""
    for ini in ("ringback_scope = function\n", "ringback_scope = module\n"):
        result = run(pytester, suite, ini=ini)
        result.stdout.fnmatch_lines(["*the test left something behind: *is still pending*"])
        assert result.parseoutcomes()["errors" if "errors" in result.parseoutcomes() else "error"]
        assert "failed" not in result.parseoutcomes()


def test_the_key_that_is_fixed_is_the_shared_ones(pytester: pytest.Pytester) -> None:
    suite = """
def test_story(make_ringback, ringback):
    assert ringback.api_key == "0123abc"
    assert make_ringback().api_key != "0123abc"

def test_again(ringback, make_ringback):
    assert ringback.api_key == "0123abc"
    assert make_ringback().api_key != "0123abc"
"""
    ini = "ringback_scope=session\nringback_api_key=0123abc\n"
    run(pytester, suite, ini=ini).assert_outcomes(passed=2)


def test_another_word_than_a_scope_is_refused(pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_story(ringback): pass", ini="ringback_scope = modul\n")
    result.stderr.fnmatch_lines(
        ["*ringback_scope is function, class, module, package, session, not 'modul'"]
    )
