"""Drives `deepgram-sdk`, from version 5 on."""

import json
from pathlib import Path

from deepgram import DeepgramClient, DeepgramClientEnvironment
from deepgram.core.api_error import ApiError
from deepgram.speak.v1.types import SpeakV1Text
from websockets.exceptions import InvalidStatus

from tests.e2e.clients.drivers.telling import Task, Told, drive, refused_upgrade, sha256


def client(task: Task) -> DeepgramClient:
    url = task["url"]
    if not url:  # as those make it who have never heard of another
        return DeepgramClient(api_key=task["key"])
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


def stream(task: Task) -> Told:
    with client(task).speak.v1.connect(**task["parameters"]) as socket:
        socket.send_text(SpeakV1Text(text=task["text"]))
        socket.send_flush()
        audio, said = b"", []
        while "Flushed" not in said:
            message = socket.recv()
            if isinstance(message, bytes):
                audio += message
            else:
                said.append(message.type)
        socket.send_close()
    return {"sha256": sha256(audio), "said": said}


def describe(error: ApiError | InvalidStatus) -> Told:
    if isinstance(error, InvalidStatus):
        return refused_upgrade(error)
    said = error.body if isinstance(error.body, str) else error.body["err_msg"]
    return {"status": error.status_code, "message": said}


OPERATIONS = {"speak": speak, "save": save, "ask": ask, "stream": stream}

if __name__ == "__main__":
    drive(OPERATIONS, (ApiError, InvalidStatus), describe)
