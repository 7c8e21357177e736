"""Fixtures for the shells: real receivers, and an alarm that only the test rings."""

import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.integration.both_faces import Awaiting, Blocking, Face, Gate, Make
from tests.integration.rude_receiver import Behaviour, RudeReceiver


@dataclass
class FakeAlarm:
    """Keeps what is set, and rings it when it is told to: in another thread, as the real one."""

    set_for: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    cancelled: list[float] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def __call__(self, seconds: float, ring: Callable[[], None]) -> "FakePending":
        self.set_for.append((seconds, ring))
        return FakePending(self, seconds)

    def ring(self, seconds: float) -> None:
        """Ring what was set for so many seconds, even if it has been cancelled since."""
        rings = [ring for wanted, ring in self.set_for if wanted == seconds]
        assert rings, f"nothing was set for {seconds} s"
        for ring in rings:
            thread = threading.Thread(target=self._ring, args=(ring,))
            thread.start()
            thread.join()

    def _ring(self, ring: Callable[[], None]) -> None:
        try:
            ring()
        except Exception as fault:  # noqa: BLE001 - shown to the test
            self.faults.append(fault)


@dataclass
class FakePending:
    """An alarm of a `FakeAlarm`."""

    alarm: FakeAlarm
    seconds: float

    def cancel(self) -> None:
        self.alarm.cancelled.append(self.seconds)


@pytest.fixture
def alarm() -> FakeAlarm:
    """An alarm for limits that pass when the test says so."""
    return FakeAlarm()


Rude = Callable[..., RudeReceiver]


@pytest.fixture
def rude() -> Iterator[Rude]:
    """Start receivers that behave badly; all of them end with the test."""
    with ExitStack() as receivers:

        def start(
            behaviour: Behaviour,
            *,
            host: str = "127.0.0.1",
            tls: ssl.SSLContext | None = None,
        ) -> RudeReceiver:
            return receivers.enter_context(RudeReceiver(behaviour, host=host, tls=tls))

        yield start


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the tests'. *ca_file* is what its users trust."""

    ca: trustme.CA
    ca_file: str

    def context(self, *names: str) -> ssl.SSLContext:
        """What a receiver that is called *names* shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*names).configure_cert(context)
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that no system trusts."""
    return _authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another one, which `authority` knows nothing of."""
    return _authority(tmp_path_factory.mktemp("stranger"))


def _authority(folder: Path) -> Authority:
    ca = trustme.CA()
    path = folder / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return Authority(ca, str(path))


@pytest.fixture(params=[Blocking, Awaiting], ids=["blocking", "awaitable"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Make a test's side of the clock, of either face."""
    made: list[Face] = []

    def make_face(**settings: Any) -> Face:
        made.append(request.param(**settings))
        return made[-1]

    yield make_face
    for face in made:
        face.close()


@pytest.fixture
def face(make: Make) -> Face:
    return make()


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.release(100)


@pytest.fixture
def beside() -> Iterator[Callable[..., "Future[Any]"]]:
    """Call something in another thread."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit
