"""The vendor's paths that Ringback serves, as an OpenAPI 3.1 document made of its own tables.

It describes the service under default settings. Ringback serves it nowhere: the service has no such
path either.
"""

from typing import Any

from ringback.core.openapi.account import account_paths
from ringback.core.openapi.answers import HEADERS, SCHEMAS
from ringback.core.openapi.speak import speak
from ringback.core.request.editions import V1, V2

SECURITY = {
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Token KEY`, with an API key.",
    },
    "granted": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "`Bearer TOKEN`, with what /v1/auth/grant gave out: for speech alone.",
    },
}


def document(version: str) -> dict[str, Any]:
    """The document, for Ringback of that *version*."""
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Deepgram text-to-speech, as Ringback serves it",
            "version": version,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {
            **{edition.path: {"post": speak(edition)} for edition in (V1, V2)},
            **account_paths(),
        },
        "components": {"securitySchemes": SECURITY, "headers": HEADERS, "schemas": SCHEMAS},
    }
