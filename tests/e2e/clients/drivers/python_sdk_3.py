"""Drives `deepgram-sdk` 3 and 4."""

import importlib
import json
import threading
from typing import Any

from websockets.exceptions import InvalidStatus

from tests.e2e.clients.drivers.telling import Task, Told, drive, refused_upgrade, sha256

# Not `import deepgram`: type checkers would read version 7.
deepgram: Any = importlib.import_module("deepgram")


def speech(task: Task) -> Any:
    if not task["url"]:  # as those make it who have never heard of another
        return deepgram.DeepgramClient(task["key"]).speak.rest.v("1")
    options = deepgram.DeepgramClientOptions(url=task["url"])
    return deepgram.DeepgramClient(task["key"], options).speak.rest.v("1")


def speak(task: Task) -> Told:
    answer = speech(task).stream_memory({"text": task["text"]}, task["parameters"])
    return {
        "sha256": sha256(answer.stream_memory.getvalue()),
        "content_type": answer.content_type,
        "model": answer.model_name,
        "characters": answer.characters,
    }


def save(task: Task) -> Told:
    speech(task).save(task["file"], {"text": task["text"]}, task["parameters"])
    return {}


def ask(task: Task) -> Told:
    # Its options know nothing of callbacks; `addons` is where it takes what it does not know.
    answer = speech(task).stream_memory({"text": task["text"]}, addons=task["parameters"])
    return {"answer": json.loads(answer.stream_memory.getvalue())}


def stream(task: Task) -> Told:
    # Else it keeps what went wrong to itself.
    raising = {"termination_exception_connect": True}
    options = deepgram.DeepgramClientOptions(url=task["url"], options=raising)
    socket = deepgram.DeepgramClient(task["key"], options).speak.websocket.v("1")
    audio, said, flushed = [], [], threading.Event()
    events = deepgram.SpeakWebSocketEvents
    socket.on(events.AudioData, lambda _socket, data, **_: audio.append(data))
    socket.on(events.Metadata, lambda _socket, metadata, **_: said.append(metadata.type))
    socket.on(events.Flushed, lambda _socket, **_: flushed.set())
    socket.start(task["parameters"])
    socket.send_text(task["text"])
    socket.flush()
    flushed.wait()
    socket.finish()
    return {"sha256": sha256(b"".join(audio)), "said": [*said, "Flushed"]}


def describe(error: Any) -> Told:
    if isinstance(error, InvalidStatus):
        return refused_upgrade(error)
    return {"status": int(error.status), "message": error.message}


OPERATIONS = {"speak": speak, "save": save, "ask": ask, "stream": stream}

if __name__ == "__main__":
    drive(OPERATIONS, (deepgram.DeepgramApiError, InvalidStatus), describe)
