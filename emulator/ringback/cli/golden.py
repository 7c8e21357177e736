"""`ringback play --update`: expectations that are brought up to date before files are played."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ringback.cli.batches import How
from ringback.errors import RingbackError, ScenarioError
from ringback.recording.updating import Refused, updated
from ringback.recording.writing import write
from ringback.scenario.choosing import everything, read_choice
from ringback.scenario.finding import STDIN
from ringback.scenario.reading import ScenarioFile, check_all, read_scenarios
from ringback.scenario.source import Source, printable

_ROUNDS = 10
"""How often a file is played: what is right by now may show what is wrong behind it."""


def update_all(paths: Sequence[Path], how: How) -> Iterator[str]:
    """Bring the files at *paths* up to date, and say in lines what was done, and what was not."""
    choice = read_choice(how.choice) if how.choice else everything
    for path in paths:
        name = printable(path)
        if path == STDIN:
            yield "<stdin>: not updated: standard input is no file"
            continue
        try:
            files = read_scenarios(path)
        except ScenarioError:
            continue  # playing it says what is wrong
        chosen = [file for file in files if choice(f"{file.name} {file.title}")]
        if len(files) > 1 and any(how.play(file).failed for file in chosen):
            yield f"{name}: not updated: its cases share what they expect; change it by hand"
        elif len(files) == 1 and chosen:
            try:
                yield from _update(path, files[0], how)
            except (RingbackError, OSError, ValueError) as error:
                yield f"{name}: not updated: {error}"


def _update(path: Path, file: ScenarioFile, how: How) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as opened:  # line breaks stay as they are
        before = text = opened.read()
    refused: tuple[Refused, ...] = ()
    trouble = ""
    for _ in range(_ROUNDS):
        report = how.play(file)
        if not report.failed:
            break
        trouble = report.trouble
        made = updated(text, report.checks)
        refused = made.refused
        if made.text == text:
            break
        (file,) = check_all(Source.of(made.text.removeprefix("\ufeff"), file.name), dict)
        text = made.text
    if text != before:
        write(path, text)
        yield f"{file.name}: updated"
    if trouble:
        yield f"{file.name}: not updated: {trouble}"
    for check, why in refused:
        yield f"{file.name}:{check.line}: not updated: {check}: {why}"
