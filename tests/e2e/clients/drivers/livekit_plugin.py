"""Drives `livekit-plugins-deepgram`, which knows neither files nor callbacks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
from livekit.agents import APIStatusError
from livekit.plugins import deepgram

from tests.e2e.clients.drivers.telling import Task, Told, drive, sha256


def speak(task: Task) -> Told:
    frames = asyncio.run(played(task, lambda speech: speech.synthesize(task["text"])))
    # The last one is its own: silence that marks the end.
    return {"sha256": sha256(b"".join(frames[:-1]))}


def stream(task: Task) -> Told:
    def begin(speech: Any) -> Any:
        words = speech.stream()
        words.push_text(task["text"])
        words.end_input()
        return words

    return {"sha256": sha256(b"".join(asyncio.run(played(task, begin))))}


async def played(task: Task, begin: Callable[[Any], AsyncIterator[Any]]) -> list[bytes]:
    async with aiohttp.ClientSession() as session:
        speech = deepgram.TTS(
            api_key=task["key"],
            base_url=f"{task['url']}/v1/speak",
            http_session=session,
            **task["parameters"],
        )
        frames = [bytes(event.frame.data) async for event in begin(speech)]
        await speech.aclose()
    return frames


def describe(error: Any) -> Told:
    return {"status": error.status_code, "message": error.message}


if __name__ == "__main__":
    drive({"speak": speak, "stream": stream}, APIStatusError, describe)
