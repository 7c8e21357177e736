"""What a WSGI application does between its answer and the look at it is told once."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ringback import Emulator
from ringback.sending import wsgi
from ringback.sending.sender import Work


class Failing:
    """A body that fails when it is closed, once *go* is set."""

    def __init__(self, go: threading.Event) -> None:
        self._go = go

    def __iter__(self) -> Iterator[bytes]:
        yield b"part"

    def close(self) -> None:
        self._go.wait()
        raise ValueError("late")


def test_an_error_between_an_answer_and_the_look_at_it_is_noted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go = threading.Event()
    watched_by = wsgi._Call.watched_by

    def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Failing:
        start_response("200 OK", [("content-length", "4")])
        return Failing(go)

    def watched_and_ended(call: wsgi._Call, watch: Callable[[Work], object]) -> bool:
        watched = watched_by(call, watch)
        go.set()
        for thread in threading.enumerate():
            if thread.name == "ringback wsgi receiver":
                thread.join()
        return watched

    monkeypatch.setattr(wsgi._Call, "watched_by", watched_and_ended)
    with Emulator() as ringback:
        ringback.connect("https://app.example", app)
        delivery = ringback.submit("Hello", callback="https://app.example/done")
        ringback.run_until_idle()
        assert str(delivery.attempts[0].outcome) == (
            "answered 200 (the app raised ValueError: late)"
        )
