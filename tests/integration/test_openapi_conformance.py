"""The endpoint does what its OpenAPI document says: schemathesis asks, on a socket, with requests
that fit the document and with requests that do not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig

from ringback import Emulator, Settings
from ringback.core.openapi import document

KEY = "a-key-for-schemathesis"

CONFIG = SchemathesisConfig.from_dict(
    {
        "generation": {"deterministic": True, "max-examples": 40, "database": "none"},
        "auth": {"openapi": {"key": {"api_key": f"Token {KEY}"}}},
        # The document cannot say which rates go with which encoding.
        "checks": {"positive_data_acceptance": {"enabled": False}},
        "operations": [
            {
                # Whether the service refuses any `include_outdated` is not documented.
                "include-path-regex": "/models$",
                "checks": {"negative_data_rejection": {"enabled": False}},
            }
        ],
    }
)
SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(document("test"))), config=CONFIG)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Settings(api_key=KEY)) as emulator:
        yield emulator


@SCHEMA.parametrize()
def test_an_operation_does_what_the_document_says(case: Any, emulator: Emulator) -> None:
    case.call_and_validate(emulator.url)
