"""Real clients, unmodified, each in a process and an environment of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ringback import Emulator, Interception
from tests.e2e.clients.environments import HERE, ROOT, environment

Told = dict[str, Any]
"""What a driver tells: what the client returned, or its exception, status and message."""

LIMIT = 30
"""Real seconds after which a driver has hung."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client: the driver that speaks to it, and where its versions are pinned.

    Without *pins* it is the version that the tests themselves import.
    """

    driver: str
    pins: str | None = None

    def run(
        self,
        do: str,
        ringback: Emulator,
        text: str,
        *,
        key: str = "",
        file: str = "",
        interception: Interception | None = None,
        **parameters: Any,
    ) -> Told:
        """Have the client do something, under the emulator's key or another.

        *do* is `speak` (and hear), `save` (to *file*), `ask` (for a callback) or `stream`. With an
        *interception* it is told of no URL.
        """
        url = "" if interception else ringback.url
        task = {"do": do, "url": url, "key": key or ringback.api_key, "text": text}
        environ = self._variables()
        if interception:
            environ |= interception.variables(environ)
        done = subprocess.run(
            self._command(),
            cwd=ROOT,
            env=environ,
            input=json.dumps(task | {"file": file, "parameters": parameters}),
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told: Told = json.loads(done.stdout)
        return told

    def _command(self) -> list[str]:
        file = HERE / "drivers" / self.driver
        if file.suffix == ".cjs":
            return ["node", str(file)]
        python = environment(self.pins) / "bin" / "python" if self.pins else Path(sys.executable)
        return [str(python), "-m", ".".join(file.relative_to(ROOT).with_suffix("").parts)]

    def _variables(self) -> dict[str, str]:
        """Nothing of ours but the search path: no proxies, no keys, no PYTHONPATH."""
        found = {"PATH": os.environ["PATH"]}
        if self.pins and self.driver.endswith(".cjs"):
            found["NODE_PATH"] = str(environment(self.pins) / "node_modules")
        return found


SDKS = {
    "Python SDK 7": Client("python_sdk.py"),
    "Python SDK 4": Client("python_sdk_3.py", "python-sdk-4"),
    "Python SDK 3": Client("python_sdk_3.py", "python-sdk-3"),
    "JavaScript SDK 5": Client("js_sdk.cjs", "js-sdk-5"),
    "JavaScript SDK 3": Client("js_sdk_3.cjs", "js-sdk-3"),
}
"""Deepgram's own."""

LIVEKIT = {"LiveKit": Client("livekit_plugin.py", "livekit")}
"""A framework's plugin, which brings a client of its own."""


def each(clients: dict[str, Client]) -> pytest.MarkDecorator:
    """Repeat a test for each of *clients*."""
    return pytest.mark.parametrize("client", clients.values(), ids=clients)
