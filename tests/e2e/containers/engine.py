"""A plugin of pytest in place of Docker's engine, for suites that use testcontainers.

A container is a process on this machine; all else of testcontainers is its own. `ENGINE_IMAGE` has
the one image that there is, in JSON: its `environ`, and `words`, before what a container is given.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import pytest
from testcontainers.core import container
from testcontainers.core.config import ConnectionMode

from tests.e2e.containers.image import LIMIT, reserved_port

ID = "one"


class Container:
    """What testcontainers asks a container of Docker's SDK."""

    id = short_id = ID
    status = "running"

    def __init__(self, command: str, environ: Mapping[str, str]) -> None:
        image = json.loads(os.environ["ENGINE_IMAGE"])
        self._held = ExitStack()
        self.port = self._held.enter_context(reserved_port())
        place = {"RINGBACK_PORT": str(self.port)}
        self._words = [*image["words"], *command.split()]
        self._environ = {**image["environ"], **environ, **place}

    def start(self) -> None:
        self._process = subprocess.Popen(self._words, env=self._environ)

    def reload(self) -> None:
        """It is as it was."""

    def remove(self, **_how: Any) -> None:
        self._process.terminate()
        assert self._process.wait(LIMIT) == 0
        self._held.close()


class Engine:
    """What testcontainers asks its own thin wrapper around Docker's SDK."""

    def __init__(self, **_how: Any) -> None:
        self.client = SimpleNamespace(close=lambda: None)
        self._container: Container | None = None

    def create(
        self, image: str, *, command: str, environment: Mapping[str, str], **_how: Any
    ) -> Container:
        assert image == "ringback"
        self._container = Container(command, environment)
        return self._container

    def start(self, made: Container) -> None:
        made.start()

    def port(self, name: str, port: int) -> int:
        assert (name, port) == (ID, 8088)
        assert self._container is not None
        return self._container.port

    def host(self) -> str:
        return "localhost"

    def get_connection_mode(self) -> ConnectionMode:
        return ConnectionMode.docker_host


@pytest.hookimpl
def pytest_configure() -> None:
    """Take the engine's place before a suite is imported."""
    container.DockerClient = Engine
