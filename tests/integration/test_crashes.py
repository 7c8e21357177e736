"""What applications of this process raise while they answer, and what is no fault of theirs."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from ringback import Emulator, Endpoint, Settings
from ringback.clock.turns import drained
from ringback.core.request.endpoint import split
from ringback.sending.asgi import AsgiSender
from ringback.sending.sender import Limits
from tests.integration.messages import message_to

APP = "https://app.example"
HOOK = f"{APP}/hook"

_there = split(HOOK)
assert isinstance(_there, Endpoint)
THERE = _there


def crashes(app: object, **settings: Any) -> list[str]:
    """What strictness says after one attempt to *app*."""
    with Emulator(Settings(retries=0, **settings)) as ringback:
        ringback.connect(APP, app)
        ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        return ringback.leftovers()["crashes"]


async def answer(send: Any, status: int = 204) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def raises_before(scope: Any, receive: Any, send: Any) -> None:
    raise LookupError("no mailbox")


async def raises_after(scope: Any, receive: Any, send: Any) -> None:
    await answer(send)
    raise LookupError("no mailbox")


async def raises_a_group(scope: Any, receive: Any, send: Any) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(raises_before(scope, receive, send))


def raises_in_a_thread(environ: Any, start_response: Any) -> Iterable[bytes]:
    raise LookupError("no mailbox")


def raises_while_it_goes_on(environ: Any, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    yield b"a"
    raise LookupError("no mailbox")


@pytest.mark.parametrize(
    "app", [raises_before, raises_after, raises_in_a_thread, raises_while_it_goes_on]
)
def test_whatever_an_application_raises_is_told_of_with_its_place(
    app: Callable[..., object],
) -> None:
    (sentence,) = crashes(app)
    assert sentence.startswith(f"{APP}: the app raised LookupError: no mailbox (test_crashes.py:")
    assert f", in {app.__name__}). " in sentence
    assert sentence.endswith("mend the application, or have it answer what is meant")


def test_a_group_of_errors_is_one() -> None:
    (sentence,) = crashes(raises_a_group)
    assert "the app raised ExceptionGroup: unhandled errors in a TaskGroup" in sentence


def test_what_an_application_answers_is_its_own_affair() -> None:
    async def refuses(scope: Any, receive: Any, send: Any) -> None:
        await answer(send, 500)

    assert crashes(refuses) == []


def test_errors_of_one_kind_are_kept_once_with_the_frames_of_the_application() -> None:
    with Emulator() as ringback:
        ringback.connect(APP, raises_before)
        ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        (crash,) = ringback.crashes
    assert (crash.origin, crash.times) == (APP, 11)
    traceback = crash.error.__traceback__
    assert traceback is not None
    assert traceback.tb_frame.f_code is raises_before.__code__
    assert traceback.tb_next is None
    assert str(crash).endswith(", and the same 10 times more")


def test_errors_of_two_kinds_are_two() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/one":
            raise LookupError
        raise KeyError("two")

    with Emulator(Settings(retries=0)) as ringback:
        ringback.connect(APP, app)
        for path in ("one", "two", "one"):
            ringback.submit("Hello", callback=f"{APP}/{path}")
        ringback.run_until_idle()
        assert [(type(each.error), each.times) for each in ringback.crashes] == [
            (LookupError, 2),
            (KeyError, 1),
        ]


def test_an_error_that_cannot_say_what_it_is_does_no_harm() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise Mute

    (sentence,) = crashes(app)
    assert "the app raised Mute: <its __str__ failed>" in sentence


def test_a_long_error_is_told_in_one_short_line() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("a" * 1000 + "\nb")

    (sentence,) = crashes(app)
    assert f"LookupError: {'a' * 100}… (" in sentence


def test_what_follows_from_a_hang_up_is_no_fault_of_the_application() -> None:
    class Disconnected(Exception):
        pass

    ended = []
    told: list[BaseException] = []

    async def story() -> None:
        begun = asyncio.Event()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as error:
                ended.append("cancelled")
                raise Disconnected from error

        limits = Limits(crashed=lambda _endpoint, error: told.append(error))
        sending = asyncio.ensure_future(AsgiSender(app).send(message_to(THERE), THERE, limits))
        await begun.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await drained()

    asyncio.run(story())
    assert (ended, told) == (["cancelled"], [])


def test_an_application_that_cancels_itself_has_raised() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise asyncio.CancelledError

    (sentence,) = crashes(app)
    assert "the app raised CancelledError (" in sentence
