"""The settings file: which it is, and where in it something stands."""

from pathlib import Path

import pytest

from ringback.errors import SettingsError
from ringback.settings.files import SettingsFile, find, read

PROJECT = """\
[project]
name = "app"
dependencies = ["ringback"]

[tool.ringback]
retries = 3
"""


def test_the_nearest_folder_upward_that_has_settings_has_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "ringback.toml").write_text("retries = 1\n")
    inner = tmp_path / "app" / "tests"
    inner.mkdir(parents=True)
    (tmp_path / "app" / "pyproject.toml").write_text(PROJECT)
    (inner / "pyproject.toml").write_text('[project]\ndependencies = ["ringback"]\n')
    assert found(inner).path == tmp_path / "app" / "pyproject.toml"
    assert found(tmp_path).table == {"retries": 1}


def test_ringback_toml_goes_before_the_pyproject_toml_beside_it(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "ringback.toml").write_text("")
    assert found(tmp_path).table == {}


def test_a_pyproject_toml_without_our_table_is_not_even_parsed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project\ndependencies = ["ringback>=1"]')
    (tmp_path / "below").mkdir()
    (tmp_path / "ringback.toml").write_text("keep = 5\n")
    assert found(tmp_path / "below").table == {"keep": 5}


@pytest.mark.parametrize(
    "text",
    ["[tool.ringback]\nkeep = 1", "[tool]\nringback = {keep = 1}", 'tool."ringback".keep = 1'],
)
def test_our_table_may_be_written_as_toml_allows(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert found(tmp_path).table == {"keep": 1}


def test_a_value_is_found_at_the_line_on_which_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(
        '[tool.other]\nretries = 1\ntext = """\nretries = 2\n"""\n[tool.ringback]\n'
        "# retries = 3\npermitted_ports = [\n  80,\n]\nserve.port = 1\nretries = 4\n"
        "[tool.ringback.pytest]\nretries = 5\n"
    )
    file = read(path)
    assert file.place("retries") == f"{path}:12"
    assert file.place("permitted_ports") == f"{path}:8"
    assert file.place("serve", "port") == f"{path}:11"
    assert file.place("pytest", "retries") == f"{path}:14"
    assert file.place("nothing") == str(path)


def test_a_place_is_said_from_where_people_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ringback.toml").write_text("retries = 1\n")
    monkeypatch.chdir(tmp_path)
    assert found(tmp_path).place("retries") == "ringback.toml:1"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"keep = 1\nclock = x100\n", r":2:9: this is no TOML: Invalid value; a text stands in \""),
        (b"keep = 1\nports = [80,\n", ":2: this is no TOML: "),
        (b"keep = 1\nkeep = 2\n", ":2:9: this is no TOML: Cannot overwrite a value"),
        (b"keep = 1\nclock = '\xff'\n", ":2: it is not UTF-8; save it as UTF-8"),
    ],
)
def test_a_file_that_is_no_toml_is_refused_with_its_line(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    path = tmp_path / "ringback.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=f"^{path}{complaint}"):
        find(tmp_path)


def test_no_line_of_a_file_that_is_no_toml_is_shown_for_it_may_hold_a_secret(
    tmp_path: Path,
) -> None:
    (tmp_path / "ringback.toml").write_text("api_key = s3cret\n")
    with pytest.raises(SettingsError) as raised:
        find(tmp_path)
    assert "s3cret" not in str(raised.value)


def test_a_file_that_is_not_there_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "ringback.ci.toml").write_text("")
    with pytest.raises(SettingsError, match=r"no such file .*; did you mean 'ringback\.c"):
        read(tmp_path / "ringback.cy.toml")
    with pytest.raises(SettingsError, match="is a directory"):
        read(tmp_path)


def test_a_pyproject_toml_that_was_named_needs_our_table(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[project]\nname = 'ringback'\n")
    with pytest.raises(SettingsError, match=r"it has no table \[tool\.ringback\]"):
        read(path)


def found(folder: Path) -> SettingsFile:
    file = find(folder)
    assert file is not None
    return file
