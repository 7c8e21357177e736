"""What pyproject.toml promises of other packages is what is tested."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

ASKED = re.compile(r"([\w-]+)>=([\d.]+)")


def version(text: str) -> tuple[int, ...]:
    """A version, without zeros at its end: 2.7 is 2.7.0."""
    numbers = [int(number) for number in text.split(".")]
    while numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def test_the_lowest_versions_that_are_promised_are_tested() -> None:
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["pytest"]]
    floors = {match[1]: version(match[2]) for match in map(ASKED.fullmatch, asked) if match}
    assert len(floors) == len(asked), "a dependency has a floor, and no cap"
    promised = (ROOT / "tests" / "lowest.txt").read_text("utf-8").partition("\n\n")[0]
    pins = re.findall(r"^([\w-]+)==([\d.]+)$", promised, re.MULTILINE)
    assert {name: version(pin) for name, pin in pins} == floors
