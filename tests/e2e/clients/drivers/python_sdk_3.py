"""Drives `deepgram-sdk` 3 and 4."""

import importlib
import json
from typing import Any

from tests.e2e.clients.drivers.telling import Task, Told, drive, sha256

# Not `import deepgram`: type checkers would read version 7.
deepgram: Any = importlib.import_module("deepgram")


def speech(task: Task) -> Any:
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


def describe(error: Any) -> Told:
    return {"status": int(error.status), "message": error.message}


if __name__ == "__main__":
    drive({"speak": speak, "save": save, "ask": ask}, deepgram.DeepgramApiError, describe)
