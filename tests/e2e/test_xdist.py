"""Under pytest-xdist every worker has a server of its own, and every test the same story."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

SUITE = """
import pytest

@pytest.mark.parametrize("number", range(8))
def test_a_delivery(ringback, number, worker_id):
    ringback.receiver("https://app.example", replies=[503, 200])
    delivery = ringback.submit("Hello", callback="https://app.example/hook")
    ringback.run_until_idle()
    line = [delivery.request_id, ringback.key_id, *delivery.timeline]
    with open(f"{number}.txt", "w") as file:
        print(*line, sep="\\n", file=file)
    with open(f"{worker_id}.url", "w") as file:
        print(ringback.url, file=file)
"""


def test_the_application_is_tested_by_four_workers_at_once() -> None:
    ended = run_pytest("-n", "4", str(HERE / "test_deepgram_sdk.py"), cwd=HERE.parents[1])
    assert ended.returncode == 0, ended.stdout
    assert "4 workers" in ended.stdout


def test_what_a_test_sees_does_not_depend_on_its_worker(tmp_path: Path) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    for folder, workers in ((alone, "0"), (together, "4")):
        folder.mkdir()
        (folder / "test_suite.py").write_text(SUITE)
        ended = run_pytest("-n", workers, cwd=folder)
        assert "8 passed" in ended.stdout, ended.stdout

    for number in range(8):
        assert (together / f"{number}.txt").read_text() == (alone / f"{number}.txt").read_text()
    assert len({file.read_text() for file in together.glob("*.url")}) == 4


def run_pytest(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run pytest as a process of its own, which knows nothing of the run that it is part of."""
    plugins = ["-p", "xdist", "-p", "asyncio", "-p", "ringback", "-p", "no:cacheprovider"]
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *arguments],
        cwd=cwd,
        # Each of the workers would load every plugin that is installed here.
        env=environment | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
