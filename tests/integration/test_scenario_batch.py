"""Whatever happens to one file is that file's trouble: all others are played and reported."""

import io
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ringback.cli.main import main
from ringback.core.delivery.reply import Reply
from ringback.scenario import batch, playing
from ringback.scenario.comparing import Check, Seen, compare
from ringback.scenario.expectation import Expect
from ringback.scenario.loopback import LoopbackReceiver
from ringback.scenario.reading import ScenarioFile, read_scenarios

GOOD = """\
version: 1
name: A story
submit: {text: Hello, callback: "http://app.example/hook"}
receiver: [200]
expect: {attempts: [+0s], state: delivered}
"""
FOR_AN_APPLICATION = GOOD.replace("receiver: [200]\n", "")
REFUSED = GOOD.replace("http:", "ftp:").replace(
    "{attempts: [+0s], state: delivered}", "{answer: {status: 400}}"
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the test, in which it also is."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(**files: str) -> None:
    """Scenario files."""
    for name, text in files.items():
        Path(f"{name}.ringback.yaml").write_text(text, encoding="utf-8")


def played(*arguments: str) -> Result:
    """What `ringback play` says."""
    return CliRunner().invoke(main, ["play", *arguments], catch_exceptions=False)


@pytest.mark.parametrize(
    "line",
    [
        "settings: {request_failure: cut}",
        "settings: {request_failure: stalled}",
        'settings: {request_failure: {status: 502, body: "<html>"}}',
        'submit: {text: Hello, callback: "http://app.example/hook", content_type: "a\\nb"}',
        'submit: {text: Hello, callback: "http://app.example/hook", content_type: "€"}',
        'submit: {text: Hello, callback: "http://app.example/hook", content_type: "ü"}',
        'submit: {text: "\\ud83d", callback: "http://app.example/hook"}',
        "expect: {each: {headers: {a: '$regex:[[a]{99999999999}'}}}",
        "settings: {epoch: '0001-01-01T00:00:00Z'}",
        "settings: {epoch: '9999-12-31T23:59:59-12:00'}",
        "settings: {retries: 999999999}",
        "receiver: [{headers: {content-length: '5'}}]",
    ],
)
@pytest.mark.parametrize("over", ["process", "sockets"])
def test_one_bad_file_costs_no_other_its_result(line: str, over: str) -> None:
    key = line.partition(":")[0]
    bad = [each for each in GOOD.splitlines() if not each.startswith(f"{key}:")]
    write(a=GOOD, b="\n".join([*bad, line]), c=GOOD)
    result = played(".", "--over", over)
    assert result.exit_code in (1, 3)
    assert result.stdout.splitlines()[-1] in ("2 passed, 1 failed", "2 passed, 1 invalid")
    assert "Traceback" not in result.output
    assert "fault of Ringback" not in result.output


def test_what_nobody_foresaw_while_reading_is_one_files_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unforeseen(path: Path) -> list[ScenarioFile]:
        if path.name.startswith("b."):
            raise ZeroDivisionError("at https://ada:s3cret@app.example")
        return read_scenarios(path)

    monkeypatch.setattr(batch, "read_scenarios", unforeseen)
    write(a=GOOD, b=GOOD, c=GOOD)
    result = played(".")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (3, "2 passed, 1 invalid")
    assert result.stderr == (
        "b.ringback.yaml: error: it could not be read, by a fault of Ringback's own:"
        " ZeroDivisionError('at https://**********@app.example')\n"
    )


def test_what_nobody_foresaw_while_playing_is_one_files_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unforeseen(expect: Expect, seen: Seen) -> list[Check]:
        if expect.state is None:
            raise ZeroDivisionError("at https://ada:s3cret@app.example")
        return compare(expect, seen)

    monkeypatch.setattr(playing, "compare", unforeseen)
    write(a=GOOD, b=GOOD.replace(", state: delivered", ""), c=GOOD)
    result = played(".")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "2 passed, 1 failed")
    assert (
        "b.ringback.yaml: it could not be played to its end, by a fault of Ringback's own:"
        " ZeroDivisionError('at https://**********@app.example')"
    ) in result.stdout.splitlines()


def test_a_name_in_any_script_is_printed_in_any_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    write(a=GOOD.replace("A story", "日本語の物語"), b="version: 1\n日本: 1\n")
    out = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    error = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", error)
    with pytest.raises(SystemExit) as caught:
        main(["play", "."])
    assert caught.value.code == 3
    for stream, shown in (
        (out, b"\\u65e5\\u672c\\u8a9e"),
        (error, b"unknown key '\\u65e5\\u672c'"),
    ):
        stream.flush()
        written = stream.buffer
        assert isinstance(written, io.BytesIO)
        assert shown in written.getvalue()


def test_a_mixed_folder_is_green_without_an_application() -> None:
    write(a=GOOD, b=FOR_AN_APPLICATION, c=REFUSED)
    result = played(".")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[2:4] == [
        "skipped b.ringback.yaml: A story",
        "        it has no `receiver`: it is for a real application, and needs its base URL",
    ]
    assert result.stdout.splitlines()[-1] == "2 passed, 1 skipped"


@pytest.mark.parametrize("over", ["process", "sockets"])
def test_a_mixed_folder_is_green_with_one(over: str) -> None:
    write(a=GOOD, b=FOR_AN_APPLICATION, c=REFUSED)
    with LoopbackReceiver([Reply(200)]) as application:
        result = played(".", "--to", application.url, "--over", over)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1] == "3 passed"
    assert len(application.requests) == 1


def test_an_application_that_nothing_was_sent_to_is_mentioned() -> None:
    write(a=GOOD)
    result = played(".", "--to", "http://127.0.0.1:9")
    assert result.exit_code == 0
    assert result.stderr == (
        "nothing was sent to http://127.0.0.1:9: each scenario scripts its own `receiver`\n"
    )


def test_the_report_counts_and_places_everything() -> None:
    write(
        a=GOOD,
        b=FOR_AN_APPLICATION,
        c=GOOD.replace("+0s", "+5s"),
        d=GOOD.replace("[200]", "[put]"),
        e="",
    )
    document = json.loads(played(".", "--format", "json").stdout)
    counts = {name: document[name] for name in ("passed", "failed", "skipped", "invalid")}
    assert counts == {"passed": 1, "failed": 1, "skipped": 1, "invalid": 2}
    assert document["problems"] == [
        {
            "file": "d.ringback.yaml",
            "line": 4,
            "column": 12,
            "message": "'put' is not an answer; write one of timeout, refused, reset",
        },
        {
            "file": "e.ringback.yaml",
            "line": None,
            "column": None,
            "message": "the file is empty; a scenario begins with `version: 1`",
        },
    ]
    outcomes = {each["file"][0]: each["outcome"] for each in document["scenarios"]}
    assert outcomes == {"a": "passed", "b": "skipped", "c": "failed"}
    (failure,) = document["scenarios"][2]["failures"]
    assert (failure["file"], failure["line"], failure["column"]) == ("c.ringback.yaml", 5, 21)
    assert failure["message"] == "attempt 1, at: expected +5s, got +0s"


def test_an_empty_argument_is_wrong_usage() -> None:
    write(a=GOOD)
    result = played("")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: a path is empty; ")


def test_a_dangling_link_in_a_folder_is_that_files_trouble() -> None:
    write(a=GOOD)
    Path("b.ringback.yaml").symlink_to("nowhere")
    result = played(".")
    assert result.exit_code == 3
    assert "b.ringback.yaml: error: this is a link that leads nowhere" in result.stderr
    assert result.stdout.splitlines()[-1] == "1 passed, 1 invalid"
