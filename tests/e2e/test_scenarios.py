"""Every shipped scenario, played both ways; and the command line that plays them."""

import contextlib
import io
import json
import os
import pty
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ringback.cli.main import main
from ringback.core.openapi.document import document
from ringback.core.rules import RULES
from ringback.faces.playing import play_scenario
from ringback.scenario.reading import read_scenarios
from ringback.scenario.staging import Over
from ringback.scenario.story.story import Story

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHIPPED = sorted(SCENARIOS.glob("*.ringback.yaml"))

GOOD = (SCENARIOS / "late-acceptance.ringback.yaml").read_text(encoding="utf-8")
WRONG = GOOD.replace("+30s", "+31s")


def in_a_process(
    *arguments: str | Path, cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a process of its own."""
    command = [sys.executable, "-m", "ringback", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@dataclass(frozen=True)
class Ended:
    """How the command line ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def ringback(*arguments: str | Path, cwd: Path | None = None) -> Ended:
    """Run the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd or "."),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main([*map(str, arguments)], prog_name="ringback")
    return Ended(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def write(directory: Path, name: str, text: str) -> Path:
    """A scenario file in *directory*."""
    path = directory / f"{name}.ringback.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("over", ["process", "sockets"])
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name.partition(".")[0])
def test_every_shipped_scenario_comes_out_as_expected(path: Path, over: Over) -> None:
    for file in read_scenarios(path):
        assert play_scenario(file, over=over).failures == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name.partition(".")[0])
def test_every_shipped_scenario_says_why_and_expects_strictly(path: Path) -> None:
    scenario = read_scenarios(path)[0].scenario
    assert scenario.why
    if isinstance(scenario, Story):
        assert scenario.allow == ()
        return
    assert scenario.expect.attempts is not None
    assert scenario.expect.refused or scenario.expect.state is not None


def test_there_is_a_scenario_for_each_sentence_of_the_page() -> None:
    assert len(SHIPPED) >= 15
    assert len({read_scenarios(path)[0].scenario.name for path in SHIPPED}) == len(SHIPPED)


def test_play_exits_with_0_when_all_is_as_expected(tmp_path: Path) -> None:
    write(tmp_path, "good", GOOD)
    run = in_a_process("play", "good.ringback.yaml", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == [
        "passed  good.ringback.yaml: A receiver that accepts on the third try",
        "        +0s PUT 503, +30s PUT timeout, +70s PUT 204, = delivered",
        "",
        "1 passed",
    ]


def test_play_exits_with_1_when_an_expectation_fails(tmp_path: Path) -> None:
    write(tmp_path, "wrong", WRONG)
    run = ringback("play", "wrong.ringback.yaml", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (1, "")
    assert run.stdout.splitlines()[3:] == [
        "wrong.ringback.yaml:13: attempt 2, at: expected +31s, got +30s",
        "what happened:",
        "  +0s PUT 503",
        "  +30s PUT timeout",
        "  +70s PUT 204",
        "  = delivered",
        "",
        "0 passed, 1 failed",
    ]


def test_play_exits_with_3_when_a_file_is_invalid(tmp_path: Path) -> None:
    write(tmp_path, "bad", GOOD.replace("receiver:", "reciever:"))
    write(tmp_path, "wrong", WRONG)
    run = ringback("play", ".", cwd=tmp_path)
    assert run.returncode == 3
    assert run.stderr.splitlines() == [
        "bad.ringback.yaml:11:1: error: unknown key 'reciever'; did you mean 'receiver'?",
        " 11 | reciever: [503, timeout, 204]",
        "    | ^^^^^^^^",
    ]
    assert run.stdout.splitlines()[-1] == "0 passed, 1 failed, 1 invalid"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["play"], "Error: Missing argument 'PATHS...'."),
        (["play", "nowhere"], "Error: there is no 'nowhere'; name scenario files or directories"),
        (["play", "empty"], "Error: there is no *.ringback.yaml in 'empty'"),
        (["play", ".", "--over", "air"], "Error: Invalid value for '--over': 'air' is not one of"),
        (
            ["play", ".", "--to", "here"],
            "Error: Invalid value for '--to': 'here' is no base URL; w",
        ),
        (
            ["serve", "--clock", "x0"],
            "Error: Invalid value for '--clock': clock is 'paused', 'auto'",
        ),
        (["serve", "--port", "70000"], "Error: Invalid value for '--port': 70000 is not in the ra"),
        (["plya"], "Error: No such command 'plya'."),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_is_wrong(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    run = ringback(*arguments, cwd=tmp_path)
    assert run.returncode == 2
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_directories_are_searched_and_sorted(tmp_path: Path) -> None:
    for name in ("c", "a", "e", "b", "d"):
        write(tmp_path / "b", name, GOOD)
    write(tmp_path / "a" / "deep", "z", GOOD)
    write(tmp_path / ".hidden", "none", WRONG)
    write(tmp_path / "node_modules", "none", WRONG)
    (tmp_path / "a" / "compose.yaml").write_text("services: {}")
    run = ringback("play", "--format", "json", ".", "b/a.ringback.yaml", cwd=tmp_path)
    assert run.returncode == 0
    document = json.loads(run.stdout)
    assert [each["file"] for each in document["scenarios"]] == [
        "a/deep/z.ringback.yaml",
        *(f"b/{name}.ringback.yaml" for name in "abcde"),
    ]


def test_the_report_is_one_json_document(tmp_path: Path) -> None:
    write(tmp_path, "bad", "version: 1")
    write(tmp_path, "wrong", WRONG)
    run = ringback("play", "--format", "json", ".", cwd=tmp_path)
    document = json.loads(run.stdout)
    assert (run.returncode, run.stderr) == (3, "")
    assert (document["version"], document["passed"], document["failed"]) == (1, 0, 1)
    (scenario,) = document["scenarios"]
    assert scenario["timeline"] == ["+0s PUT 503", "+30s PUT timeout", "+70s PUT 204"]
    assert [check for check in scenario["checks"] if not check["passed"]] == [
        {
            "what": "attempt 2, at",
            "line": 13,
            "column": 19,
            "expected": "+31s",
            "got": "+30s",
            "passed": False,
        }
    ]
    assert scenario["failures"] == [
        {
            "file": "wrong.ringback.yaml",
            "line": 13,
            "column": 19,
            "message": "attempt 2, at: expected +31s, got +30s",
        }
    ]
    assert (document["invalid"], document["skipped"]) == (1, 0)
    assert document["problems"] == [
        {"file": "bad.ringback.yaml", "line": 1, "column": 1, "message": f"missing key {key!r}"}
        for key in ("name", "submit", "expect")
    ]


def test_all_scenarios_are_played_over_sockets_by_one_command() -> None:
    run = in_a_process("play", "--over", "sockets", "--format", "json", SCENARIOS)
    document = json.loads(run.stdout)
    cases = sum(len(read_scenarios(path)) for path in SHIPPED)
    assert (document["passed"], document["failed"]) == (cases, 0)
    assert {each["over"] for each in document["scenarios"]} == {"sockets"}


def test_the_schema_is_printed_for_editors() -> None:
    schema = json.loads(ringback("schema").stdout)
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == "Ringback scenario"
    defaults = json.loads(ringback("schema", "--of", "defaults").stdout)
    Draft202012Validator.check_schema(defaults)
    assert set(defaults["properties"]) == {"$schema", "version", "tags", "settings", "defaults"}


def test_what_is_served_is_printed_as_an_openapi_document() -> None:
    printed = json.loads(ringback("schema", "--of", "speak").stdout)
    assert printed == json.loads(json.dumps(document(version("ringback"))))


def test_the_rules_are_printed_for_people_and_as_json() -> None:
    written = ringback("rules").stdout
    listed = json.loads(ringback("rules", "--format", "json").stdout)
    assert [rule["name"] for rule in listed] == [rule.name for rule in RULES]
    for rule in listed:
        setting = f", setting: {rule['setting']}" if rule["setting"] else ""
        assert f"{rule['name']} ({rule['standing']}{setting})\n" in written


@pytest.mark.parametrize("arguments", [["--help"], ["play", "--help"], ["--version"], ["rules"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from ringback.cli.main import main\n"
        f"try: main({arguments!r}, prog_name='ringback')\n"
        "finally: print(sorted({'pydantic', 'yaml', 'starlette', 'uvicorn', 'rich', 'asyncio'}"
        " & set(sys.modules)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "[]"


def on_a_terminal(*arguments: str, cwd: Path) -> tuple[int, list[str]]:
    """The command line's exit code, and the text that it wrote to a terminal."""
    primary, secondary = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "ringback", *arguments],
        cwd=cwd,
        stdout=secondary,
        stderr=secondary,
        env={**os.environ, "NO_COLOR": "1", "TERM": "xterm", "COLUMNS": "100"},
    ) as process:
        os.close(secondary)
        written = b""
        with contextlib.suppress(OSError):  # Linux ends a terminal that nobody writes to any more
            while piece := os.read(primary, 4096):
                written += piece
    os.close(primary)
    shown = re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", written.decode())
    return process.returncode, [" ".join(line.split()) for line in shown.splitlines()]


def test_a_terminal_gets_a_table(tmp_path: Path) -> None:
    write(tmp_path, "wrong", WRONG)
    code, lines = on_a_terminal("play", ".", cwd=tmp_path)
    assert code == 1
    assert not any("playing" in line for line in lines)  # with NO_COLOR nothing moves
    heading = next(index for index, line in enumerate(lines) if "scenario attempts end" in line)
    assert lines[heading + 1 : heading + 4] == [
        "FAILED A receiver that accepts on the third try +0s PUT 503 delivered",
        "wrong.ringback.yaml +30s PUT timeout",
        "+70s PUT 204",
    ]
    assert "wrong.ringback.yaml:13: attempt 2, at: expected +31s, got +30s" in lines
    assert lines[-1] == "0 passed, 1 failed"


def test_a_terminal_is_told_why_a_scenario_was_skipped(tmp_path: Path) -> None:
    write(tmp_path, "app", GOOD.replace("receiver: [503, timeout, 204]\n", ""))
    code, lines = on_a_terminal("play", ".", cwd=tmp_path)
    assert code == 0
    assert any(line.startswith("skipped A receiver that accepts") for line in lines)
    assert (
        "app.ringback.yaml: skipped: it has no `receiver`: it is for a real application, and"
        in (" ".join(lines))
    )
    assert lines[-1] == "0 passed, 1 skipped"
