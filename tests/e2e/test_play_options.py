"""What `ringback play`, `validate` and `init` do besides playing."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ringback.cli import watching
from ringback.cli.watching import changes, look
from tests.e2e.test_scenarios import GOOD, WRONG, Ended, in_a_process, ringback, write

NAME = "A receiver that accepts on the third try"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One scenario that passes, one that fails, and one that is invalid."""
    write(tmp_path, "good", GOOD)
    write(tmp_path, "wrong", WRONG.replace(NAME, "Too late"))
    write(tmp_path, "bad", "version: 1")
    return tmp_path


def from_stdin(text: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Ended:
    """Run the command line with *text* on its standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    return ringback(*arguments)


def test_quiet_says_only_what_failed(folder: Path) -> None:
    run = ringback("play", "-q", "wrong.ringback.yaml", "good.ringback.yaml", cwd=folder)
    assert run.returncode == 1
    assert run.stdout.startswith("wrong.ringback.yaml:13: attempt 2, at: expected +31s, got +30s\n")
    assert "good.ringback.yaml" not in run.stdout
    assert ringback("play", "--quiet", "good.ringback.yaml", cwd=folder) == Ended(0, "", "")


def test_an_expression_chooses_by_file_and_by_name(folder: Path) -> None:
    run = ringback("play", ".", "-k", "late or third", "--format", "json", cwd=folder)
    assert [each["name"] for each in json.loads(run.stdout)["scenarios"]] == [NAME, "Too late"]
    run = ringback("play", ".", "-k", "good and not late", cwd=folder)
    assert (run.returncode, run.stdout.splitlines()[-1]) == (0, "1 passed")
    assert ringback("play", ".", "-k", "bad", cwd=folder).returncode == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-k", "late and"], "lacks a word at the end"),
        (["-k", "nobody"], "no scenario's file or name fits -k 'nobody'"),
        (["-n", "0"], "'0' is no number of processes from 1 on, nor auto"),
        (["-n", "many"], "'many' is no number of processes"),
        (["-", "--watch"], "standard input is read once"),
    ],
)
def test_a_wrong_option_exits_with_2_and_says_what_is_wrong(
    options: list[str], said: str, folder: Path
) -> None:
    run = ringback("play", ".", *options, cwd=folder)
    assert run.returncode == 2
    assert said in run.stderr


def test_several_processes_report_the_same_in_the_same_order(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path, f"{number:02}", WRONG if number % 7 == 0 else GOOD)
    write(tmp_path, "bad", "version: 1")
    several = in_a_process("play", "-n", "2", "--format", "json", ".", cwd=tmp_path)
    alone = ringback("play", "--format", "json", ".", cwd=tmp_path)
    assert several.returncode == alone.returncode == 3
    assert json.loads(several.stdout) == json.loads(alone.stdout)
    assert json.loads(alone.stdout)["failed"] == 3


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    run = from_stdin(GOOD, monkeypatch, "play", "-")
    assert (run.returncode, run.stdout.splitlines()[0]) == (0, f"passed  <stdin>: {NAME}")
    run = from_stdin("version: 1\nname: \xff", monkeypatch, "validate", "-", "-q")
    assert run.returncode == 3
    assert "<stdin>:1:1: error: missing key 'submit'" in run.stderr


def test_junit_and_a_page_are_written_beside_what_is_said(folder: Path) -> None:
    run = ringback("play", ".", "--junit", "out/j.xml", "--report", "out/r.html", cwd=folder)
    assert run.returncode == 3
    assert run.stdout.splitlines()[-1] == "1 passed, 1 failed, 1 invalid"
    cases = ElementTree.parse(folder / "out" / "j.xml").getroot().findall(".//testcase")
    assert [case.get("name") for case in cases] == [NAME, "Too late", "bad.ringback.yaml"]
    assert "Too late" in (folder / "out" / "r.html").read_text("utf-8")
    assert {each.name for each in (folder / "out").iterdir()} == {"j.xml", "r.html"}


def test_a_file_that_cannot_be_written_is_told_of_and_exits_with_1(folder: Path) -> None:
    (folder / "file").write_text("")
    run = ringback("play", "good.ringback.yaml", "--junit", "file/j.xml", cwd=folder)
    assert run.returncode == 1
    assert "Error: 'file' was not written: " in run.stderr


def test_github_shows_what_failed_beside_its_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder.parent))
    run = ringback("play", ".", cwd=folder)
    marks = [line for line in run.stdout.splitlines() if line.startswith("::")]
    assert marks[-1] == (
        f"::error file={folder.name}/wrong.ringback.yaml,line=13,col=19,title=Too late::"
        "attempt 2, at: expected +31s, got +30s"
    )
    assert (folder / "summary.md").read_text("utf-8").startswith("### Ringback: 1 passed, 1 failed")
    json.loads(ringback("play", ".", "--format", "json", cwd=folder).stdout)
    assert "::error file=" in ringback("validate", ".", cwd=folder).stdout
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder))
    assert "the summary of the step cannot be written" in ringback("play", ".", cwd=folder).stderr


def test_update_rewrites_what_differs_and_plays_what_came_of_it(folder: Path) -> None:
    link = folder / "link.ringback.yaml"
    link.symlink_to("wrong.ringback.yaml")
    run = ringback("play", "--update", "link.ringback.yaml", "good.ringback.yaml", cwd=folder)
    assert (run.returncode, run.stderr) == (0, "link.ringback.yaml: updated\n")
    assert run.stdout.endswith("2 passed\n")
    text = (folder / "wrong.ringback.yaml").read_text("utf-8")
    assert text == GOOD.replace(NAME, "Too late")
    assert link.is_symlink()
    assert (folder / "good.ringback.yaml").read_text("utf-8") == GOOD


def test_update_says_what_it_cannot_rewrite_and_why(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "secret", GOOD.replace("YWRhOnMzY3JldA==", "eA=="))
    run = ringback("play", "--update", "-q", "-k", "secret or bad", ".", cwd=folder)
    assert run.returncode == 3
    lines = [line for line in run.stderr.splitlines() if "not updated" in line]
    assert lines
    assert all("what was seen may be a secret, and is not written down" in line for line in lines)
    assert from_stdin(WRONG, monkeypatch, "play", "--update", "-").stderr == (
        "<stdin>: not updated: standard input is no file\n"
    )


def test_update_leaves_a_file_whose_cases_share_what_they_expect(tmp_path: Path) -> None:
    text = """\
version: 2
name: A matrix
matrix: {last: [200, 500]}
steps:
  - receiver: {at: https://app.example, replies: [$last]}
  - submit: {text: Hello, callback: https://app.example/hook}
  - settle
  - expect: {state: delivered}
"""
    path = write(tmp_path, "matrix", text)
    run = ringback("play", "--update", ".", cwd=tmp_path)
    assert run.returncode != 0
    assert path.read_text("utf-8") == text


def test_a_change_a_new_file_and_one_that_has_gone_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(tmp_path, "first", GOOD)
    steps: Iterator[Callable[[], object]] = iter(
        [
            lambda: None,
            lambda: first.write_text(WRONG + "\n", "utf-8"),
            lambda: None,
            lambda: write(tmp_path, "second", GOOD),
            first.unlink,
        ]
    )
    monkeypatch.setattr(watching, "wait_really", lambda _: next(steps)())
    seen = changes([str(tmp_path)])
    assert [{each.name[:5] for each in next(seen)} for _ in range(3)] == [
        {"first"},
        {"first", "secon"},
        {"secon"},
    ]
    assert look([str(tmp_path / "nowhere")]) == {}


def test_watch_plays_again_after_a_change_until_it_is_interrupted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mended_then_interrupted(paths: list[str]) -> Iterator[object]:
        write(folder, "wrong", GOOD)
        yield {}
        (folder / "wrong.ringback.yaml").unlink()
        yield {}
        raise KeyboardInterrupt

    monkeypatch.setattr(watching, "changes", mended_then_interrupted)
    run = ringback("play", "--watch", "wrong.ringback.yaml", cwd=folder)
    assert [line for line in run.stdout.splitlines() if line.endswith("passed")] == ["1 passed"]
    assert "Error: there is no 'wrong.ringback.yaml'" in run.stderr
    assert run.returncode == 0
    assert run.stderr.count("waiting for a file to change; Ctrl-C ends it") == 3


def test_validate_says_what_is_wrong_and_plays_nothing(folder: Path) -> None:
    run = ringback("validate", ".", cwd=folder)
    assert (run.returncode, run.stdout) == (3, "2 valid, 1 invalid\n")
    assert "bad.ringback.yaml:1:1: error: missing key 'name'" in run.stderr
    run = ringback("validate", "--format", "json", ".", cwd=folder)
    document = json.loads(run.stdout)
    assert (document["valid"], document["invalid"], len(document["problems"])) == (2, 1, 3)
    assert ringback("validate", "-q", "wrong.ringback.yaml", cwd=folder) == Ended(0, "", "")


def test_init_writes_a_first_file_that_passes_and_leaves_what_is_there(tmp_path: Path) -> None:
    run = ringback("init", cwd=tmp_path)
    assert run.stdout == ("wrote first.ringback.yaml; play it: ringback play first.ringback.yaml\n")
    assert ringback("play", ".", cwd=tmp_path).stdout.endswith("\n1 passed\n")
    (tmp_path / "first.ringback.yaml").write_text("mine")
    run = ringback("init", ".", cwd=tmp_path)
    assert run.returncode == 2
    assert "there is a file 'first.ringback.yaml' already" in run.stderr
    assert (tmp_path / "first.ringback.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("story.yaml", "would not be found as a scenario: let its name end in .ringback.yaml"),
        ("no/where.ringback.yaml", "cannot be written: No such file or directory"),
    ],
)
def test_init_says_where_it_cannot_write(path: str, said: str, tmp_path: Path) -> None:
    run = ringback("init", path, cwd=tmp_path)
    assert run.returncode == 2
    assert said in run.stderr
