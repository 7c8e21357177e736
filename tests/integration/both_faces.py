"""Both faces of the clock's verbs as one, and applications that do what a test says."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ringback import AsyncEmulator, Attempt, Emulator, Settings
from tests.integration.rude_receiver import RudeReceiver

APP = "https://app.example"
HOOK = "https://app.example/hook"
GUARD = 0.05
VERBS: dict[str, tuple[Any, ...]] = {
    "settle": (),
    "advance": (1,),
    "advance_to": (1000,),
    "advance_to_next": (),
    "step": (),
    "run_until_idle": (),
    "advance_until": (bool, 1),
}


class Blocking:
    """A test that is a plain function."""

    def __init__(self, **settings: Any) -> None:
        self.emulator = Emulator(Settings(**settings)).open()

    def call(self, verb: str, *arguments: Any) -> list[Attempt]:
        verb_of = getattr(
            self.emulator if hasattr(self.emulator, verb) else self.emulator.clock, verb
        )
        made: list[Attempt] = verb_of(*arguments)
        return made

    def close(self) -> None:
        self.emulator.close()


class Awaiting:
    """A test that is a coroutine, one verb at a time."""

    def __init__(self, **settings: Any) -> None:
        self.runner = asyncio.Runner()
        self.emulator = AsyncEmulator(Settings(**settings)).open()

    def call(self, verb: str, *arguments: Any) -> list[Attempt]:
        owner = self.emulator if hasattr(self.emulator, verb) else self.emulator.clock
        return self.runner.run(getattr(owner, verb)(*arguments))

    def close(self) -> None:
        self.emulator.close()
        self.runner.close()


Face = Blocking | Awaiting
Make = Callable[..., Face]


@dataclass
class Application:
    """A receiver in this process, as ASGI and as WSGI: does something, then answers *status*."""

    act: Callable[[], object] = bool
    status: int = 200
    errors: list[BaseException] = field(default_factory=list)
    then: Callable[..., Any] | None = None

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        self._act()
        if self.then is not None:
            await self.then(scope, receive, send)
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body"})

    def wsgi(self, environ: Any, start_response: Any) -> list[bytes]:
        self._act()
        start_response(f"{self.status} Whatever", [])
        return [b""]

    def _act(self) -> None:
        try:
            self.act()
        except BaseException as error:
            self.errors.append(error)
            raise


async def never_answers(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.Event().wait()


def url_of(receiver: RudeReceiver) -> str:
    return f"http://{receiver.host}:{receiver.port}"


def submit(face: Face, path: str = "") -> Any:
    return face.emulator.submit("Hello", callback=HOOK + path)


def times(attempts: list[Attempt]) -> list[float]:
    return [attempt.started_at for attempt in attempts]


@contextmanager
def unmoved(face: Face) -> Iterator[None]:
    clock = face.emulator.clock
    before = (clock.elapsed, clock.next_due, len(face.emulator.journal))
    yield
    assert (clock.elapsed, clock.next_due, len(face.emulator.journal)) == before


class Gate:
    """An ASGI receiver that says when an attempt has arrived, and waits to be let go on."""

    def __init__(self, status: int = 200) -> None:
        self.arrived = threading.Semaphore(0)
        self.opened = threading.Semaphore(0)
        self._status = status

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        self.arrived.release()
        await asyncio.to_thread(self.opened.acquire, timeout=60)
        await send({"type": "http.response.start", "status": self._status, "headers": []})
        await send({"type": "http.response.body"})

    def wait(self) -> None:
        assert self.arrived.acquire(timeout=60), "nothing arrived"


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        if true():
            return
        time.sleep(0.005)
    raise AssertionError("it did not come true within ten seconds")
