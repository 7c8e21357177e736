"""Servers from their start to their first answer: CPU of their processes, and real time."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.benchmarks.measuring import TEXT

HEADERS = {"authorization": "Token anything", "content-type": "application/json"}

Command = Callable[[int], list[str]]
"""What starts a server on a port."""


def ours(port: int) -> list[str]:
    """`serve`."""
    return [sys.executable, "-m", "ringback", "serve", "--port", str(port)]


def free_port() -> int:
    """One on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@dataclass(slots=True)
class Start:
    """A server that is started again and again."""

    command: Command
    environment: dict[str, str]
    status: int = 200
    least: int = 19_000
    """How many bytes its answer has, at least."""
    real: list[float] = field(default_factory=list)
    """Real seconds of each start so far, to its first answer."""

    def __call__(self) -> float:
        """Seconds of CPU from a start to the first answer."""
        port = free_port()
        command = self.command(port)
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._ask(port)
            self.real.append(time.perf_counter() - begun)
        finally:
            # Popen's own wait tells nothing of the CPU.
            os.kill(process.pid, signal.SIGKILL)
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = -signal.SIGKILL
        return used.ru_utime + used.ru_stime

    def _ask(self, port: int) -> None:
        """Post to *port*, once somebody listens there."""
        body = b'{"text":"%s"}' % TEXT.encode()
        given_up_at = time.monotonic() + 60
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.request("POST", "/v1/speak", body, HEADERS)
                answer = connection.getresponse()
                got = answer.status, len(answer.read()) > self.least
                assert got == (self.status, True), answer.status
            except ConnectionError:
                assert time.monotonic() < given_up_at
                time.sleep(0.005)
            else:
                return
            finally:
                connection.close()
