"""A test that hangs fails, wherever it hangs, and the others go on."""

import signal
import threading

import pytest

from tests.time_limit import LIMIT, TimeLimit, limited

pytest_plugins = ["pytester"]

FEW_PLUGINS = ("-pno:cacheprovider", "-pno:xdist", "-pno:pytest_httpserver", "-pno:schemathesis")

OURS = "*no end after 60 real seconds"

HANGS = {
    "on a lock": "threading.Lock().acquire() and lock.acquire()",
    "joining a thread": "threading.Thread(target=gate.wait, daemon=True).run()",
    "for a result": "Future().result()",
    "busily": "while True: pass",
    "on a socket": "with socket.create_server(('127.0.0.1', 0)) as server: server.accept()",
    "on a loop": "asyncio.run(asyncio.Event().wait())",
}
PRELUDE = """
import asyncio, os, signal, socket, threading
from concurrent.futures import Future

import pytest

gate, lock = threading.Event(), threading.Lock()
lock.acquire()

def ring_soon():
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGALRM)).start()
"""
"""`ring_soon` lets the alarm ring without its time, so that a busy machine changes nothing."""


def run(pytester: pytest.Pytester, suite: str) -> pytest.RunResult:
    """Run *suite* under a limit of its own: the alarm of this test says another number."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(PRELUDE + suite)
    return pytester.runpytest_inprocess(*FEW_PLUGINS, plugins=[TimeLimit(60)])


def test_every_test_of_this_suite_is_limited() -> None:
    left, again = signal.getitimer(signal.ITIMER_REAL)
    assert 0 < left <= LIMIT
    assert again


@pytest.mark.parametrize("where", HANGS)
def test_a_test_that_hangs_fails_and_the_next_one_runs(
    pytester: pytest.Pytester, where: str
) -> None:
    result = run(
        pytester, f"def test_hangs():\n    ring_soon()\n    {HANGS[where]}\ndef test_next(): pass\n"
    )
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(OURS)


def test_the_alarm_rings_by_itself() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"no end after 0\.01 real"), limited(0.01):
        threading.Event().wait()


def test_a_test_that_hangs_in_frozen_time_fails(pytester: pytest.Pytester) -> None:
    """It is frozen while the suite is collected, for a freezer must not be interrupted."""
    suite = """
from freezegun import freeze_time

freezer = freeze_time("2026-05-01")
freezer.start()

def test_hangs():
    ring_soon()
    try:
        gate.wait()
    finally:
        freezer.stop()
"""
    result = run(pytester, suite)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(OURS)


def test_a_test_that_swallows_the_first_alarm_fails_by_the_next(
    pytester: pytest.Pytester,
) -> None:
    suite = """
def test_hangs():
    ring_soon()
    try:
        gate.wait()
    except BaseException:
        ring_soon()
        gate.wait()
"""
    result = run(pytester, suite)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(OURS)


@pytest.mark.parametrize("phase", ["setup", "teardown"])
def test_a_fixture_that_hangs_is_an_error(pytester: pytest.Pytester, phase: str) -> None:
    body = {
        "setup": "ring_soon(); gate.wait(); yield",
        "teardown": "yield; ring_soon(); gate.wait()",
    }[phase]
    suite = f"@pytest.fixture\ndef it(): {body}\ndef test_it(it): pass\ndef test_next(): pass\n"
    passed = {"setup": 1, "teardown": 2}[phase]
    result = run(pytester, suite)
    result.assert_outcomes(errors=1, passed=passed)
    result.stdout.fnmatch_lines(OURS)


def test_the_stacks_of_all_threads_are_shown(pytester: pytest.Pytester) -> None:
    suite = """
def test_hangs():
    threading.Thread(target=somewhere, daemon=True).start()
    begun.wait()
    ring_soon()
    gate.wait()

begun = threading.Event()

def somewhere():
    begun.set()
    gate.wait()
"""
    run(pytester, suite).stdout.fnmatch_lines(["*Captured stderr call*", "*in somewhere"])


def test_a_limit_inside_another_leaves_it_as_it_was(pytester: pytest.Pytester) -> None:
    run(pytester, "def test_it(): pass").assert_outcomes(passed=1)
    assert signal.getitimer(signal.ITIMER_REAL)[0] > 1


def test_a_test_that_needs_its_tools_has_longer(pytester: pytest.Pytester) -> None:
    suite = """
import signal
@pytest.mark.needs_tool
def test_it(): assert signal.getitimer(signal.ITIMER_REAL)[0] > 1000
"""
    run(pytester, suite).assert_outcomes(passed=1)
