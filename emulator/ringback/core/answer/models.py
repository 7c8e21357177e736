"""The JSON in which the service lists its voices and projects.

Shape of `GET /v1/models`: documented. What is not published of a voice (version, colour, picture,
sample) is filled with stand-ins of the right type (assumed).
"""

from collections.abc import Iterable
from typing import Any

from ringback.core.request.voices import Voice

STAND_IN_VERSION = "2025-04-07.0"


def model(voice: Voice) -> dict[str, Any]:
    """One entry of the `tts` list."""
    family = voice.architecture.removesuffix("-tts")
    name, _, _ = voice.name.removeprefix(f"{family}-").rpartition("-")
    return {
        "name": name,
        "canonical_name": voice.name,
        "architecture": voice.architecture,
        "languages": list(voice.languages),
        "version": STAND_IN_VERSION,
        "uuid": voice.model_uuid,
        "metadata": {
            "accent": voice.accent,
            "age": voice.age,
            "color": "#000000",
            "image": "",
            "sample": "",
            "tags": list(voice.tags),
            "use_cases": list(voice.use_cases),
            "display_name": None,
        },
    }


def models(voices: Iterable[Voice]) -> dict[str, Any]:
    """The answer of `/v1/models`: no speech-to-text here."""
    listed = list(voices)
    languages = {language for voice in listed for language in voice.languages}
    return {
        "stt": [],
        "tts": [model(voice) for voice in listed],
        "languages": {language: language for language in sorted(languages)},
    }


def projects(project_id: str) -> dict[str, Any]:
    """The answer of `/v1/projects`: the one project that an emulator has."""
    return {"projects": [{"project_id": project_id, "name": "Ringback"}]}


def key(identifier: str, project_id: str) -> dict[str, Any]:
    """The answer of `/v1/auth/token`: the key in use. Its fields are those of a key (assumed)."""
    return {
        "api_key_id": identifier,
        "project_id": project_id,
        "comment": "Ringback",
        "scopes": ["member"],
        "tags": [],
    }
