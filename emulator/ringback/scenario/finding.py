"""The scenario files that somebody means by some paths."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ringback.errors import SettingsError

STDIN = Path("-")
"""Standard input, where a scenario is handed over by another program."""

SUFFIXES = (".ringback.yaml", ".ringback.yml")


def find(paths: Sequence[str | Path]) -> list[Path]:
    """The scenario files that *paths* name: files as they are, directories searched and sorted.

    However often and by whatever spelling or link a file is named, it is found once, as it was
    named first; `-` is standard input. Raises `SettingsError` for a path that leads nowhere, and
    for a directory without scenarios.
    """
    found: dict[str, Path] = {}
    for named in paths:
        if str(named) == "-":
            found.setdefault("-", STDIN)
            continue
        path = _checked(named)
        inside = sorted(_search(path)) if path.is_dir() else [path]
        if not inside:
            raise SettingsError(f"there is no *.ringback.yaml in {str(path)!r}")
        for each in inside:
            found.setdefault(os.path.realpath(each), each)
    return list(found.values())


def _checked(named: str | Path) -> Path:
    if not str(named).strip():
        raise SettingsError(
            "a path is empty; name scenario files or directories, such as . for the one you are in"
        )
    path = Path(named)
    try:
        exists = path.exists()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"{str(path)!r} cannot be looked at: {reason}") from None
    if not exists:
        if path.is_symlink():
            raise SettingsError(f"{str(path)!r} is a link that leads nowhere; mend it")
        raise SettingsError(f"there is no {str(path)!r}; name scenario files or directories")
    return path


def _search(directory: Path) -> Iterator[Path]:
    """The scenario files in *directory*, in linked directories too, but each directory once."""
    seen: set[str] = set()
    for place, directories, names in os.walk(directory, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            directories.clear()
            continue
        seen.add(real)
        directories[:] = sorted(each for each in directories if _is_ones_own(Path(place, each)))
        yield from (
            Path(place, name)
            for name in names
            if name.endswith(SUFFIXES) and not name.startswith(".")
        )


def _is_ones_own(directory: Path) -> bool:
    """Whether *directory* is not hidden, nor holds what was installed."""
    name = directory.name
    if name.startswith(".") or name in ("node_modules", "site-packages"):
        return False
    return not (directory / "pyvenv.cfg").exists()
