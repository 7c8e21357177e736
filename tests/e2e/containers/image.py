"""What a Dockerfile says, done without an engine: its commands as they stand, in an environment of
Python in place of a container, and its process on this machine in place of one."""

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.pages.reading import ROOT

LIMIT = 300
"""Real seconds after which something has hung; it may have to install something."""

Process = subprocess.Popen[str]


@dataclass(frozen=True, slots=True)
class Instruction:
    """A line of a Dockerfile: `RUN`, and what is run."""

    name: str
    value: str


def read(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile, each in one line."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines() if line]


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port that nobody else is given, and on which a server may listen meanwhile."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("", 0))
        yield held.getsockname()[1]


class Image:
    """The image of the project's Dockerfile, made in *folder*."""

    def __init__(self, folder: Path) -> None:
        self.instructions = read((ROOT / "Dockerfile").read_text("utf-8"))
        self.python = folder / "python"
        self._wheels = folder / "wheels"
        self._source = folder / "source"
        _let_in(self._source)
        venv.create(self.python, with_pip=True, symlinks=True)
        for command in self.values("RUN"):
            if " pip " in command:
                self._install(command)

    def values(self, name: str) -> list[str]:
        """What the instructions of this name say, in order."""
        return [each.value for each in self.instructions if each.name == name]

    @property
    def environ(self) -> dict[str, str]:
        """What `ENV` says, and where programs are found."""
        words = [word for value in self.values("ENV") for word in shlex.split(value)]
        path = f"{self.python / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {**dict(word.split("=", 1) for word in words), "PATH": path}

    @contextmanager
    def running(
        self, environ: Mapping[str, str], command: str | None = None
    ) -> Iterator[tuple[Process, int]]:
        """A container, and the port on which it has said that it is ready; stopped as by Docker."""
        (entry,) = self.values("ENTRYPOINT")
        (default,) = self.values("CMD")
        words = json.loads(entry) + (json.loads(default) if command is None else command.split())
        with (
            reserved_port() as port,
            subprocess.Popen(
                words,
                env={**self.environ, **environ, "RINGBACK_PORT": str(port)},
                cwd=self._source.parent,
                stdout=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            assert process.stdout is not None
            try:
                ready = process.stdout.readline()
                assert ready.startswith(f"ringback ready url=http://0.0.0.0:{port} ")
                yield process, port
            finally:
                process.terminate()
                process.communicate(timeout=LIMIT)

    def health(self, port: int) -> int:
        """The exit code of the health check, in a container whose server has *port*."""
        (check,) = self.values("HEALTHCHECK")
        words = json.loads(check.split("CMD", 1)[1])
        return subprocess.run(
            words,
            env={**self.environ, "RINGBACK_PORT": str(port)},
            stderr=subprocess.DEVNULL,
            timeout=LIMIT,
            check=False,
        ).returncode

    def _install(self, command: str) -> None:
        kept = [word for word in command.split() if not word.startswith("--mount=")]
        subprocess.run(
            ["sh", "-ec", " ".join(kept).replace("/wheels", str(self._wheels))],
            cwd=self._source,
            env={**os.environ, **self.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            timeout=LIMIT,
            stdout=sys.stderr,
            check=True,
        )


def _let_in(folder: Path) -> None:
    """Copy what `.dockerignore` lets into a build."""
    folder.mkdir()
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if line.startswith("!"):
            source, copy = ROOT / line[1:], folder / line[1:]
            if source.is_dir():
                shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy)
