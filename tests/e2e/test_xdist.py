"""Under pytest-xdist every worker has a server of its own, and every test the same story."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.budgets import DEEP, budget

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent

WORKERS = budget(2, 4)

SUITE = """
import pytest

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})

@pytest.mark.parametrize("number", range(8))
def test_a_delivery(ringback, number, worker_id):
    ringback.connect("https://app.example", app, faults=[503])
    delivery = ringback.submit("Hello", callback="https://app.example/hook")
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 503", "+30s POST 204"]
    line = [delivery.request_id, ringback.key_id, *delivery.timeline]
    with open(f"{number}.txt", "w") as file:
        print(*line, sep="\\n", file=file)
    with open(f"{worker_id}.url", "w") as file:
        print(ringback.url, file=file)
"""


@dataclass(frozen=True)
class Ran:
    """What a run of the suite said, and the folder that it left its notes in."""

    said: str
    folder: Path


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The suite, run by several workers."""
    return run_suite(tmp_path_factory.mktemp("together"), workers=WORKERS)


def test_the_application_is_tested_by_several_workers_at_once(together: Ran) -> None:
    assert f"{WORKERS} workers" in together.said
    assert "8 passed" in together.said
    if DEEP:  # the vendor's SDK takes each worker seconds to import
        said = run_pytest("-n", "4", str(HERE / "test_deepgram_sdk.py"), cwd=HERE.parents[1])
        assert "4 workers" in said


def test_what_a_test_sees_does_not_depend_on_its_worker(together: Ran, tmp_path: Path) -> None:
    alone = run_suite(tmp_path, workers=0)
    assert "8 passed" in alone.said
    for number in range(8):
        name = f"{number}.txt"
        assert (together.folder / name).read_text() == (alone.folder / name).read_text()
    assert len({file.read_text() for file in together.folder.glob("*.url")}) == WORKERS


def test_eight_workers_pass_two_hundred_tests(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE.replace("range(8)", "range(200)"))
    said = run_pytest("-n", "8", cwd=tmp_path)
    assert "8 workers" in said
    assert "200 passed" in said
    notes = [(tmp_path / f"{number}.txt").read_text() for number in range(200)]
    assert len(set(notes)) == 200, "each has ids and a key of its own"


def run_suite(folder: Path, workers: int) -> Ran:
    """Run the suite in *folder*."""
    (folder / "test_suite.py").write_text(SUITE)
    return Ran(run_pytest("-n", f"{workers}", cwd=folder), folder)


def run_pytest(*arguments: str, cwd: Path) -> str:
    """What pytest says in a process of its own, which knows nothing of the run it is part of."""
    plugins = ["-p", "xdist", "-p", "asyncio", "-p", "ringback", "-p", "no:cacheprovider"]
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *arguments],
        cwd=cwd,
        # Each of the workers would load every plugin that is installed here.
        env=environment | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout
