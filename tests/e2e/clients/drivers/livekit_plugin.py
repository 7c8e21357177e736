"""Drives `livekit-plugins-deepgram`, which knows neither files nor callbacks."""

import asyncio
from typing import Any

import aiohttp
from livekit.agents import APIStatusError
from livekit.plugins import deepgram

from tests.e2e.clients.drivers.telling import Task, Told, drive, sha256


def speak(task: Task) -> Told:
    return {"sha256": sha256(asyncio.run(synthesized(task)))}


async def synthesized(task: Task) -> bytes:
    async with aiohttp.ClientSession() as session:
        speech = deepgram.TTS(
            api_key=task["key"],
            base_url=f"{task['url']}/v1/speak",
            http_session=session,
            **task["parameters"],
        )
        events = [event async for event in speech.synthesize(task["text"])]
    # It marks the end by a frame of its own, of silence.
    return b"".join(bytes(event.frame.data) for event in events if not event.is_final)


def describe(error: Any) -> Told:
    return {"status": error.status_code, "message": error.message}


if __name__ == "__main__":
    drive({"speak": speak}, APIStatusError, describe)
