"""The GitHub Action: its steps, one after the other, as a runner would take them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.containers.image import LIMIT
from tests.e2e.pages.reading import ROOT

pytestmark = pytest.mark.needs_tool

BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
"""What `shell: bash` means."""


class Runner:
    """Takes the steps of the action; what other actions do, it has done."""

    def __init__(self, folder: Path) -> None:
        self.action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
        self.folder = folder
        self._source = folder / "source"
        self._source.mkdir()
        for name in ("emulator", "pytest_plugin"):
            shutil.copytree(ROOT / name, self._source / name)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, self._source)

    def run(self, name: str, **given: str) -> "subprocess.CompletedProcess[str]":
        """Take one step with the inputs that are *given*, under `_` for `-`."""
        (step,) = [each for each in self.action["runs"]["steps"] if each.get("name") == name]
        assert step["shell"] == "bash"
        inputs = {key: each.get("default") for key, each in self.action["inputs"].items()}
        inputs |= {key.replace("_", "-"): value for key, value in given.items()}
        known = {f"inputs.{key}": value for key, value in inputs.items()}
        known["steps.python.outputs.python-path"] = sys.executable

        def filled(text: str) -> str:
            return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda found: known[found[1]], text)

        assert "${{" not in step["run"], "an expression in a script is a hole; hand it over in env"
        return subprocess.run(
            [*BASH, step["run"]],
            env={
                **os.environ,
                "PIP_DISABLE_PIP_VERSION_CHECK": "1",
                "RUNNER_TEMP": str(self.folder),
                "GITHUB_ACTION_PATH": str(self._source),
                **{key: filled(value) for key, value in step["env"].items()},
            },
            cwd=self.folder / filled(step.get("working-directory", ".")),
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A runner on which the first steps have been taken."""
    runner = Runner(tmp_path_factory.mktemp("runner"))
    done = runner.run("Install Ringback")
    assert done.returncode == 0, done.stderr
    return runner


def stepped(runner: Runner, script: str, **given: str) -> tuple[int, str]:
    done = runner.run("Run the tests beside it", run=script, **given)
    return done.returncode, done.stdout


def test_a_script_runs_beside_a_server_and_its_end_is_the_step_s(runner: Runner) -> None:
    ask = 'curl -sf "$RINGBACK_URL/_ringback/ready" >answer && test -s answer\nexit 7\n'
    assert stepped(runner, ask) == (7, "")
    assert stepped(runner, "false | true\necho not reached\n") == (1, "")


def test_options_are_those_of_exec(runner: Runner) -> None:
    script = 'echo "${BASE%:*} $PWD"'
    place = runner.folder / "here"
    place.mkdir()
    options = "--tenants --env BASE=url"
    assert stepped(runner, script, options=options, working_directory="here") == (
        0,
        f"http://127.0.0.1 {place}\n",
    )


def test_what_is_left_behind_fails_the_step(runner: Runner) -> None:
    ask = (
        'curl -sf -H "Authorization: Token $RINGBACK_API_KEY" -H "Content-Type: text/plain"'
        ' -d Hello "$RINGBACK_URL/v1/speak?callback=https://app.example/done" >answer'
    )
    done = runner.run("Run the tests beside it", run=ask)
    assert done.returncode == 1
    assert "1 thing was left behind" in done.stderr


def test_the_python_of_the_tests_stays_what_it_is(runner: Runner) -> None:
    (setup,) = [step for step in runner.action["runs"]["steps"] if "uses" in step]
    assert setup["uses"].startswith("actions/setup-python@v")
    assert setup["with"]["update-environment"] is False
    assert runner.action["runs"]["using"] == "composite"
