"""Files that say that a server is ready."""

import os
from pathlib import Path

import pytest

from ringback.cli.signs import standing, take_down
from ringback.errors import ServerError


def names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def test_a_file_stands_whole_while_the_block_runs(tmp_path: Path) -> None:
    path = tmp_path / "port"
    with standing({str(path): "8088"}):
        assert path.read_text() == "8088\n"
        assert names(tmp_path) == ["port"]
    assert names(tmp_path) == []


def test_a_file_is_never_seen_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = []
    replace = Path.replace

    def look(self: Path, target: Path) -> Path:
        moved.append((self.parent, self.read_text(), target.exists()))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", look)
    with standing({str(tmp_path / "port"): "8088"}):
        assert moved == [(tmp_path, "8088\n", False)]


def test_what_a_server_that_was_killed_has_left_is_taken_down(tmp_path: Path) -> None:
    path = tmp_path / "port"
    path.write_text("1\n")
    take_down([str(path), str(tmp_path / "none")])
    assert not path.exists()


def test_a_file_that_another_server_has_put_in_its_place_stays(tmp_path: Path) -> None:
    path = tmp_path / "port"
    with standing({str(path): "1"}):
        with standing({str(path): "2"}):
            pass
        with standing({str(path): "3"}):
            (tmp_path / "held").hardlink_to(path)  # its place in the file system is not used again
            another = standing({str(path): "4"})
            another.__enter__()
        assert path.read_text() == "4\n"


def test_what_is_no_regular_file_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in (str(tmp_path / "pipe"), os.devnull, str(tmp_path)):
        with pytest.raises(ServerError, match="is no regular file; name another"):
            take_down([name])
    assert Path(os.devnull).is_char_device()


def test_a_folder_that_is_not_there_is_said_and_nothing_stays_behind(tmp_path: Path) -> None:
    port, ready = str(tmp_path / "port"), str(tmp_path / "none" / "ready")
    with (
        pytest.raises(ServerError, match=r"none/ready cannot be written: no such file or dir"),
        standing({port: "1", ready: "2"}),
    ):
        pass
    assert names(tmp_path) == []
