"""What happened as plain values that JSON can hold: secrets masked, bodies by length and digest.

Moments are seconds since the emulator's start.
"""

import hashlib
from functools import singledispatch
from typing import Any

from ringback.core.answer.failure import RequestFailure
from ringback.core.base.duration import nanoseconds, seconds
from ringback.core.base.headers import Headers
from ringback.core.base.masking import masked, masked_query
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.delivery import Attempt, Job, State
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered, AnswerLost, Outcome
from ringback.core.facts import AttemptFinished, Fact
from ringback.core.request.endpoint import Endpoint
from ringback.core.request.query import Ignored
from ringback.core.request.speak import SpeakRequest

_MOMENTS = frozenset({"at", "to", "due_at"})
"""Those fields of facts that are nanoseconds."""


def fact(told: Fact) -> dict[str, Any]:
    """A fact of the journal: its name under `fact`, and all that it says."""
    values = {name: _value(name, getattr(told, name)) for name in type(told).__slots__}
    if isinstance(told, AttemptFinished):
        # Its job is told by the fact of its acceptance.
        values["job"] = None
        values = {"request_id": told.job.request_id} | values
    return {"fact": told.name} | {name: each for name, each in values.items() if each is not None}


def headers(sent: Headers) -> list[dict[str, str]]:
    """Headers in order, those masked that are secret."""
    return [{"name": name, "value": value} for name, value in sent.masked()]


def body(content: bytes, digest: str = "") -> dict[str, Any]:
    """A body by its length and SHA-256; of one that is not kept, only its *digest* is known."""
    if digest:
        return {"sha256": digest}
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def message(sent: CallbackMessage) -> dict[str, Any]:
    """A request to a receiver."""
    return {
        "method": sent.method,
        "url": masked_query(sent.url),
        "headers": headers(sent.headers),
        "body": body(sent.body, sent.digest),
    }


def outcome(became: Outcome) -> dict[str, Any]:
    """What became of an attempt: its word, a sentence, and the receiver's answer if there was one.

    Of the answer's body only the length is told: nobody knows what an application puts there.
    """
    told: dict[str, Any] = {"outcome": became.word, "said": str(became)}
    answer = became.answer if isinstance(became, AnswerLost) else became
    if isinstance(answer, Answered):
        told["response"] = {
            "status": answer.status,
            "headers": headers(answer.headers),
            "body": {"bytes": len(answer.body)},
        }
    return told


@singledispatch
def _plain(value: Any) -> Any:
    """A value that is plain already."""
    return value


def _value(name: str, value: Any) -> Any:
    return seconds(value) if name in _MOMENTS and value is not None else _plain(value)


@_plain.register
def _(state: State) -> str:
    return str(state)


@_plain.register
def _(endpoint: Endpoint) -> str:
    return str(endpoint)


@_plain.register
def _(ignored: Ignored) -> str:
    return ignored.name


@_plain.register
def _(several: tuple) -> list[Any]:  # type: ignore[type-arg]  # singledispatch wants the class
    return [_plain(each) for each in several]


@_plain.register
def _(rejection: Rejection) -> dict[str, Any]:
    return {
        "status": rejection.status,
        "err_code": rejection.code,
        "err_msg": rejection.message,
        "hint": rejection.hint,
    }


@_plain.register
def _(failure: RequestFailure) -> dict[str, Any]:
    told = {"status": failure.status, "delay": seconds(nanoseconds(failure.delay))}
    return told | ({"breaks": failure.breaks} if failure.breaks else {})


@_plain.register
def _(request: SpeakRequest) -> dict[str, Any]:
    sound = request.sound
    told: dict[str, Any] = {
        "text": request.text,
        "model": request.voice.name,
        "encoding": str(sound.encoding),
        "container": str(sound.container),
        "sample_rate": sound.sample_rate,
        "bit_rate": sound.bit_rate,
        "speed": request.speed,
        "tags": [masked(tag) for tag in request.tags],
        "mip_opt_out": request.mip_opt_out,
    }
    if request.callback is not None:
        told |= {"callback": str(request.callback), "callback_method": request.method}
    return told


@_plain.register
def _(job: Job) -> dict[str, Any]:
    return {
        "request_id": job.request_id,
        "key_id": job.key_id,
        "request": _plain(job.request),
    }


@_plain.register
def _(attempt: Attempt) -> dict[str, Any]:
    told = {
        "number": attempt.number,
        "started_at": seconds(attempt.started_at),
        "finished_at": seconds(attempt.finished_at),
        **outcome(attempt.outcome),
        "request": message(attempt.message),
    }
    if attempt.fault is not None:
        told["fault"] = attempt.fault
    if attempt.copy is not None:
        told["copy"] = outcome(attempt.copy)
    return told
