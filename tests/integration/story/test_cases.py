"""A matrix makes cases of one file, and defaults hold for all files of a folder."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ringback import Emulator, SettingsError, play_scenario, read_scenario, read_scenarios
from ringback.cli.main import main
from ringback.errors import ScenarioError
from ringback.scenario.reading import check_all
from ringback.scenario.source import Source
from tests.integration.story.told import HELLO, asked, story

MATRIX = story(
    'receiver: {at: "http://app.example", replies: $matrix.replies}',
    asked("it", "callback_method: $matrix.method"),
    "run_until_idle",
    "expect: {attempts: $matrix.attempts, each: {method: PUT}}",
    head=("matrix: {method: [put, post], replies: [[200], [503, 200]], attempts: [1]}",),
)


def write(directory: Path, name: str, text: str) -> Path:
    """A scenario file in *directory*."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(text: str) -> list[str]:
    """What is wrong with *text*, in first lines without the file's name."""
    with pytest.raises(ScenarioError) as caught:
        check_all(Source.of(text, "s"))
    return [each.splitlines()[0].removeprefix("s:") for each in caught.value.problems]


def test_each_combination_is_a_case_with_an_id_of_its_own() -> None:
    files = check_all(Source.of(MATRIX, "s"))
    assert [each.case for each in files] == [
        *("put-replies0-1", "put-replies1-1", "post-replies0-1", "post-replies1-1"),
    ]
    reports = [play_scenario(each) for each in files]
    assert [each.outcome for each in reports] == ["passed", "failed", "failed", "failed"]
    assert reports[0].name == "A story [put-replies0-1]"
    assert reports[1].failures == [
        "s:8: number of attempts: expected 1, got 2",
    ]


def test_the_command_plays_each_case_and_chooses_by_its_id(tmp_path: Path) -> None:
    path = write(tmp_path, "it.ringback", MATRIX)
    result = CliRunner().invoke(main, ["play", str(path)])
    assert result.stdout.splitlines()[-1] == "1 passed, 3 failed"
    result = CliRunner().invoke(main, ["play", str(path), "-k", "put-replies0"])
    assert result.stdout.splitlines()[-1] == "1 passed"
    assert "A story [put-replies0-1]" in result.stdout


def test_one_case_is_read_and_played_by_its_id(tmp_path: Path) -> None:
    path = write(tmp_path, "it.ringback", MATRIX)
    assert read_scenario(path, "put-replies0-1").case == "put-replies0-1"
    assert len(read_scenarios(path)) == 4
    with pytest.raises(SettingsError, match="has 4 cases; name one by case=…: put-replies0-1,"):
        read_scenario(path)
    with pytest.raises(SettingsError, match="no case 'x'; its cases are put-replies0-1"):
        read_scenario(path, "x")
    with Emulator() as ringback:
        assert ringback.play(path, case="put-replies0-1").passed


def test_a_wrong_value_of_a_matrix_is_told_where_it_stands() -> None:
    text = MATRIX.replace("attempts: [1]", "attempts: [1, many]").replace("[put,", "[put, 5,")
    assert problems(text) == [
        "3:24: error: 5 is not a text unless it is put in quotes",
        "3:78: error: 'many' are no attempts; write how many there are, or a list such as"
        " [+0s, +30s]",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("$matrix.method", "$matrix.mehod", "the matrix has no 'mehod'; did you mean 'method'?"),
        ("$matrix.method", "put", "nothing takes '$matrix.method'; use it, or take it out"),
        ("matrix: {", "why: {", "there is no `matrix` that '$matrix.replies' could be taken from"),
        ("attempts: [1]", "attempts: 1", "1 stands where a list belongs; write [1]"),
        ("attempts: [1]", "attempts: []", "the list is empty; write at least one entry"),
        (
            "[put, post]",
            f"[{'put, ' * 501}post]",
            "the matrix has 1004 combinations, more than 1000",
        ),
    ],
)
def test_a_wrong_matrix_is_told_what_to_be(old: str, new: str, said: str) -> None:
    assert any(each.endswith(f"error: {said}") for each in problems(MATRIX.replace(old, new)))


FOLDER = """\
version: 2
tags: [nightly]
settings: {retries: 1}
defaults:
  submit: {text: Hello, callback: "http://app.example/hook"}
  receiver: {at: "http://app.example", replies: [503]}
"""
SHORT = story("receiver: {}", "submit: {}", "run_until_idle", "expect: {state: exhausted}")


def test_defaults_hold_for_the_files_of_a_folder_and_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "ringback.defaults", FOLDER)
    for directory in (Path(), Path("deep", "deeper")):
        file = read_scenario(write(directory, "it.ringback", SHORT))
        report = play_scenario(file)
        assert (report.failures, report.tags) == ([], ("nightly",))
        assert report.timeline == ("+0s POST 503", "+30s POST 503")


def test_a_file_and_a_step_have_the_last_word(tmp_path: Path) -> None:
    write(tmp_path, "ringback.defaults", FOLDER)
    text = story(
        "receiver: {replies: [204]}",
        "submit: {body: Bye, content_type: text/plain}",
        "run_until_idle",
        "expect: {attempts: [{at: 0s, got: 204}], each: {method: PUT}}",
        head=(
            "tags: [own]",
            "settings: {retries: 0}",
            "defaults: {submit: {callback_method: put}}",
        ),
    )
    report = play_scenario(read_scenario(write(tmp_path, "it.ringback", text)))
    assert (report.failures, report.tags) == ([], ("nightly", "own"))


def test_wrong_defaults_are_told_in_their_own_file(tmp_path: Path) -> None:
    write(tmp_path, "ringback.defaults", FOLDER.replace("503", "99").replace("text:", "txt:"))
    path = write(tmp_path, "it.ringback", SHORT)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    assert [each.splitlines()[0].rpartition("/")[2] for each in caught.value.problems] == [
        "ringback.defaults.yaml:5:12: error: unknown key 'txt'; did you mean 'text'?",
        "ringback.defaults.yaml:6:50: error: 99 is less than 200",
    ]


def test_without_defaults_what_is_missing_is_told() -> None:
    assert problems(SHORT) == ["4:5: error: missing key 'at' in `receiver`"]


def test_defaults_are_for_many_and_have_no_name_of_their_own() -> None:
    head = ("defaults: {submit: {as: it}}",)
    (problem,) = problems(story(HELLO, "expect: {deliveries: 1}", head=head))
    assert problem.endswith("`as` is for one step, not for all; take it out")
