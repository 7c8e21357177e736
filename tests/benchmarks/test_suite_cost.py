"""Suites of many tests: what our plugin costs them, unused and used, a test.

A test is a fraction of a millisecond, so what is compared is real time, and CPU with it, of whole
pytest runs in processes of their own, by no plugin but the one that is compared.
"""

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.benchmarks.measuring import TEXT, Pairs, Table, alternate

pytestmark = pytest.mark.benchmark

TESTS = int(os.environ.get("SUITE_TESTS", "200"))
"""How many tests each suite has. The documentation tells of `SUITE_TESTS=1000`."""

TRIVIAL = """
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_nothing(number):
    assert number >= 0
"""

POSTING = """
import http.client
import pytest

BODY = b'{{"text":"{text}"}}'

def post(port, key):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {{"content-type": "application/json", "authorization": f"Token {{key}}"}}
    connection.request("POST", "/v1/speak", BODY, headers)
    answer = connection.getresponse()
    assert (answer.status, len(answer.read()) > 19_000) == (200, True)
    connection.close()
"""

OURS = """
@pytest.mark.parametrize("number", range({tests}))
def test_post(number, ringback):
    post(int(ringback.url.rpartition(":")[2]), ringback.api_key)
"""

THEIRS = """
import logging
logging.getLogger("werkzeug").setLevel(logging.ERROR)

AUDIO = bytes(20_000)

@pytest.fixture(scope="session")
def httpserver_listen_address():
    return "127.0.0.1", 0

@pytest.mark.parametrize("number", range({tests}))
def test_post(number, httpserver):
    httpserver.expect_request("/v1/speak", method="POST").respond_with_data(
        AUDIO, content_type="audio/mpeg"
    )
    post(httpserver.port, "anything")
"""


@dataclass(slots=True)
class Suite:
    """A suite that is run again and again, with one plugin of those that are installed, or none."""

    folder: Path
    source: str
    plugin: str | None
    real: list[float] = field(default_factory=list)
    """Real seconds a test, of each run so far."""

    def __post_init__(self) -> None:
        """Write it."""
        self.folder.mkdir()
        (self.folder / "pytest.ini").write_text("[pytest]\n")
        written = self.source.format(tests=TESTS, text=TEXT)
        (self.folder / "test_suite.py").write_text(written)

    def __call__(self) -> float:
        """Seconds of CPU a test."""
        installed = {point.name for point in entry_points(group="pytest11")}
        blocked = [f"-pno:{name}" for name in sorted(installed - {self.plugin})]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *blocked]
        environment = {
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        } | {"PYTHONPYCACHEPREFIX": str(self.folder / "bytecode")}
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        assert f"{TESTS} passed" in done.stdout, done.stdout
        self.real.append((ended - begun) / TESTS)
        return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) / TESTS


def compare(table: Table, what: str, ours: Suite, theirs: Suite, gate: float) -> None:
    """Run both in turn."""
    cpu = alternate(ours, theirs, rounds=5)
    real = Pairs(ours.real[1:], theirs.real[1:])  # the first round is not counted
    table.ratio(f"CPU a test, of {TESTS}: {what}", cpu, "ms", scale=1e3, gate=gate)
    table.ratio(f"real time a test, of {TESTS}: {what}", real, "ms", scale=1e3, gate=2 * gate)


def test_a_suite_that_does_not_use_the_plugin(table: Table, tmp_path: Path) -> None:
    """Beside the same suite with the plugin blocked."""
    ours = Suite(tmp_path / "with", TRIVIAL, "ringback")
    theirs = Suite(tmp_path / "without", TRIVIAL, None)
    compare(table, "nothing, with the plugin / without", ours, theirs, gate=1.25)


def test_a_suite_of_tests_with_one_post_each(table: Table, tmp_path: Path) -> None:
    """Beside pytest-httpserver's fixture, which answers as many bytes, and makes no audio."""
    ours = Suite(tmp_path / "ringback", POSTING + OURS, "ringback")
    theirs = Suite(tmp_path / "httpserver", POSTING + THEIRS, "pytest_httpserver")
    compare(table, "one POST / pytest-httpserver's fixture", ours, theirs, gate=3)
