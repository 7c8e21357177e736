"""Files that are there as a whole, or not at all."""

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ringback.errors import NotRecorded


def write(path: Path, text: str) -> None:
    """Have *text* be the file at *path*, in place of what was there.

    It is written beside it first: who reads it finds the old text or the new one, and of a disk
    that is full no part of either is lost. Raises `NotRecorded`.
    """
    # Hidden, and by another ending: nobody takes it for a scenario.
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        beside.replace(path)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            beside.unlink()
        raise _unwritten(path, error) from None


def write_all(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write each text under its name in *folder*, which is made. Raises `NotRecorded`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise _unwritten(folder, ValueError("it is a file, and no folder")) from None
    except (OSError, ValueError) as error:
        raise _unwritten(folder, error) from None
    for name, text in texts.items():
        write(folder / name, text)
    return [folder / name for name in texts]


def _unwritten(path: Path, error: OSError | ValueError) -> NotRecorded:
    reason = getattr(error, "strerror", None) or str(error)
    return NotRecorded(
        f"{str(path)!r} was not written: {reason}. Nothing of it was left behind; record to a"
        " folder that is there, on a disk with room"
    )
