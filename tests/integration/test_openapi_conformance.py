"""The endpoint does what its OpenAPI document says: schemathesis asks, on a socket, with requests
that fit the document and with requests that do not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from ringback import Emulator, Settings
from ringback.core.openapi.document import document
from tests.budgets import budget

pytestmark = pytest.mark.slow

KEY = "a-key-for-schemathesis"

CONFIG = {
    "generation": {"deterministic": True, "database": "none"},
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
METHODS = ("get", "post", "put", "delete", "patch", "head")
OPERATIONS = [
    (method, path)
    for path, item in document("test")["paths"].items()
    for method in METHODS
    if method in item
]


@pytest.fixture(scope="module")
def schema() -> Any:
    """The document, as schemathesis reads it. It takes long to import: its plugin is left out."""
    import schemathesis
    from schemathesis.checks import load_all_checks
    from schemathesis.config import SchemathesisConfig

    load_all_checks()
    config = SchemathesisConfig.from_dict(CONFIG)
    return schemathesis.openapi.from_dict(json.loads(json.dumps(document("test"))), config=config)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Settings(api_key=KEY)) as emulator:
        yield emulator


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_does_what_the_document_says(
    method: str, path: str, schema: Any, emulator: Emulator
) -> None:
    from schemathesis.generation.hypothesis.builder import (
        HypothesisTestConfig,
        HypothesisTestMode,
        create_test,
    )

    def ask(case: Any) -> None:
        asked.append(case)
        case.call_and_validate(emulator.url)

    asked: list[Any] = []
    operation = schema[path][method]
    config = HypothesisTestConfig(
        project=schema.config,
        modes=[*HypothesisTestMode],
        settings=schema.config.get_hypothesis_settings(operation=operation, phase="fuzzing"),
        explicit_settings=settings(max_examples=budget(3, 30)),
    )
    create_test(operation=operation, test_func=ask, config=config)()
    assert asked


def test_the_document_holds_what_its_kind_must_hold(schema: Any) -> None:
    schema.validate()


def test_every_operation_of_the_document_is_asked(schema: Any) -> None:
    labels = [operation.ok().label for operation in schema.get_all_operations()]
    assert labels == [f"{method.upper()} {path}" for method, path in OPERATIONS]
