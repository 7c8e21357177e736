"""Whatever is wrong with a file, `ringback play` says so in one clear message, and exits with 3."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ringback.cli.main import main

GOOD = (Path(__file__).parents[2] / "scenarios" / "late-acceptance.ringback.yaml").read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            GOOD.replace(b"expect:", b"expects:"),
            "bad.ringback.yaml:12:1: error: unknown key 'expects'; did you mean 'expect'?",
        ),
        (
            GOOD.replace(b"timeout,", b"timout,"),
            "bad.ringback.yaml:11:17: error: 'timout' is not an answer; did you mean 'timeout'?",
        ),
        (
            GOOD + b"name: Again\n",
            "bad.ringback.yaml:18:1: error: duplicate key 'name', first given in line 2",
        ),
        (
            GOOD.replace(b"  text", b"\ttext"),
            "bad.ringback.yaml:7:1: error: a tab in the indentation, where YAML allows only spaces;"
            " replace it",
        ),
        (b"", "bad.ringback.yaml: error: the file is empty; a scenario begins with `version: 1`"),
        (
            b"# nothing yet\n",
            "bad.ringback.yaml: error: the file is empty; a scenario begins with `version: 1`",
        ),
        (b"\0\0", "bad.ringback.yaml: error: the file is binary; a scenario is UTF-8 text"),
        (
            "version: 1".encode("utf-16"),
            "bad.ringback.yaml: error: the file is UTF-16; save it as UTF-8",
        ),
        (
            b"name: caf\xe9",
            "bad.ringback.yaml: error: line 1 is not UTF-8 (byte 0xe9); save the file as UTF-8",
        ),
        (
            GOOD.replace(b"version: 1", b"version: 3"),
            "bad.ringback.yaml:1:10: error: version 3 is from a newer Ringback; this one reads"
            " versions 1 and 2",
        ),
        (
            b"x: !!python/object:os.system {}",
            "bad.ringback.yaml:1:4: error: tags are not supported; take '!!python/object:os.system'"
            " out, or put the text in quotes",
        ),
    ],
    ids=[
        *("wrong key", "wrong value", "duplicate key", "tab", "empty", "comment", "binary"),
        *("UTF-16", "Latin-1", "newer", "tag"),
    ],
)
def test_a_bad_file_is_told_what_is_wrong(
    content: bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.ringback.yaml").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["play", "bad.ringback.yaml"])
    assert result.exit_code == 3
    assert said in result.output.splitlines()
    assert result.output.splitlines()[-1] == "0 passed, 1 invalid"


def test_a_directory_that_is_named_like_a_scenario_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.ringback.yaml").mkdir()
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["play", "bad.ringback.yaml"])
    assert result.exit_code == 2
    assert result.output == "Error: there is no *.ringback.yaml in 'bad.ringback.yaml'\n"


def test_a_scenario_can_be_played_from_a_link(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_bytes(GOOD)
    (tmp_path / "link.ringback.yaml").symlink_to(tmp_path / "story.yaml")
    assert CliRunner().invoke(main, ["play", str(tmp_path)]).exit_code == 0
