"""Callbacks as the service makes them, one job each."""

from dataclasses import replace
from types import TracebackType
from typing import Self

from ringback.core.base.headers import Headers
from ringback.core.delivery.message import CallbackMessage
from ringback.core.request.endpoint import Endpoint
from ringback.errors import SettingsError
from ringback.faces.emulator import Emulator
from ringback.receiving.scripted import Receiver
from ringback.settings.settings import Settings

ORIGIN = "http://receiver.example"


class Callbacks:
    """Makes what the dispatcher would send to *endpoint*, with credentials if there are any."""

    def __init__(
        self, endpoint: Endpoint, auth: tuple[str, str] | None, dg_token: str | None
    ) -> None:
        """Prepare. *dg_token* takes the place of an identifier that the receiver does not know."""
        self._endpoint = endpoint
        self._dg_token = dg_token
        self._emulator = Emulator(Settings(callback_errors=True))
        self._auth = auth
        self._receiver: Receiver | None = None

    def __enter__(self) -> Self:
        """Begin."""
        self._emulator.open()
        self._receiver = self._emulator.receiver(ORIGIN)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End."""
        self._emulator.close()

    def make(self, *, method: str = "POST", failed: bool = False) -> CallbackMessage:
        """A callback of a job of its own: its audio, or in JSON why there is none."""
        ringback, receiver = self._emulator, self._receiver
        if receiver is None:
            raise SettingsError("callbacks are made inside of `with`")
        delivery = ringback.submit(
            "Is this stored once, whatever happens on the way?",
            callback=ORIGIN + self._endpoint.target,
            callback_method=method.lower(),
        )
        if failed:
            ringback.fail_job(delivery)
        ringback.run_until_idle()
        ringback.advance(1)  # so that a later job has a later id
        message = with_headers(receiver.requests[-1], host=self._endpoint.authority)
        if self._auth is not None:
            message = with_headers(message, authorization=basic(*self._auth))
        if self._dg_token is not None:
            message = with_headers(message, dg_token=self._dg_token)
        return message


def request_id_of(message: CallbackMessage) -> str:
    """The request id that *message* carries."""
    return message.headers["dg-request-id"]


def with_headers(message: CallbackMessage, **changes: str | None) -> CallbackMessage:
    """*message* with other headers; None takes one out. `_` in a name stands for `-`."""
    wanted = {name.replace("_", "-"): value for name, value in changes.items()}
    left = [pair for pair in message.headers.on_the_wire if pair[0].lower() not in wanted]
    added = [(name, value) for name, value in wanted.items() if value is not None]
    return replace(message, headers=Headers([*left, *added]))


def with_body(message: CallbackMessage, body: bytes) -> CallbackMessage:
    """*message* with another *body*, and its length."""
    changed = with_headers(message, content_length=str(len(body)))
    return replace(changed, body=body)


def in_odd_case(message: CallbackMessage) -> CallbackMessage:
    """*message* with the names of its headers in letters of alternating size."""
    pairs = [
        ("".join(letter.upper() if at % 2 else letter for at, letter in enumerate(name)), value)
        for name, value in message.headers.on_the_wire
    ]
    return replace(message, headers=Headers(pairs))


def basic(user: str, password: str) -> str:
    """A Basic `Authorization`."""
    import base64

    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
