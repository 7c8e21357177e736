"""ASGI applications that break the protocol, and what is said of each."""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from ringback.sending.asgi import Receive, Scope, Send
from tests.integration.misbehaving import Misbehaving, Unspeakable

APPS: dict[str, Misbehaving] = {}

ASGI = Callable[[Any, Receive, Send], Awaitable[None]]
OK: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": []}
END: dict[str, Any] = {"type": "http.response.body"}
MORE: dict[str, Any] = {"type": "http.response.body", "body": b"part", "more_body": True}


def app(said: str, *, hangs: bool = False, goes_on: bool = False) -> Callable[[Any], Any]:
    """Enter an application into the table, with what is *said* of its attempt."""

    def enter(function: Any) -> Any:
        APPS[function.__name__] = Misbehaving(function, said, hangs=hangs, goes_on=goes_on)
        return function

    return enter


def enter_events(name: str, said: str, *events: Any) -> None:
    """Enter an application that does nothing but send *events*."""

    async def sends(scope: Scope, receive: Receive, send: Send) -> None:
        for event in events:
            await send(event)

    APPS[name] = Misbehaving(sends, said)


def begins(status: object = 200, *headers: object) -> dict[str, Any]:
    """The event that begins an answer."""
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def has(part: object, **more: object) -> dict[str, Any]:
    """An event with a part of a body."""
    return {"type": "http.response.body", "body": part, **more}


RAISED = r"answered 500 \(the app raised "

# -- what is sent --------------------------------------------------------------------------------

enter_events("nothing", r"answered 500 \(the app returned without an answer\)")
enter_events("a_start_alone", r"answered 200 \(truncated body\)", OK)
enter_events("no_end", r"answered 200 \(truncated body\)", OK, MORE)
enter_events("two_starts", r"answered 200 \(the app raised RuntimeError: .*twice\)", OK, OK)
enter_events("a_body_first", RAISED + "RuntimeError: .*before the start.*", END)
enter_events("more_after_the_end", r"answered 200 \(the app raised RuntimeError: .*", OK, END, END)
enter_events("another_start_after_the_end", r"answered 200 \(the app raised Run.*", OK, END, OK)
enter_events("an_event_without_type", RAISED + "KeyError: 'type'", {})
enter_events("an_event_that_is_none", RAISED + "TypeError: .*", None)
enter_events("an_event_that_is_a_text", RAISED + "TypeError: .*", "http.response.start")
enter_events("an_event_of_another_protocol", r"answered 500 \(the app returned w.*", {"type": "x"})
enter_events("no_status", RAISED + "KeyError: 'status'", {"type": "http.response.start"})
enter_events("a_status_in_text", RAISED + "TypeError: a status must be an int, .*", begins("200"))
enter_events("a_status_that_is_none", RAISED + "TypeError: .*", begins(None))
enter_events("a_fraction_of_a_status", RAISED + "TypeError: .*", begins(200.5))
enter_events("a_status_that_is_true", RAISED + "ValueError: .* 200 to 999, not 1", begins(True))
enter_events("an_interim_status", RAISED + "ValueError: a status must .*, not 100", begins(100))
enter_events("a_status_of_four_digits", RAISED + "ValueError: a status must .*", begins(2000))
enter_events("a_negative_status", RAISED + "ValueError: a status must .*", begins(-200))
enter_events("headers_in_text", RAISED + "TypeError: .* bytes, not str", begins(200, ("a", "b")))
enter_events("headers_of_numbers", RAISED + "TypeError: .*not int", begins(200, (b"a", 5)))
enter_events("headers_that_are_no_pairs", RAISED + "TypeError: .*", begins(200, b"ab"))
enter_events("headers_of_three", RAISED + "ValueError: .*", begins(200, (b"a", b"b", b"c")))
enter_events("no_headers_at_all", RAISED + "TypeError: .*", {**OK, "headers": None})
enter_events("a_name_with_a_blank", RAISED + "ValueError: illegal h.*", begins(200, (b"a b", b"")))
enter_events("a_name_of_nothing", RAISED + "ValueError: illegal .*", begins(200, (b"", b"x")))
enter_events("a_value_of_two_lines", RAISED + "ValueError: .*", begins(200, (b"a", b"b\r\nc: d")))
enter_events("a_length_in_words", RAISED + ".*Length.*", begins(200, (b"content-length", b"two")))
enter_events("a_length_below_zero", RAISED + ".*", begins(200, (b"content-length", b"-2")))
enter_events(
    "two_lengths",
    RAISED + ".*impossible Content-Length: '1, 2'.*",
    begins(200, (b"content-length", b"1"), (b"Content-Length", b"2")),
)
enter_events("a_body_in_text", r"answered 200 \(the app raised TypeError: .*", OK, has("text"))
enter_events("a_body_of_nothing", r"answered 200 \(the app raised TypeError: .*", OK, has(None))
enter_events(
    "more_than_was_announced",
    r"answered 200 \(the app raised RuntimeError: the body is longer .*",
    begins(200, (b"content-length", b"2")),
    has(b"three"),
)
enter_events(
    "less_than_was_announced",
    r"answered 200 \(the app raised RuntimeError: the body is shorter .*",
    begins(200, (b"content-length", b"2")),
    has(b"1"),
)

# -- what is raised ------------------------------------------------------------------------------


def enter_error(name: str, said: str, error: Callable[[], BaseException]) -> None:
    """Enter applications that raise an error: at once, once they began, and at their end."""
    for when, events in {"": [], "_in_the_middle": [OK, MORE], "_at_the_end": [OK, END]}.items():

        async def fails(
            scope: Scope, receive: Receive, send: Send, events: list[Any] = events
        ) -> None:
            for event in events:
                await send(event)
            raise error()

        status = 200 if events else 500
        APPS[name + when] = Misbehaving(fails, rf"answered {status} \(the app raised {said}\)")


enter_error("an_error", "ValueError: no such job", lambda: ValueError("no such job"))
enter_error("an_error_without_words", "KeyError", KeyError)
enter_error("an_error_without_a_str", r"Unspeakable: <its __str__ failed>", Unspeakable)
enter_error("an_exit", "SystemExit: 3", lambda: SystemExit(3))
enter_error("a_failed_test", "Failed: enough", lambda: pytest.fail.Exception("enough"))
enter_error("a_generators_end", "GeneratorExit", GeneratorExit)
enter_error("a_cancellation", "CancelledError", asyncio.CancelledError)
enter_error("an_iterations_end", "RuntimeError: coroutine raised StopIteration", StopIteration)
enter_error("a_group", "ExceptionGroup: .*", lambda: ExceptionGroup("two", [OSError(), KeyError()]))


@app(RAISED + "TypeError: .*")
def no_coroutine(scope: Scope, receive: Receive, send: Send) -> None: ...


@app(RAISED + "SystemExit")
async def sys_exit(scope: Scope, receive: Receive, send: Send) -> None:
    sys.exit()


@app(RAISED + "CancelledError")
async def cancels_itself(scope: Scope, receive: Receive, send: Send) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


@app(r"answered 500 \(the app returned without an answer\)")
async def cancels_itself_and_returns(scope: Scope, receive: Receive, send: Send) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


@app("answered 200")
async def cancels_itself_and_answers(scope: Scope, receive: Receive, send: Send) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    await send(OK)
    await send(END)


@app(RAISED + "CancelledError")
async def awaits_a_cancelled_task(scope: Scope, receive: Receive, send: Send) -> None:
    inner = asyncio.ensure_future(asyncio.Event().wait())
    asyncio.get_running_loop().call_soon(inner.cancel)
    await inner


@app("answered 200")
async def leaves_a_failed_task_behind(scope: Scope, receive: Receive, send: Send) -> None:
    async def fails() -> None:
        raise ValueError

    task = asyncio.ensure_future(fails())
    await send(OK)
    await send(END)
    await asyncio.wait({task})
    task.exception()


# -- what never ends -----------------------------------------------------------------------------


@app("aborted .*", hangs=True)
async def hangs(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


@app("aborted .*", hangs=True)
async def hangs_in_the_middle(scope: Scope, receive: Receive, send: Send) -> None:
    await send(OK)
    await send(MORE)
    await asyncio.Event().wait()


@app("aborted .*", hangs=True)
async def waits_for_the_dispatcher_to_leave(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@app("aborted .*", hangs=True)
async def reads_for_ever(scope: Scope, receive: Receive, send: Send) -> None:
    while True:
        await receive()


@app("aborted .*", hangs=True)
async def is_deaf_to_cancellation(scope: Scope, receive: Receive, send: Send) -> None:
    for _ in range(2):
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
    await send(OK)
    await send(END)


@app("aborted .*", hangs=True)
async def answers_when_it_is_cancelled(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        await send(OK)
        await send(END)


@app("aborted .*", hangs=True)
async def raises_when_it_is_cancelled(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        raise ValueError


@app(r"answered 200 \(body cut at 65536 bytes\)")
async def answers_without_end(scope: Scope, receive: Receive, send: Send) -> None:
    await send(OK)
    while True:
        await send(MORE)


@app(r"answered 200 \(body cut at 65536 bytes\)", goes_on=True)
async def answers_without_end_or_ears(scope: Scope, receive: Receive, send: Send) -> None:
    await send(OK)
    while True:
        with suppress(OSError):
            await send(MORE)


@app("aborted .*", hangs=True)
async def says_nothing_without_end(scope: Scope, receive: Receive, send: Send) -> None:
    await send(OK)
    while True:
        await send(has(b"", more_body=True))


@app("aborted .*", hangs=True)
async def says_nothing_without_end_or_ears(scope: Scope, receive: Receive, send: Send) -> None:
    await send(OK)
    while True:
        with suppress(Exception):
            await send(has(b"", more_body=True))


@app("aborted .*", hangs=True)
async def sends_what_nobody_knows_for_ever(scope: Scope, receive: Receive, send: Send) -> None:
    while True:
        await send({"type": "http.response.debug"})


@app("answered 200", goes_on=True)
async def reads_on_for_ever(scope: Scope, receive: Receive, send: Send) -> None:
    await send(OK)
    await send(END)
    while True:
        await receive()


@app("answered 200", goes_on=True)
async def works_on_for_ever(scope: Scope, receive: Receive, send: Send) -> None:
    await send(OK)
    await send(END)
    await asyncio.Event().wait()


@app("answered 200", goes_on=True)
async def works_on_and_is_deaf(scope: Scope, receive: Receive, send: Send) -> None:
    await send(OK)
    await send(END)
    for _ in range(2):
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


@app("answered 204", goes_on=True)
async def says_no_content_and_hangs(scope: Scope, receive: Receive, send: Send) -> None:
    await send(begins(204))
    await asyncio.Event().wait()


@app("answered 200", goes_on=True)
async def says_all_it_announced_and_hangs(scope: Scope, receive: Receive, send: Send) -> None:
    await send(begins(200, (b"content-length", b"4")))
    await send(MORE)
    await asyncio.Event().wait()


# -- what touches the house ----------------------------------------------------------------------


@app("answered 200")
async def collects_garbage(scope: Scope, receive: Receive, send: Send) -> None:
    gc.collect()
    await send(OK)
    await send(END)


@app("answered 200")
async def spoils_what_it_was_given(scope: Scope, receive: Receive, send: Send) -> None:
    (await receive()).clear()
    scope["headers"].clear()
    scope.clear()
    await send(OK)
    await send(END)
