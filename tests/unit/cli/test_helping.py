"""What `--help` says of all commands alike, and what a terminal is shown."""

import os
import pty
import subprocess
import sys
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from ringback.cli.helping import CODES, ENDS
from ringback.cli.main import MODULES, main

STORY = "scenarios/silence-times-out.ringback.yaml"


def said(*arguments: str, **variables: str) -> str:
    """What the command line answers to someone whose terminal shows colours."""
    result = CliRunner(env=variables).invoke(main, arguments, color=True)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("name", MODULES)
def test_the_help_of_every_command_says_its_exit_codes(name: str) -> None:
    shown = said(name, "--help").partition("Exit codes:\n")[2].splitlines()
    assert [int(line.split()[0]) for line in shown] == list(ENDS.get(name, CODES))


@pytest.mark.parametrize("name", MODULES)
def test_the_help_says_which_options_may_be_repeated(name: str) -> None:
    shown = " ".join(said(name, "--help").split())
    options = [each for each in main.all_commands()[name].params if isinstance(each, click.Option)]
    assert shown.count("May be given more than once.") == sum(each.multiple for each in options)


def test_every_command_is_listed_and_imported_when_it_is_asked_for() -> None:
    program = (
        "import sys; from ringback.cli.main import MODULES, main\n"
        "def known():\n"
        "    return sum(f'ringback.cli.{each}' in sys.modules for each in MODULES.values())\n"
        "print(known(), list(main.all_commands()) == sorted(MODULES), known() == len(MODULES))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "0 True True\n"


@pytest.mark.skipif(
    not hasattr(click.exceptions, "NoSuchCommand"), reason="click suggests none before 8.4"
)
def test_a_misspelt_command_is_told_which_one_was_meant() -> None:
    program = "from ringback.cli.main import main; main(['veryfi'])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 2
    assert "No such command 'veryfi'. Did you mean 'verify'?" in run.stderr


def test_the_commands_are_listed_with_their_whole_purpose() -> None:
    shown = " ".join(said("--help").split())
    assert "..." not in shown.partition("Commands:")[2]
    assert "schema Print the schema of scenario files, for editors, or of the endpoint" in shown


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_the_version_is_asked_for_by_one_letter_too(option: str) -> None:
    assert said(option).endswith(f", version {version('ringback')}\n")


@pytest.mark.parametrize("columns", [50, 72, 100, 160])
def test_the_rules_flow_as_wide_as_the_terminal(columns: int) -> None:
    lines = click.unstyle(said("rules", COLUMNS=str(columns))).splitlines()
    assert columns - 10 < max(map(len, lines)) <= columns


def test_without_colour_there_is_no_bold() -> None:
    assert "\x1b[1m" in said("rules")
    assert "\x1b[1m" in said("rules", NO_COLOR="")  # empty, it says nothing
    assert "\x1b" not in said("rules", NO_COLOR="1")


@pytest.mark.parametrize("plain", [True, False])
def test_without_colour_there_is_no_bar_either(plain: bool) -> None:
    theirs, ours = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "ringback", "play", STORY],
        stdout=ours,
        stderr=ours,
        env={**os.environ, "TERM": "xterm", "NO_COLOR": "1" if plain else ""},
        timeout=60,
        check=True,
    )
    os.close(ours)
    shown = b""
    try:
        while piece := os.read(theirs, 65_536):
            shown += piece
    except OSError:  # Linux: nobody writes any more
        pass
    os.close(theirs)
    assert b"passed" in shown
    assert (b"\x1b" not in shown) is plain
    assert (b"playing" not in shown) is plain
