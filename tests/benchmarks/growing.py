"""What is measured as the work grows, each amount in a Python of its own.

    python -m tests.benchmarks.growing deliveries 1000

prints the CPU seconds of so much work, as JSON.
"""

import http.client
import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from ringback import Emulator
from ringback.serving.server import Server
from tests.benchmarks.measuring import CALLBACK, ORIGIN, TEXT, fresh

Costs = Mapping[int, float]
"""CPU seconds by the amount of work."""

AMOUNTS: dict[str, tuple[int, ...]] = {
    "deliveries": (10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000),
    "tests": (1, 3, 10, 30, 100, 300, 1000),
    "services": (1, 2, 5, 10, 20, 50, 100, 200),
}

STEEPEST = 1.3
"""The greatest exponent that is linear growth on a noisy machine: sorting grows by 1.1."""

SUITE = """
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_retries(ringback, number):
    ringback.receiver("https://app.example", replies=[500, 200])
    ringback.submit("Hello", callback="https://app.example/done")
    ringback.run_until_idle()
"""


def deliveries(amount: int) -> float:
    """Submit so many, and have each fail once and arrive."""
    with Emulator() as ringback:
        ringback.receiver(ORIGIN, faults=[503])
        begun = time.process_time()
        for _ in range(amount):
            ringback.submit(TEXT, callback=CALLBACK)
        attempts = ringback.run_until_idle()
        spent = time.process_time() - begun
    assert len(attempts) == 2 * amount
    return spent


def tests(amount: int) -> float:
    """Run a suite of so many tests, each with the fixture, in a pytest of its own."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "pytest.ini").write_text("[pytest]\n")
        (Path(folder) / "test_all.py").write_text(SUITE.format(tests=amount))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "pytest_ringback.plugin", folder],
            cwd=folder,
            env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            check=True,
            capture_output=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def services(amount: int) -> float:
    """Serve so many emulators on one socket, ask each of them once, and deliver to each."""
    begun = time.process_time()
    with ExitStack() as stack:
        server = Server()
        stack.callback(server.stop)
        emulators = [stack.enter_context(Emulator(server=server)) for _ in range(amount)]
        for each in emulators:
            each.receiver(ORIGIN)
            connection = http.client.HTTPConnection("127.0.0.1", server.port)
            headers = {"authorization": f"Token {each.api_key}", "content-type": "text/plain"}
            connection.request("POST", f"/v1/speak?callback={CALLBACK}", TEXT, headers)
            assert connection.getresponse().read()
            connection.close()
        for each in emulators:
            assert len(each.run_until_idle()) == 1
    return time.process_time() - begun


KINDS: dict[str, Callable[[int], float]] = {
    "deliveries": deliveries,
    "tests": tests,
    "services": services,
}


def measured(kind: str, rounds: int = 3) -> dict[int, float]:
    """The least CPU of each amount in so many *rounds*: whatever else a machine does adds to it."""
    costs = dict.fromkeys(AMOUNTS[kind], math.inf)
    for _ in range(rounds):
        for amount in costs:
            spent = fresh(kind, amount, module="tests.benchmarks.growing")
            costs[amount] = min(costs[amount], spent)
    return costs


def exponent(costs: Costs) -> float:
    """By which power of the work its cost grows: 1 is linear.

    What the least amount costs is paid once, and taken off. A line is laid through the greater half
    of the rest, on paper with two logarithmic scales.
    """
    amounts = sorted(costs)
    base = costs[amounts[0]]
    points = [
        (math.log(amount - amounts[0]), math.log(max(costs[amount] - base, 1e-6)))
        for amount in amounts[len(amounts) // 2 :]
    ]
    x = sum(point[0] for point in points) / len(points)
    y = sum(point[1] for point in points) / len(points)
    above = sum((point[0] - x) * (point[1] - y) for point in points)
    return above / sum((point[0] - x) ** 2 for point in points)


if __name__ == "__main__":
    print(json.dumps(KINDS[sys.argv[1]](int(sys.argv[2]))))
