"""What the page on containers shows is what is there."""

import shlex
import subprocess

import pytest
import yaml

from tests.e2e.containers.image import LIMIT, Image
from tests.e2e.pages.reading import ROOT

pytestmark = pytest.mark.needs_tool

TEXT = (ROOT / "docs" / "howto" / "containers.md").read_text("utf-8")
BLOCKS = [piece.split("```")[0] for piece in TEXT.split("```text\n")[1:]]


def block(word: str) -> str:
    """The one block that begins with *word*."""
    (found,) = [each for each in BLOCKS if each.startswith(word)]
    return found


def test_what_follows_the_image_in_a_command_is_a_command_of_ours(image: Image) -> None:
    (line,) = [each for each in block("docker").splitlines() if each.startswith("docker run")]
    words = shlex.split(line)
    command = words[words.index("ringback") :]
    done = subprocess.run(
        [*command, "--print-settings"],
        env=image.environ,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    port = image.environ["RINGBACK_PORT"]
    assert words[words.index("--publish") + 1] == f"127.0.0.1:{port}:{port}"


def test_what_it_shows_of_the_compose_example_is_a_part_of_it() -> None:
    whole = yaml.safe_load((ROOT / "examples" / "containers" / "compose.yaml").read_text("utf-8"))
    shown = yaml.safe_load(block("services:"))["services"]
    for name, service in shown.items():
        for key, value in service.items():
            there = whole["services"][name][key]
            assert there == value or value.items() <= there.items()


def test_what_it_gives_the_action_are_its_inputs() -> None:
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    (step,) = yaml.safe_load(block("- uses:"))
    assert set(step["with"]) <= set(inputs)
    assert {key for key, each in inputs.items() if each.get("required")} <= set(step["with"])


def test_what_it_shows_of_the_suite_for_testcontainers_is_a_part_of_it() -> None:
    suite = (ROOT / "examples" / "containers" / "with_testcontainers.py").read_text("utf-8")
    lines = [line.split("#")[0].strip() for line in suite.splitlines()]
    shown = [line.strip() for line in block("container =").splitlines()]
    assert shown == lines[lines.index(shown[0]) :][: len(shown)]
