"""A request as a story has its client send it, and what it was answered. Secrets are masked."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from ringback.core.base.masking import MASK, is_secret, masked, masked_query, masked_url
from ringback.core.request.editions import V1
from ringback.core.request.endpoint import split
from ringback.core.request.query import write_query
from ringback.core.request.speak import SpeakRequest
from ringback.scenario.model import PARAMETERS
from ringback.service.received import ReceivedRequest

JSON, PLAIN = "application/json", "text/plain"

_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_NUMBERS = {
    "sample_rate": _WHOLE,
    "bit_rate": _WHOLE,
    "speed": re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?"),
}
_BOOLEANS = {"true": True, "false": False}
_CREDENTIALS = {"authorization", "sec-websocket-protocol"}
"""Headers by which an upgrade brings a key."""

_TEXTS = ("callback", "callback_method", "model", "encoding", "container")


def ask(received: ReceivedRequest | None, read: SpeakRequest | None) -> dict[str, Any]:
    """What a step `submit` says of a request, as it was *received*, or as it was *read*."""
    if received is not None:
        return _as_received(received, read)
    return {"text": ""} if read is None else _as_read(read)


def is_kept(received: ReceivedRequest) -> bool:
    """Whether all of the request's body is known."""
    return len(received.body) == received.size


def _as_received(received: ReceivedRequest, read: SpeakRequest | None) -> dict[str, Any]:
    """The request as it arrived."""
    content = _content(received)
    if content is None:
        content = {"text": MASK if read is None else read.text}
        if read is None and (coding := received.headers.get("content-encoding")):
            content["headers"] = {"content-encoding": masked(coding)}
    pairs = parse_qsl(received.query, keep_blank_values=True)
    names = [name for name, _ in pairs]
    said = dict(content)
    if len({*names} - {"tag"}) != len([name for name in names if name != "tag"]):
        return said | {"query": _masked_pairs(pairs)}
    others: dict[str, Any] = {}
    tags = [masked(value) for name, value in pairs if name == "tag"]
    for name, value in pairs:
        typed = _typed(name, value)
        if name == "tag":
            said["tag"] = tags[0] if len(tags) == 1 else tags
        elif name in PARAMETERS and typed is not None:
            said[name] = typed
        else:
            others[masked(name)] = MASK if is_secret(name) else masked_url(value)
    if others:
        said["parameters"] = others
    if "authorization" not in received.headers:
        said["key"] = "none"
    elif received.status == 401:
        said["key"] = "wrong"
    return said


def opening(received: ReceivedRequest | None) -> dict[str, Any]:
    """What a step `open` says of an upgrade, as it was *received*."""
    if received is None:
        return {}
    said: dict[str, Any] = {} if received.path == V1.path else {"path": received.path}
    values: dict[str, list[Any]] = {}
    for name, value in parse_qsl(received.query, keep_blank_values=True):
        known = MASK if is_secret(name) else _typed(name, value)
        values.setdefault(masked(name), []).append(masked_url(value) if known is None else known)
    if values:
        said["parameters"] = {
            name: each[0] if len(each) == 1 else each for name, each in values.items()
        }
    if received.status == 401:
        said["key"] = "wrong" if _CREDENTIALS & received.headers.keys() else "none"
    return said


def _typed(name: str, value: str) -> Any:
    """*value* as a file writes it, if that sends it as it was sent; None if it does not."""
    typed: Any = None
    if name == "callback":
        return masked_callback(value)
    if name in _TEXTS:
        typed = masked(value)
    elif name == "mip_opt_out":
        typed = _BOOLEANS.get(value)
    elif name in _NUMBERS and _NUMBERS[name].fullmatch(value):
        typed = float(value) if "." in value else int(value)
    return typed


def _content(received: ReceivedRequest) -> dict[str, Any] | None:
    """The text of the request, or its body as it was, if that is kept and text."""
    if not is_kept(received) or "content-encoding" in received.headers:
        return None
    try:
        body = received.body.decode()
    except UnicodeDecodeError:
        return None
    kind = received.content_type
    bare = (kind or "").partition(";")[0].strip().lower()
    if bare == JSON:
        text = _text_of(body)
        if text is not None:
            return {"text": text} | ({} if kind == JSON else {"content_type": kind})
    elif bare == PLAIN:
        return {"text": body, "content_type": kind}
    said: dict[str, Any] = {"body": body}
    if kind is None:
        return said | {"headers": {"content-type": None}}
    return said | {"content_type": kind}


def _text_of(body: str) -> str | None:
    """The text of a JSON body that holds nothing else."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(document, dict) and document.keys() == {"text"}:
        text = document["text"]
        return text if isinstance(text, str) else None
    return None


def _as_read(read: SpeakRequest) -> dict[str, Any]:
    """The request with all that the service made of it."""
    said: dict[str, Any] = {"text": read.text, "model": read.voice.name}
    sound = read.sound
    said["encoding"] = str(sound.encoding)
    if sound.encoding in ("linear16", "mulaw", "alaw"):
        said |= {"container": str(sound.container), "sample_rate": sound.sample_rate}
    elif sound.encoding == "flac":
        said["sample_rate"] = sound.sample_rate
    elif sound.bit_rate is not None:
        said["bit_rate"] = sound.bit_rate
    if read.speed != 1:
        said["speed"] = read.speed
    if read.tags:
        said["tag"] = [masked(tag) for tag in read.tags]
    if read.mip_opt_out:
        said["mip_opt_out"] = True
    if read.callback is not None:
        said["callback"] = masked_query(read.callback.url)
        if read.callback.authorization is not None:
            said["callback"] = said["callback"].replace("://", f"://{MASK}:{MASK}@", 1)
        if read.method != "POST":
            said["callback_method"] = read.method.lower()
    return said


def elsewhere(asked: str) -> dict[str, Any]:
    """What a step `submit` says of a request of which only method and path are known."""
    method, _, path = asked.partition(" ")
    return {"method": method, "path": path}


def masked_callback(url: str) -> str:
    """*url* with other credentials and secrets than it had, where it had any."""
    shown = masked_url(url)
    if shown == url or isinstance(split(url), str):
        return shown
    return shown.replace(f"://{MASK}@", f"://{MASK}:{MASK}@", 1)


def _masked_pairs(pairs: list[tuple[str, str]]) -> str:
    said = [(masked(name), MASK if is_secret(name) else masked_url(value)) for name, value in pairs]
    return write_query(dict(said)).decode() if len(dict(said)) == len(said) else _joined(said)


def _joined(pairs: list[tuple[str, str]]) -> str:
    return "&".join(write_query({name: value}).decode() for name, value in pairs)
