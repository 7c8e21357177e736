"""What happened, written to a file, or to a folder with a file for each submission."""

from pathlib import Path

from ringback.core.base.masking import in_one_line
from ringback.errors import SettingsError
from ringback.recording.exporting import export
from ringback.recording.scenarios import scenarios
from ringback.recording.writing import write_all
from ringback.scenario.finding import SUFFIXES
from ringback.service.service import Service

_FORMS = {".jsonl": "jsonl", ".har": "har"}


def record(service: Service, path: Path) -> list[Path]:
    """Write down what happened on *service* since its start, and return the files written.

    A *path* that ends in `.ringback.yaml` is one story of everything, one in `.jsonl` or `.har`
    that form of it; any other is a folder, which is made, with a scenario for each submission. A
    file is there as a whole or not at all. Raises `NotRecorded`, and `SettingsError` for the name
    of a file that nobody would find.
    """
    form = "scenario" if path.name.endswith(SUFFIXES) else _FORMS.get(path.suffix)
    if form is not None and not path.is_dir():
        text = export(service, form)
        return write_all(path.parent, {path.name: text})
    if path.suffix in (".yaml", ".yml", ".json") and not path.is_dir():
        raise SettingsError(
            f"{in_one_line(str(path))!r} is no name for a recording: let it end in {SUFFIXES[0]},"
            " .jsonl or .har, or name a folder"
        )
    return write_all(path, scenarios(service))
