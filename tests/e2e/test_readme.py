"""The README's scenario, and its two commands, are what they are said to be.

Its other blocks run with those of all pages, in `test_pages.py`.
"""

import re
from pathlib import Path

from ringback import Emulator
from tests.e2e.pages.reading import ROOT, pages

README = ROOT / "README.md"


def test_the_scenario_block_plays_as_it_expects(tmp_path: Path) -> None:
    (block,) = [block for block in pages()[0].blocks if block.language == "yaml"]
    path = tmp_path / "readme.ringback.yaml"
    path.write_text(block.text)
    with Emulator() as emulator:
        report = emulator.play(path)
    assert list(report.timeline) == ["+0s PUT 503", "+30s PUT timeout", "+70s PUT 204"]


def test_both_commands_are_marked_for_the_list_of_checks() -> None:
    text = README.read_text()
    for name in ("main", "test"):
        command = re.search(
            rf"^<!-- command: {name} -->\n```console\n(.+)\n```$", text, re.MULTILINE
        )
        assert command is not None
        assert command[1].startswith("python3 -m venv .venv && ")


def test_each_link_leads_to_a_page_and_where_that_is_stands_at_the_end_alone() -> None:
    text, _, places = README.read_text("utf-8").partition("\n<!-- Where the pages are ")
    assert "](" not in text
    links = dict(re.findall(r"^\[(.+)\]: (\S+)$", places, re.MULTILINE))
    assert links
    for name, place in links.items():
        assert f"[{name}]" in text.replace("\n", " "), name
        assert (ROOT / place).is_file(), place
