"""The ini option `ringback_intercept`: the service's own address leads to the fixtures' server."""

import os
import sys

import pytest

from tests.e2e.suites import OPTIONS, run, write

pytest_plugins = ["pytester"]

SUITE = """
import os
import urllib.request

def ask(ringback):
    request = urllib.request.Request(
        "https://api.deepgram.com/v1/speak?callback=" + HOOK,
        data=b'{"text": "Hi"}',
        headers={"Authorization": "Token " + ringback.api_key, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status

def test_it_is_led(ringback, make_ringback):
    for each in (ringback, make_ringback(retries=1)):
        each.receiver(APP)
        assert ask(each) == 200
        each.run_until_idle()
        assert each.deliveries.only().timeline == ["+0s POST 200"]

def test_nothing_is_set_where_there_is_no_emulator():
    assert "NODE_USE_ENV_PROXY" not in os.environ
    assert os.environ["NO_PROXY"] == "internal.example"

def test_it_is_led_again(ringback):
    ringback.receiver(APP)
    assert ask(ringback) == 200
    assert os.environ["NO_PROXY"].startswith("internal.example,127.0.0.1")
    assert speak(ringback) == 200
    ringback.run_until_idle()
"""

INTERCEPTING = "ringback_intercept = true\n"


def test_the_services_own_address_leads_to_each_tests_emulator(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "internal.example")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # the suite's own pytest takes it away
    before = dict(os.environ)
    run(pytester, SUITE, ini=INTERCEPTING).assert_outcomes(passed=3)
    assert dict(os.environ) == before


def test_an_emulator_of_a_wider_scope_is_led_to_as_long_as_it_lives(
    pytester: pytest.Pytester,
) -> None:
    suite = (
        SUITE.partition("def test_it_is_led(")[0]
        + """
@pytest.mark.parametrize("number", [1, 2])
def test_it_is_led(ringback, number):
    ringback.receiver(APP)
    assert ask(ringback) == 200
    ringback.run_until_idle()
"""
    )
    ini = f"{INTERCEPTING}ringback_scope = module\n"
    write(pytester, suite, ini)
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=2)
    assert "NODE_USE_ENV_PROXY" not in os.environ


def test_without_the_extra_the_option_says_what_to_install(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    result = run(pytester, "def test_it(ringback): pass\n", ini=INTERCEPTING)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ringback_intercept: *pip install 'ringback?tls?'*"])


def test_what_is_neither_true_nor_false_is_refused_before_any_test(
    pytester: pytest.Pytester,
) -> None:
    result = run(pytester, "def test_it(): pass\n", ini="ringback_intercept = perhaps\n")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*ringback_intercept is true or false: *"])
