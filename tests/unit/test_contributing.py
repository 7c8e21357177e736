"""What CONTRIBUTING.md says of the house is so."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "emulator" / "ringback"
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")

NAMED = sorted(set(re.findall(r"`([\w./-]+)`", TEXT)))
PATHS = [each for each in NAMED if "/" in each or each.endswith((".py", ".md", ".yaml", ".yml"))]
BARE = [each for each in PATHS if "/" not in each]

MAP = TEXT.partition("## Where things are")[2].partition("An import leads downwards")[0]
THREADS = TEXT.partition("## Threads and locks")[2]


@pytest.mark.parametrize("path", [each for each in PATHS if each not in BARE])
def test_every_path_leads_somewhere(path: str) -> None:
    made_by_tools = (".clients", "build/site")
    assert path in made_by_tools or any((base / path).exists() for base in (ROOT, HOUSE))


@pytest.mark.parametrize("name", BARE)
def test_every_file_that_is_named_is_somewhere(name: str) -> None:
    kept = [ROOT, *(ROOT / folder for folder in ("emulator", "pytest_plugin", "tests", "docs"))]
    assert any(next(base.rglob(name), None) if base != ROOT else base / name for base in kept)


def drawn() -> list[list[str]]:
    """The rooms on each line of the map; from column 41 on it says what they are."""
    return [found for line in MAP.splitlines() if (found := re.findall(r"[a-z_]+", line[:41]))]


def test_every_room_is_on_the_map() -> None:
    rooms = {each.name for each in HOUSE.iterdir() if (each / "__init__.py").exists()}
    assert {room for line in drawn() for room in line} == rooms | {"pytest_ringback"}


def test_the_map_has_the_floors_that_imports_are_held_to() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (contract,) = (
        each
        for each in settings["tool"]["importlinter"]["contracts"]
        if each["name"] == "Layers, outermost first"
    )
    floors = [set(re.findall(r"\w+", layer)) for layer in contract["layers"]]
    rooms = [set(line) - {"pytest_ringback"} for line in drawn()]
    assert rooms == [each for each in floors if not each & {"__main__", "errors"}]


def test_every_thread_that_we_start_is_in_the_table() -> None:
    started = {
        name
        for file in HOUSE.rglob("*.py")
        for name in re.findall(
            r"(?:LoopThread\(|name=)\"((?:ringback|loopback) [a-z ]+)\"", file.read_text("utf-8")
        )
    }
    assert len(started) > 5
    assert {name for name in started if f"`{name}`" not in THREADS} == set()
