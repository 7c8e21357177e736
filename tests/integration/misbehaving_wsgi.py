"""WSGI applications that break the protocol, and what is said of each."""

import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.integration.misbehaving import Misbehaving, Unspeakable

APPS: dict[str, Misbehaving] = {}
PATIENCE = 20

released = threading.Event()
"""Set when the tests are over: threads that hang end then."""

RAISED = r"answered 500 \(the app raised "


def app(said: str, *, hangs: bool = False, goes_on: bool = False) -> Callable[[Any], Any]:
    """Enter an application into the table, with what is *said* of its attempt."""

    def enter(function: Any) -> Any:
        APPS[function.__name__] = Misbehaving(function, said, hangs=hangs, goes_on=goes_on)
        return function

    return enter


def enter_answer(
    name: str, said: str, status: Any = "200 OK", headers: Any = (), result: Any = ()
) -> None:
    """Enter an application that starts an answer and returns a *result*."""

    def answers(environ: Any, start_response: Any) -> Any:
        start_response(status, headers)
        return result

    APPS[name] = Misbehaving(answers, said)


# -- what is said --------------------------------------------------------------------------------

enter_answer("a_status_of_bytes", RAISED + "ValueError: a status must be a str .*", b"200 OK")
enter_answer("a_status_of_int", RAISED + "ValueError: .*, not 200", 200)
enter_answer("a_status_that_is_none", RAISED + "ValueError: .*", None)
enter_answer("a_status_of_words", RAISED + "ValueError: .*", "OK")
enter_answer("a_status_without_a_blank", RAISED + "ValueError: .*", "200OK")
enter_answer("a_status_of_two_lines", RAISED + "ValueError: .*", "200 OK\r\nx: y")
enter_answer("a_status_of_nothing", RAISED + "ValueError: .*", "")
enter_answer("an_interim_status", RAISED + "ValueError: .*", "100 Continue")
enter_answer("a_status_of_other_digits", RAISED + "ValueError: .*", "\uff12\uff10\uff10 OK")
enter_answer("headers_of_bytes", RAISED + "TypeError: .* str, not bytes", headers=[(b"a", b"b")])
enter_answer("a_name_of_int", RAISED + "TypeError: .*not int", headers=[(5, "x")])
enter_answer("a_value_of_int", RAISED + "TypeError: .*not int", headers=[("x", 5)])
enter_answer("a_value_of_none", RAISED + "TypeError: .*not NoneType", headers=[("x", None)])
enter_answer("headers_that_are_no_pairs", RAISED + "ValueError: .*", headers=["abc"])
enter_answer("headers_that_are_none", RAISED + "TypeError: .*", headers=None)
enter_answer("a_name_with_a_blank", RAISED + "ValueError: illegal .*", headers=[("a b", "c")])
enter_answer("a_value_of_two_lines", RAISED + "ValueError: .*", headers=[("a", "b\r\nc: d")])
enter_answer("a_value_in_greek", RAISED + "UnicodeEncodeError: .*", headers=[("a", "λ")])
enter_answer("a_length_in_words", RAISED + ".*", headers=[("Content-Length", "two")])
enter_answer("a_body_in_text", RAISED + "TypeError: .* bytes, not str", result=["text"])
enter_answer("a_body_that_is_a_text", RAISED + "TypeError: .*", result="text")
enter_answer("a_body_that_is_bytes", RAISED + "TypeError: .*not int", result=b"text")
enter_answer("a_body_of_none", RAISED + "TypeError: .*", result=[None])
enter_answer("no_body_at_all", RAISED + "TypeError: .*", result=None)
enter_answer("a_number_for_a_body", RAISED + "TypeError: .*", result=5)
enter_answer("text_after_bytes", r"answered 200 \(the app raised TypeError: .*", result=[b"a", "b"])
enter_answer("empty_parts", "answered 200", result=[b"", b""])
enter_answer(
    "less_than_was_announced",
    r"answered 200 \(truncated body\)",
    headers=[("Content-Length", "2")],
    result=[b"1"],
)
enter_answer(
    "more_than_was_announced", "answered 200", headers=[("Content-Length", "2")], result=[b"three"]
)
enter_answer("a_body_without_content", "answered 204", "204 No Content", result=[b"content"])


@app(r"answered 500 \(the app returned without an answer\)")
def nothing(environ: Any, start_response: Any) -> Any:
    return []


@app(RAISED + "RuntimeError: .*before it called start_response.*")
def a_body_first(environ: Any, start_response: Any) -> Any:
    return [b"early"]


@app(RAISED + "RuntimeError: .*twice.*")
def two_starts(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    start_response("200 OK", [])
    return []


@app(RAISED + "TypeError: .*")
def an_exc_info_that_is_none(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [], exc_info=5)
    return []


@app(RAISED + "TypeError: .*")
def a_start_without_headers(environ: Any, start_response: Any) -> Any:
    start_response("200 OK")
    return []


@app(r"answered 200 \(the app raised TypeError: .*")
def writes_text(environ: Any, start_response: Any) -> Any:
    write = start_response("200 OK", [])
    write(b"bytes")
    write("text")
    return []


# -- what is raised ------------------------------------------------------------------------------


class Closing:
    """A body that raises in *where*: while it is read, or when it is closed."""

    def __init__(self, error: BaseException, where: str) -> None:
        self._error = error
        self._where = where

    def __iter__(self) -> Iterator[bytes]:
        yield b"part"
        if self._where == "reading":
            raise self._error

    def close(self) -> None:
        if self._where == "closing":
            raise self._error


def enter_error(name: str, said: str, error: Callable[[], BaseException]) -> None:
    """Enter applications that raise an error: at once, while they are read, and at their end."""

    def at_once(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        raise error()

    def while_read(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return Closing(error(), "reading")

    def when_closed(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return Closing(error(), "closing")

    APPS[name] = Misbehaving(at_once, rf"answered 500 \(the app raised {said}\)")
    begun = rf"answered 200 \(the app raised {said}\)"
    APPS[f"{name}_while_it_is_read"] = Misbehaving(while_read, begun)
    APPS[f"{name}_when_it_is_closed"] = Misbehaving(when_closed, begun)


enter_error("an_error", "ValueError: no such job", lambda: ValueError("no such job"))
enter_error("an_error_without_a_str", "Unspeakable: <its __str__ failed>", Unspeakable)
enter_error("an_exit", "SystemExit: 3", lambda: SystemExit(3))
enter_error("a_failed_test", "Failed: enough", lambda: pytest.fail.Exception("enough"))
enter_error("a_generators_end", "GeneratorExit", GeneratorExit)
enter_error("a_group", "ExceptionGroup: .*", lambda: ExceptionGroup("two", [OSError(), KeyError()]))


@app(RAISED + "SystemExit")
def sys_exit(environ: Any, start_response: Any) -> Any:
    sys.exit()


@app(RAISED + "StopIteration")
def an_iterations_end(environ: Any, start_response: Any) -> Any:
    raise StopIteration


@app(RAISED + "RecursionError: .*")
def no_bottom(environ: Any, start_response: Any) -> Any:
    return no_bottom(environ, start_response)


# -- what never ends -----------------------------------------------------------------------------


@app("aborted .*", hangs=True)
def hangs(environ: Any, start_response: Any) -> Any:
    released.wait(PATIENCE)
    start_response("200 OK", [])
    return []


@app("aborted .*", hangs=True)
def hangs_in_the_middle(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    yield b"part"
    released.wait(PATIENCE)


@app(r"answered 200 \(body cut at 65536 bytes\)")
def answers_without_end(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return itertools.repeat(b"part")


@app(r"answered 200 \(body cut at 65536 bytes\)")
def writes_without_end(environ: Any, start_response: Any) -> Any:
    write = start_response("200 OK", [])
    while True:
        write(b"part")


@app("aborted .*", hangs=True)
def says_nothing_without_end(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return itertools.repeat(b"")


class Unclosable(list[bytes]):
    """A body that takes for ever to close."""

    def close(self) -> None:
        released.wait(PATIENCE)


@app("answered 200", goes_on=True)
def is_never_closed(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return Unclosable([b"all"])


@app("answered 200", goes_on=True)
def says_all_it_announced_and_hangs(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Length", "3")])
    yield b"all"
    released.wait(PATIENCE)


@app("answered 200", goes_on=True)
def says_all_it_announced_and_goes_on(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Length", "4")])
    return itertools.repeat(b"part")


# -- what touches the house ----------------------------------------------------------------------


@app("answered 200")
def spoils_what_it_was_given(environ: Any, start_response: Any) -> Any:
    environ["wsgi.input"].close()
    environ.clear()
    headers = [("a", "b")]
    start_response("200 OK", headers)
    headers.clear()
    return []


@app("answered 404")
def swallows_its_first_mistake(environ: Any, start_response: Any) -> Any:
    with suppress(ValueError):
        start_response("no status", [])
    start_response("404 Not Found", [])
    return []
