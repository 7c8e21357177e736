"""Whichever way a path is spelt or linked, its scenarios are found, once each."""

from pathlib import Path

import pytest

from ringback.errors import SettingsError
from ringback.scenario.finding import find


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the test, in which it also is."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*names: str) -> None:
    """Empty scenario files."""
    for name in names:
        path = Path(f"{name}.ringback.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(*paths: str) -> list[str]:
    """The scenarios that *paths* mean, in short."""
    return [str(path).removesuffix(".ringback.yaml") for path in find(paths)]


def refusal(*paths: str) -> str:
    """Why nothing is found."""
    with pytest.raises(SettingsError) as caught:
        find(paths)
    return str(caught.value)


def test_a_file_under_three_spellings_is_found_once_under_the_first() -> None:
    write("a/b")
    spellings = ["./a/b.ringback.yaml", "a/../a/b.ringback.yaml", str(Path("a").absolute()), "."]
    assert found(*spellings) == ["a/b"]


def test_a_link_and_its_file_are_one() -> None:
    write("a")
    Path("z.ringback.yaml").symlink_to("a.ringback.yaml")
    assert found(".") == ["a"]


def test_linked_folders_are_searched_and_loops_of_them_end() -> None:
    write("elsewhere/x", "here/y")
    Path("here/linked").symlink_to(Path("elsewhere").absolute())
    Path("here/loop").symlink_to(Path("here").absolute())
    assert found("here") == ["here/linked/x", "here/y"]


def test_what_is_hidden_or_installed_is_not_ones_own() -> None:
    write("a", ".hidden", ".git/b", "node_modules/c", "venv/d", "lib/site-packages/e")
    Path("venv/pyvenv.cfg").touch()
    assert found(".") == ["a"]
    assert found(".hidden.ringback.yaml", "venv") == [".hidden", "venv/d"]


def test_a_path_that_leads_nowhere_is_told_so() -> None:
    Path("gone.ringback.yaml").symlink_to("nowhere")
    assert refusal("gone.ringback.yaml") == (
        "'gone.ringback.yaml' is a link that leads nowhere; mend it"
    )
    assert refusal("nowhere") == "there is no 'nowhere'; name scenario files or directories"
    assert refusal("a\0b").startswith("there is no ")


@pytest.mark.parametrize("path", ["", "  "])
def test_an_empty_path_is_not_the_directory_one_is_in(path: str) -> None:
    write("a")
    assert refusal(path) == (
        "a path is empty; name scenario files or directories, such as . for the one you are in"
    )
