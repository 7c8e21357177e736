"""Files that are there as a whole, or not at all."""

import os
import shutil
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ringback.errors import NotRecorded

_DEVICES = (("dev",), ("proc",))
"""Below them a file is what somebody has open: `/dev/stdout`, where it leads to one."""


def write(path: Path, text: str) -> None:
    """Have *text* be the file at *path*, in place of what was there.

    It is written beside it first: who reads it finds the old text or the new one, and of a disk
    that is full no part of either is lost. A link stays, and so does what is no file, such as
    `/dev/stdout`, which is written to. Raises `NotRecorded`.
    """
    beside: Path | None = None
    try:
        if _is_written_to(path):
            _put(path, text)
            return
        place = path.resolve()
        # Hidden, and by another ending: nobody takes it for a scenario.
        beside = place.with_name(f".{place.name}.{os.getpid()}-{threading.get_ident()}.part")
        _put(beside, text)
        if place.exists():
            shutil.copymode(place, beside)
        beside.replace(place)
    except (OSError, ValueError) as error:
        if beside is not None:
            with suppress(OSError, ValueError):
                beside.unlink()
        raise _unwritten(path, error) from None


def _is_written_to(path: Path) -> bool:
    """Whether there is something at *path* that nothing may take the place of."""
    return path.exists() and (not path.is_file() or path.absolute().parts[1:2] in _DEVICES)


def _put(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)


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
