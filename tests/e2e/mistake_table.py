"""Who finds which mistake in the examples, as a table for the documentation.

`python -m tests.e2e.mistake_table` writes it anew. A mistake that shows only by chance is given the
bad luck that it takes, so that the table is the same each time.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from examples.bad_luck import Meeting, Spectator
from ringback import check, explore

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "mistakes.md"
NOBODY = "not found"

TRIES = 3
"""For what shows only by chance, on a machine that is too busy for bad luck."""

AUTH = ("ada", "s3cret")

Served = tuple[Any, Callable[[], list[str]]]
"""An application, and what lists the request ids that it has stored."""


class Example(NamedTuple):
    """An example, as far as the table needs it."""

    title: str
    suite: str
    sound: type
    mistakes: Mapping[str, type]
    stories: Callable[[Any], Mapping[Any, Mapping[str, Any]]]
    served: Callable[[Any], AbstractContextManager[Served]]


def fastapi_sqlite() -> Example:
    """FastAPI and SQLite."""
    from examples.fastapi_sqlite.announcements import Announcements
    from examples.fastapi_sqlite.mistakes import MISTAKES
    from examples.fastapi_sqlite.stories import stories

    @contextmanager
    def served(application: type[Announcements]) -> Iterator[Served]:
        with TemporaryDirectory() as folder:
            made = application(Path(folder) / "announcements.db", durable=False)
            yield made.api, lambda: [request_id for request_id, _ in made.kept()]

    suite = "examples/fastapi_sqlite/test_announcements.py"
    return Example("FastAPI and SQLite", suite, Announcements, MISTAKES, stories, served)


def flask_worker() -> Example:
    """Flask and a worker thread."""
    from examples.flask_worker.mistakes import MISTAKES
    from examples.flask_worker.stories import stories
    from examples.flask_worker.voice_notes import VoiceNotes

    @contextmanager
    def served(application: type[VoiceNotes]) -> Iterator[Served]:
        with TemporaryDirectory() as folder:
            made = application(Path(folder) / "notes.db", Queue(), durable=False)
            with made.working():
                yield made.wsgi, lambda: [request_id for request_id, _, _ in made.notes()]

    suite = "examples/flask_worker/test_voice_notes.py"
    return Example("Flask and a worker thread", suite, VoiceNotes, MISTAKES, stories, served)


def django_files() -> Example:
    """Django and files."""
    from examples.django_files.mistakes import MISTAKES
    from examples.django_files.prompts import Spoken, files
    from examples.django_files.site import site
    from examples.django_files.stories import stories

    @contextmanager
    def served(view: type[Spoken]) -> Iterator[Served]:
        with site(view) as made:
            yield made, lambda: [name[:36] for name in files()]

    suite = "examples/django_files/test_prompts.py"
    return Example("Django and files", suite, Spoken, MISTAKES, stories, served)


EXAMPLES: Mapping[str, Callable[[], Example]] = {
    "fastapi_sqlite": fastapi_sqlite,
    "flask_worker": flask_worker,
    "django_files": django_files,
}


def by_suite(example: Example) -> dict[str, list[str]]:
    """The tests of the suite that fail, by mistake."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", example.suite, f"--junitxml={report}"]
        command += ["-p", "no:cacheprovider", "-m", "needs_tool or not needs_tool"]
        for mistake in example.mistakes:
            command += ["--mistake", mistake]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
        assert done.returncode == 1, done.stdout
        cases = ET.parse(report).getroot().iter("testcase")
        found: dict[str, list[str]] = {mistake: [] for mistake in example.mistakes}
        for case in cases:
            if case.find("failure") is not None or case.find("error") is not None:
                match = re.fullmatch(r"test_(\w+)\[(.+)\]", case.attrib["name"])
                assert match is not None, case.attrib
                if (name := match[1].replace("_", " ")) not in found[match[2]]:
                    found[match[2]].append(name)
    return found


def by_explore(example: Example, application: type) -> list[str]:
    """The stories that break, each with the shortest history that breaks it."""
    found = []
    told = zip(
        example.stories(application).items(),
        example.stories(_unlucky(application, Meeting())),
        strict=True,
    )
    for (story, options), with_bad_luck in told:
        together = options.get("faults") == ("two at once",)
        broken = explore(with_bad_luck if together else story, find_all=True, **options).broken
        if broken:
            found.append(f"{story.__name__.replace('_', ' ')}: {broken[0].history}")
    return found


def by_check(example: Example, application: type) -> list[str]:
    """The checks that fail."""
    tries = TRIES if hasattr(application, "meanwhile") else 1
    return next(filter(None, (_by_check(example, application) for _ in range(tries))), [])


def _unlucky(application: type, luck: Callable[[str], None]) -> type:
    return type("Unlucky", (application,), {"meanwhile": staticmethod(luck)})


def _by_check(example: Example, application: type) -> list[str]:
    looking: list[Callable[[], list[str]]] = []
    spectator = Spectator(lambda: looking[0]())
    luck = spectator if application.__name__ == "AnswersBeforeStoring" else Meeting()
    with example.served(_unlucky(application, luck)) as (app, look):
        looking.append(look)
        report = check(app, path="/spoken", auth=AUTH, stored=spectator.look)
    return [each.name for each in report.failed]


def table(example: Example) -> str:
    """Who finds what in *example*."""
    tests = by_suite(example)
    lines = ["| mistake | its own suite | `explore` | `check` |", "|---|---|---|---|"]
    for mistake, application in example.mistakes.items():
        checks = [f"`{name}`" for name in by_check(example, application)]
        cells = _first(tests[mistake]), _first(by_explore(example, application))
        lines.append(f"| {mistake} | {' | '.join(cells)} | {', '.join(checks) or NOBODY} |")
    return "\n".join(lines)


def _first(found: list[str]) -> str:
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{found[0]}{more}" if found else NOBODY


def written(name: str) -> str:
    """The table of the example *name* as the page has it."""
    found = re.search(rf"<!-- table: {name} -->\n(.*?)\n\n", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None, f"the page has no table of {name}"
    return found[1]


if __name__ == "__main__":
    for name, made in EXAMPLES.items():
        page = PAGE.read_text("utf-8")
        PAGE.write_text(page.replace(written(name), table(made())), "utf-8")
