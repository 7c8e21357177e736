"""Small test suites, as users of the plugin write them, run by a pytest of their own."""

from importlib.metadata import version

import pytest
import trustme  # noqa: F401 - see below; native code, which does not bear to be imported twice

# A suite runs in this process and forgets afterwards what it has imported. What is imported here it
# does not import, so that there is one copy of every class, and no time is lost.
import ringback.faces.emulator
import ringback.faces.playing
import ringback.recording.record
import ringback.serving.server
import ringback.settings.layers  # noqa: F401

HOOK = "https://app.example/hook"

PRELUDE = """\
import asyncio
import http.client
import json

import pytest

from ringback import Settings

APP = "https://app.example"
HOOK = "https://app.example/hook"


def speak(emulator, key=None, callback=HOOK):
    '''Do what an application does over HTTP, and return the status.'''
    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=20)
    headers = {"content-type": "application/json"}
    if key != "":
        headers["authorization"] = "Token " + (key or emulator.api_key)
    try:
        connection.request("POST", "/v1/speak?callback=" + callback, b'{"text": "Hi"}', headers)
        return connection.getresponse().status
    finally:
        connection.close()


"""
"""What stands at the head of every suite."""

OPTIONS = (
    "-pno:cacheprovider",
    "-pno:hypothesispytest",
    "-pno:xdist",
    "-pno:pytest_httpserver",
    "-pno:schemathesis",
)

LEAVES_LOOPS_OPEN = tuple(map(int, version("pytest-asyncio").split(".")[:2])) < (0, 24)
"""Whether pytest-asyncio leaves its loops to the garbage collector, in whichever test that runs."""

INI = f"""\
[pytest]
filterwarnings =
    error
    ignore:Unknown config option. asyncio_default_fixture_loop_scope
    {"ignore::pytest.PytestUnraisableExceptionWarning" if LEAVES_LOOPS_OPEN else ""}
asyncio_default_fixture_loop_scope = function
"""
"""pytest-asyncio warns where the option is left out, and before 0.24 it does not know it."""


def write(pytester: pytest.Pytester, suite: str, ini: str = "", conftest: str = "") -> None:
    """Write *suite* as the one test file; *ini* holds further lines of `pytest.ini`."""
    pytester.makefile(".ini", pytest=INI + ini)
    pytester.makepyfile(test_suite=PRELUDE + suite)
    if conftest:
        pytester.makeconftest(conftest)


def run(
    pytester: pytest.Pytester,
    suite: str,
    *options: str,
    ini: str = "",
    conftest: str = "",
) -> pytest.RunResult:
    """Run *suite* in this process."""
    write(pytester, suite, ini, conftest)
    return pytester.runpytest_inprocess(*OPTIONS, *options)
