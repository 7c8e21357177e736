"""Environments for clients: made once, of exact versions, and kept for the next session."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CACHE = ROOT / ".clients"


def environment(name: str) -> Path:
    """The folder in which the versions of `pins/NAME` are installed, on the first call.

    Raises `RuntimeError` with what the installer said.
    """
    manifest = next((HERE / "pins" / name).iterdir())
    # Another interpreter needs other builds of the same versions.
    key = hashlib.sha256(manifest.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = CACHE / f"{name}-{key}"
    complete = folder / "complete"
    with _locked(folder.with_suffix(".lock")):
        if not complete.exists():
            if folder.exists():
                shutil.rmtree(folder)
            _INSTALLERS[manifest.name](manifest, folder)
            complete.touch()
    return folder


def _install_from_pypi(requirements: Path, folder: Path) -> None:
    venv.create(folder, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder), "--disable-pip-version-check"]
    _run(*pip, "install", "--quiet", "--requirement", str(requirements), cwd=folder)


def _install_from_npm(package: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    shutil.copy(package, folder)
    quiet = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    _run("npm", "install", *quiet, cwd=folder)


_INSTALLERS = {"requirements.txt": _install_from_pypi, "package.json": _install_from_npm}


def _run(*command: str, cwd: Path) -> None:
    done = subprocess.run(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1500,  # several may be installed at once
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} in {cwd} failed:\n{done.stdout}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time do what follows."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
