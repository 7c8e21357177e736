"""Files that stand while a server is ready: whole once they are there, and gone at its end."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ringback.core.base.masking import in_one_line
from ringback.errors import ServerError


def take_down(paths: Iterable[str]) -> None:
    """Remove what a server that was killed has left at *paths*. Raises `ServerError`."""
    for name in paths:
        path = Path(name).resolve()
        if path.exists() and not path.is_file():
            raise ServerError(f"{in_one_line(name)} is no regular file; name another")
        with _told(name):
            path.unlink(missing_ok=True)


@contextmanager
def standing(texts: Mapping[str, str]) -> Iterator[None]:
    """Have a file with each of *texts*, a line each, by path, while the block runs.

    Each is written aside and moved to its place, so that whoever sees it sees all of it. A file
    that another server has put in its place stays. Raises `ServerError`.
    """
    placed: dict[Path, tuple[int, int]] = {}
    try:
        for name, text in texts.items():
            path = Path(name).resolve()
            with _told(name):
                placed[path] = _placed(path, f"{text}\n")
        yield
    finally:
        for path, identity in placed.items():
            with suppress(OSError):
                if _identity(path.stat()) == identity:
                    path.unlink()


def _placed(path: Path, text: str) -> tuple[int, int]:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            identity = _identity(os.fstat(file.fileno()))
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    return identity


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ServerError(
            f"{in_one_line(name)} cannot be written: {reason}; name a file in a folder that is"
            " there and may be written to"
        ) from None
