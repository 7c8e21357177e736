"""Drives `deepgram-sdk`, from version 5 on."""

import json
from pathlib import Path

from deepgram import DeepgramClient, DeepgramClientEnvironment
from deepgram.core.api_error import ApiError

from tests.e2e.clients.drivers.telling import Task, Told, drive, sha256


def client(task: Task) -> DeepgramClient:
    url = task["url"]
    ws_url = "ws" + url.removeprefix("http")
    environment = DeepgramClientEnvironment(
        base=url, production=ws_url, agent=ws_url, agent_rest=url
    )
    return DeepgramClient(api_key=task["key"], environment=environment)


def speak(task: Task) -> Told:
    generate = client(task).speak.v1.audio.with_raw_response.generate
    with generate(text=task["text"], **task["parameters"]) as answer:
        audio = b"".join(answer.data)
        return {
            "sha256": sha256(audio),
            "content_type": answer.headers["content-type"],
            "model": answer.headers["dg-model-name"],
            "characters": int(answer.headers["dg-char-count"]),
        }


def save(task: Task) -> Told:
    with Path(task["file"]).open("wb") as file:
        for piece in client(task).speak.v1.audio.generate(text=task["text"], **task["parameters"]):
            file.write(piece)
    return {}


def ask(task: Task) -> Told:
    pieces = client(task).speak.v1.audio.generate(text=task["text"], **task["parameters"])
    return {"answer": json.loads(b"".join(pieces))}


def describe(error: ApiError) -> Told:
    return {"status": error.status_code, "message": error.body["err_msg"]}


if __name__ == "__main__":
    drive({"speak": speak, "save": save, "ask": ask}, ApiError, describe)
