"""Flags over variables over the settings file over the defaults."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ringback.errors import SettingsError
from ringback.settings.files import find
from ringback.settings.layers import Configuration, Source, configuration, settings_file
from ringback.settings.printing import printed


def layered(
    folder: Path,
    text: str = "",
    environ: Mapping[str, str] | None = None,
    section: str = "serve",
    **flags: Any,
) -> Configuration:
    (folder / "ringback.toml").write_text(text)
    return configuration(
        section,
        flags={name: Source(value, by=f"--{name}") for name, value in flags.items()},
        environ=environ or {},
        file=find(folder),
        defaults={"clock": "real"},
    )


def test_a_flag_goes_before_a_variable_before_the_file_before_the_default(tmp_path: Path) -> None:
    found = layered(
        tmp_path,
        "retries = 1\nseed = 1\nkeep = 1\nport = 1\n",
        {"RINGBACK_RETRIES": "2", "RINGBACK_SEED": "2", "RINGBACK_PORT": "2"},
        retries=3,
    )
    settings = found.settings
    assert (settings.retries, settings.seed, settings.keep) == (3, 2, 1)
    assert (settings.clock, settings.retry_delay) == ("real", 30)
    assert (found.options["port"], found.options["host"]) == (2, "127.0.0.1")
    where = {name: source.where for name, source in found.sources.items()}
    assert where == {
        "retries": "--retries",
        "seed": "RINGBACK_SEED",
        "keep": f"{tmp_path / 'ringback.toml'}:3",
        "port": "RINGBACK_PORT",
    }


def test_a_section_goes_before_what_holds_for_all(tmp_path: Path) -> None:
    text = "retries = 1\nclock = 'x2'\n[pytest]\nretries = 5\n"
    assert layered(tmp_path, text).settings.retries == 1
    inner = layered(tmp_path, text, section="pytest")
    assert (inner.settings.retries, inner.settings.clock) == (5, "x2")


def test_an_option_is_passed_over_where_it_means_nothing(tmp_path: Path) -> None:
    assert layered(tmp_path, "port = 5\n", section="pytest").options == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("keep = 1\nretrys = 3\n", r":2: unknown setting 'retrys'; did you mean 'retries'\?"),
        ("prot = 3\n", r":1: unknown setting 'prot'; did you mean 'port'\?"),
        ("[sevre]\nport = 3\n", r":1: unknown setting 'sevre'; did you mean 'serve'\?"),
        ("[serve]\nprot = 3\n", r":2: unknown setting 'prot'; did you mean 'port'\?"),
        ("[pytest]\nport = 3\n", r":2: unknown setting 'port'"),
        ("serve = 3\n", r":1: serve is a table: \[serve\]"),
        ("\nretries = -1\n", ":2: retries is 0 or more, not -1"),
        ("port = 70000\n", ":1: port is a port, 0 to 65535, not 70000"),
        ("port = true\n", ":1: port is a port"),
        ("connect = ['https://a.example']\n", ":1: connect is a table of origins and base URLs"),
        ("connect = 'http://ada:s3cret@a'\n", ":1: connect is a table of .*, not \\*\\*\\*@a'$"),
        ("clock = 'fast'\n", ":1: clock is 'paused'"),
        ("api_key = 's3 cret'\n", ":1: api_key is text without spaces, or None, not that"),
    ],
)
def test_a_mistake_in_the_file_is_said_with_its_line_and_what_was_meant(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{tmp_path / 'ringback.toml'}{complaint}"):
        layered(tmp_path, text)


def test_a_mistake_in_a_variable_is_said_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"^RINGBACK_RETRIES: retries is 0 or more, not 'many'$"
    ):
        layered(tmp_path, environ={"RINGBACK_RETRIES": "many"})


def test_a_value_that_another_goes_before_is_not_looked_at(tmp_path: Path) -> None:
    found = layered(tmp_path, "retries = -1", {"RINGBACK_RETRIES": "many"}, retries=3)
    assert found.settings.retries == 3


def test_a_path_in_a_file_is_read_from_the_folder_of_the_file_on(tmp_path: Path) -> None:
    text = "port_file = 'run/port'\n"
    assert layered(tmp_path, text).options["port_file"] == str(tmp_path / "run" / "port")
    assert layered(tmp_path, text, port_file="port").options["port_file"] == "port"


def test_a_file_is_chosen_by_a_flag_over_a_variable_over_the_nearest(tmp_path: Path) -> None:
    for name in ("ringback.toml", "a.toml", "b.toml"):
        (tmp_path / name).write_text("")
    a, b = str(tmp_path / "a.toml"), str(tmp_path / "b.toml")
    for chosen, environ, name in (
        (a, {"RINGBACK_SETTINGS": b}, "a.toml"),
        (None, {"RINGBACK_SETTINGS": b}, "b.toml"),
        (None, {}, "ringback.toml"),
    ):
        file = settings_file(chosen, environ, tmp_path)
        assert file is not None
        assert file.path == tmp_path / name


def test_what_holds_is_printed_as_toml_with_its_source_and_without_a_secret(tmp_path: Path) -> None:
    from tomllib import loads

    found = layered(
        tmp_path,
        "api_key = 's3cret'\nrequest_failure = {status = 429, headers = {cookie = 's3cret'}}\n"
        "[serve]\nconnect = {'https://a.example' = 'http://ada:s3cret@127.0.0.1:1'}\n",
        {"RINGBACK_RETRY_DELAY": "1.5"},
    )
    lines = printed(found)
    said = loads("\n".join(lines))
    assert "s3cret" not in "\n".join(lines)
    assert said["connect"] == {"https://a.example": "http://***@127.0.0.1:1"}
    assert (said["retry_delay"], said["retries"], said["api_key"]) == (1.5, 10, "***")
    assert said["request_failure"] == {"status": 429, "headers": {"cookie": "***"}}
    sources = {line.split()[0]: line.rpartition("  # ")[2] for line in lines}
    assert sources["connect"] == f"{tmp_path / 'ringback.toml'}:4"
    assert sources["retry_delay"] == "RINGBACK_RETRY_DELAY"
    assert (sources["retries"], sources["clock"]) == ("default", "default of serve")
    assert set(sources) - {"#"} == {"clock", *said}
