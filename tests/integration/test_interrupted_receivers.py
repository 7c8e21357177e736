"""A `KeyboardInterrupt` in an application: its attempt is recorded, and the test is interrupted."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ringback import AsyncEmulator, Emulator, Settings
from ringback.core.facts import AttemptFinished
from tests.integration.both_faces import APP, HOOK, Awaiting, Blocking

PATIENCE = 20
OTHER = "https://other.example"
INTERRUPTED = ["aborted by the emulator: it was interrupted"]


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    raise KeyboardInterrupt


async def asgi_after_a_while(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.to_thread(bool)
    raise KeyboardInterrupt


async def asgi_in_the_middle(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200})
    raise KeyboardInterrupt


def wsgi(environ: Any, start_response: Any) -> Any:
    raise KeyboardInterrupt


def wsgi_before_its_answer_went_out(environ: Any, start_response: Any) -> Any:
    start_response("204 No Content", [])
    raise KeyboardInterrupt


async def asgi_at_the_end(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body"})
    raise KeyboardInterrupt


async def asgi_in_the_background(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body"})
    await asyncio.to_thread(bool)
    raise KeyboardInterrupt


class Closing(list[bytes]):
    """A body that cannot be closed."""

    def close(self) -> None:
        raise KeyboardInterrupt


def wsgi_when_it_is_closed(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return Closing([b"all"])


BEFORE = [asgi, asgi_after_a_while, asgi_in_the_middle, wsgi, wsgi_before_its_answer_went_out]
AFTER = [asgi_at_the_end, asgi_in_the_background, wsgi_when_it_is_closed]


@pytest.fixture(params=[Blocking, Awaiting])
def face(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Both faces, one after the other."""
    made = request.param()
    yield made
    made.close()


def works(face: Any) -> None:
    """Whether another delivery goes its way."""
    face.emulator.receiver(OTHER)
    delivery = face.emulator.submit("Hello", callback=OTHER)
    face.call("run_until_idle")
    assert delivery.statuses == [200]


@pytest.mark.parametrize("app", BEFORE)
@pytest.mark.parametrize("verb", ["settle", "step", "run_until_idle"])
def test_an_interrupt_in_an_app_interrupts_the_verb(
    face: Any, app: Callable[..., Any], verb: str
) -> None:
    face.emulator.connect(APP, app)
    delivery = face.emulator.submit("Hello", callback=HOOK)
    with pytest.raises(KeyboardInterrupt):
        face.call(verb)
    assert [str(each.outcome) for each in delivery.attempts] == INTERRUPTED
    assert (delivery.state, delivery.reason) == ("cancelled", "aborted: it was interrupted")
    works(face)


@pytest.mark.parametrize("app", AFTER)
def test_an_interrupt_after_the_answer_interrupts_the_verb_and_the_answer_stands(
    face: Any, app: Callable[..., Any]
) -> None:
    face.emulator.connect(APP, app)
    delivery = face.emulator.submit("Hello", callback=HOOK)
    with pytest.raises(KeyboardInterrupt):
        face.call("settle")
    assert (delivery.state, delivery.statuses) == ("delivered", [200])
    assert delivery.attempts[0].outcome.note == "the app raised KeyboardInterrupt"
    works(face)


@pytest.mark.parametrize("app", [asgi, wsgi])
def test_while_time_flows_an_interrupt_reaches_the_next_verb(app: Callable[..., Any]) -> None:
    finished = threading.Event()
    with Emulator(Settings(clock="real")) as ringback:
        ringback.journal.on_append = lambda fact: (
            finished.set() if isinstance(fact, AttemptFinished) else None
        )
        ringback.connect(APP, app)
        delivery = ringback.submit("Hello", callback=HOOK)
        assert finished.wait(PATIENCE)
        assert [str(each.outcome) for each in delivery.attempts] == INTERRUPTED
        with pytest.raises(KeyboardInterrupt):
            ringback.settle()
        assert ringback.settle() == []


def test_while_time_flows_on_the_loop_of_the_test_an_interrupt_stops_the_run() -> None:
    """No verb may ever come: a real Ctrl-C that meets the app has to stop the test all the same."""
    deliveries: list[Any] = []

    async def story() -> None:
        async with AsyncEmulator(Settings(clock="real")) as ringback:
            ringback.connect(APP, asgi)
            deliveries.append(ringback.submit("Hello", callback=HOOK))
            await asyncio.Event().wait()

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(story())
    (delivery,) = deliveries
    assert [str(each.outcome) for each in delivery.attempts] == INTERRUPTED


def test_an_app_that_stops_the_engines_loop_stops_nobody() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        asyncio.get_running_loop().stop()
        await asyncio.to_thread(bool)
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    with Emulator(Settings(retries=0)) as ringback:
        ringback.connect(APP, app)
        for _ in range(2):
            delivery = ringback.submit("Hello", callback=HOOK)
            ringback.settle()
            assert delivery.statuses == [200]
