"""A file is refused as a whole with a message that says what to do, and shown line by line."""

import os
from pathlib import Path

import pytest

from ringback.errors import ScenarioError
from ringback.scenario.source import MAX_BYTES, MAX_PROBLEMS, Place, Problem, Source, read_source


def refusal(path: Path) -> str:
    """What is said about the file at *path*, without its name."""
    with pytest.raises(ScenarioError) as caught:
        read_source(path)
    (problem,) = caught.value.problems
    assert problem.startswith(f"{path}: error: ")
    return problem.removeprefix(f"{path}: error: ")


def file(directory: Path, content: bytes) -> Path:
    """A scenario file with this content."""
    path = directory / "story.ringback.yaml"
    path.write_bytes(content)
    return path


def test_a_missing_file_names_its_nearest_neighbour(tmp_path: Path) -> None:
    file(tmp_path, b"")
    assert refusal(tmp_path / "stroy.ringback.yaml") == (
        "there is no such file; did you mean 'story.ringback.yaml'?"
    )


def test_a_missing_file_in_a_missing_directory_is_simply_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a" / "b.yaml") == "there is no such file; check the path"


def test_a_directory_is_no_scenario(tmp_path: Path) -> None:
    assert refusal(tmp_path) == (
        "this is a directory; name a scenario file in it, or let `ringback play` search it"
    )


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert refusal(pipe) == "this is not a regular file; a scenario is a file of text"


def test_a_file_above_one_mebibyte_is_refused(tmp_path: Path) -> None:
    read_source(file(tmp_path, b"#" * MAX_BYTES))
    assert refusal(file(tmp_path, b"#" * (MAX_BYTES + 1))) == (
        "the file is larger than 1 MiB; a scenario tells one short story"
    )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_named_as_such(tmp_path: Path, encoding: str) -> None:
    content = "\ufeffversion: 1".encode(encoding)
    assert refusal(file(tmp_path, content)) == "the file is UTF-16; save it as UTF-8"


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    assert refusal(file(tmp_path, b"\x89PNG\r\n\x1a\n\x00\x00")) == (
        "the file is binary; a scenario is UTF-8 text"
    )


def test_the_first_byte_that_is_not_utf_8_is_shown_with_its_line(tmp_path: Path) -> None:
    assert refusal(file(tmp_path, b"version: 1\nname: caf\xe9\n")) == (
        "line 2 is not UTF-8 (byte 0xe9); save the file as UTF-8"
    )


def test_a_loop_of_links_cannot_be_read(tmp_path: Path) -> None:
    link = tmp_path / "link.ringback.yaml"
    link.symlink_to(link)
    assert "link" in refusal(link)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    source = read_source(file(tmp_path, b"\xef\xbb\xbfversion: 1"))
    assert source.lines == ("version: 1",)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_lines_end_where_yaml_ends_them(line_break: str) -> None:
    assert Source.of(f"a: 1{line_break}b: 2").lines == ("a: 1", "b: 2")


def test_a_problem_is_shown_with_its_line_and_carets() -> None:
    source = Source.of("version: 1\nreceiver: [503, timout]", "story.yaml")
    assert source.shown(Problem("what is this?", Place(2, 17, 6))) == (
        "story.yaml:2:17: error: what is this?\n"
        " 2 | receiver: [503, timout]\n"
        "   |                 ^^^^^^"
    )


def test_carets_stand_under_wide_characters_too() -> None:
    source = Source.of("漢字: 仮名", "s")
    assert source.shown(Problem("!", Place(1, 5, 2))).splitlines()[1:] == [
        " 1 | 漢字: 仮名",
        "   |       ^^^^",
    ]


def test_of_a_long_line_the_part_around_the_problem_is_shown() -> None:
    source = Source.of("x" * 500 + "?" + "y" * 500, "s")
    _, excerpt, carets = source.shown(Problem("!", Place(1, 501))).splitlines()
    assert excerpt == " 1 | " + "x" * 60 + "?" + "y" * 59
    assert carets == "   | " + " " * 60 + "^"


def test_a_terminal_is_never_sent_control_characters() -> None:
    shown = Source.of("a: \x1b[31m", "s").shown(Problem("!", Place(1, 4)))
    assert shown.splitlines()[1] == " 1 | a:  [31m"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("callback: https://ada:s3cret@x.example", "callback: https://**********@x.example"),
        ("authorization: Basic YWRhOg==", "authorization: Basic ********"),
        ("{Authorization: 'token abc', a: b}", "{Authorization: 'token ***', a: b}"),
        ("why: Basic auth is a header", "why: Basic auth is a header"),
    ],
)
def test_credentials_are_masked_column_by_column(line: str, shown: str) -> None:
    excerpt = Source.of(line, "s").shown(Problem("!", Place(1, 1))).splitlines()[1]
    assert excerpt == f" 1 | {shown}"
    assert len(shown) == len(line)


def test_problems_come_in_the_order_of_the_file() -> None:
    source = Source.of("a\nb\nc", "s")
    error = source.error([Problem("last", Place(3, 1)), Problem("first", Place(1, 1))])
    assert [problem.splitlines()[0] for problem in error.problems] == [
        "s:1:1: error: first",
        "s:3:1: error: last",
    ]


def test_of_very_many_problems_the_rest_is_counted() -> None:
    error = Source.of("a", "s").error([Problem("!", Place(1, 1))] * (MAX_PROBLEMS + 7))
    assert len(error.problems) == MAX_PROBLEMS + 1
    assert error.problems[-1] == "s: error: and 7 problems more"
