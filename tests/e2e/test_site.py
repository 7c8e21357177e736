"""The documentation as a site: strict, whole, and sufficient to itself."""

import re
import subprocess
import sys
from dataclasses import fields
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import get_args
from urllib.parse import unquote, urlsplit

import pytest

import ringback
from ringback.core.facts import Fact
from tests.e2e.pages.reading import DOCS, ROOT, pages

pytestmark = pytest.mark.needs_tool

_FROM_CSS = re.compile(r"url\(\s*['\"]?(?!data:|#)([^'\")]+)|@import\s+['\"]([^'\"]+)")

_LOADED = {("img", "src"), ("script", "src"), ("link", "href"), ("iframe", "src")}
"""What a browser fetches by itself; other links wait for a click."""


class _Links(HTMLParser):
    """The links of a page, what it loads, and the places in it that links may name."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.places.add(value)
            if name in ("href", "src") and value:
                self.links.append(value)
                if (tag, name) in _LOADED:
                    self.loaded.append(value)


links_of = cache(_Links)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as CONTRIBUTING says."""
    if find_spec("sphinx") is None:
        pytest.skip("needs Sphinx, of the extra `docs`")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-n", "--keep-going", "-q", DOCS, folder],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return folder


def test_it_is_built_without_a_warning_and_has_every_page(site: Path) -> None:
    for page in pages()[1:]:
        path = Path(page.name).relative_to("docs").with_suffix(".html")
        assert (site / path).exists(), path


def test_every_link_leads_to_a_place_that_there_is(site: Path) -> None:
    broken = []
    for page in site.rglob("*.html"):
        for link in links_of(page).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            to = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not to.exists():
                broken.append(f"{page.relative_to(site)}: {link}")
            elif to.suffix == ".html" and parts.fragment:
                found = unquote(parts.fragment) in links_of(to).places
                broken += [] if found else [f"{page.relative_to(site)}: {link}"]
    assert not broken, "\n".join(broken)


def test_no_page_asks_another_host_for_anything(site: Path) -> None:
    asked = [link for page in site.rglob("*.html") for link in links_of(page).loaded]
    for sheet in site.rglob("*.css"):
        asked += ["".join(found) for found in _FROM_CSS.findall(sheet.read_text("utf-8"))]
    assert [link for link in asked if urlsplit(link).netloc] == []


def test_the_list_for_machines_leads_to_the_whole_text_of_every_page(site: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", (site / "llms.txt").read_text("utf-8"))
    texts = {link: (site / link).read_text("utf-8") for link in links}
    assert len(links) == len(pages()) - 2  # all but the README and the index itself
    assert "<!-- generated" not in "".join(texts.values())
    assert "retry_delay" in texts["_sources/reference/settings.md.txt"]


def test_the_reference_explains_every_fact(site: Path) -> None:
    text = (site / "_sources" / "reference" / "facts.md.txt").read_text("utf-8")
    for fact in get_args(Fact):
        assert re.search(rf"^### `{fact.name}`\n\n\w[^#]+\n\nKeys: `fact`, `", text, re.MULTILINE)


def test_the_reference_has_every_public_name_and_explains_every_setting(site: Path) -> None:
    places = links_of(site / "reference" / "python.html").places
    names = [name for name in ringback.__all__ if name != "Settings"]
    assert [name for name in names if f"ringback.{name}" not in places] == []
    text = (site / "_sources" / "reference" / "settings.md.txt").read_text("utf-8")
    for field in fields(ringback.Settings):
        assert re.search(rf"^### `{field.name}`\n\n`.+` · `.+`\n\n\w", text, re.MULTILINE), field
