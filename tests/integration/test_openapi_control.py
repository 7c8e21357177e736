"""The control API does what its own document says: schemathesis asks, on a socket, with requests
that fit the document and with requests that do not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from ringback import Emulator, Settings
from ringback.control.openapi import document
from ringback.control.table import OPERATIONS
from tests.budgets import DEEP, budget
from tests.integration.asking import get
from tests.integration.both_faces import APP, HOOK

DOCUMENT = document(OPERATIONS)

CONFIG = {
    "generation": {"deterministic": True, "database": "none"},
    # The document cannot say that a clock does not go back, or that an id is unknown.
    "checks": {"positive_data_acceptance": {"enabled": False}},
}
METHODS = ("get", "post", "put", "delete", "patch", "head")

IN_REAL_TIME = ("/_ringback/wait", "/_ringback/events")
"""What takes as long as it is told to, or has no end: it has tests of its own."""

AT_FIRST = (
    ("get", "/_ringback/live"),
    ("put", "/_ringback/clock"),
    ("post", "/_ringback/clock/advance"),
    ("post", "/_ringback/failures"),
)
"""Some; the deep run asks all."""

ASKED = [
    (method, path)
    for path, item in DOCUMENT["paths"].items()
    for method in METHODS
    if method in item
    and path not in IN_REAL_TIME
    and ((method, path) in AT_FIRST or budget(False, True))
]


@pytest.fixture(scope="module")
def schema() -> Any:
    """The document, as schemathesis reads it."""
    import schemathesis
    from schemathesis.checks import load_all_checks
    from schemathesis.config import SchemathesisConfig

    load_all_checks()
    config = SchemathesisConfig.from_dict(CONFIG)
    return schemathesis.openapi.from_dict(json.loads(json.dumps(DOCUMENT)), config=config)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Settings(retries=1)) as emulator:
        yield emulator


@pytest.mark.deep
@pytest.mark.parametrize(("method", "path"), ASKED)
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

    emulator.receiver(APP)
    emulator.submit("Hello", callback=HOOK)
    asked: list[Any] = []
    operation = schema[path][method]
    config = HypothesisTestConfig(
        project=schema.config,
        modes=[mode for mode in HypothesisTestMode if DEEP or mode is not mode.COVERAGE],
        settings=schema.config.get_hypothesis_settings(operation=operation, phase="fuzzing"),
        explicit_settings=settings(max_examples=budget(4, 30)),
    )
    create_test(operation=operation, test_func=ask, config=config)()
    assert asked


def test_the_document_holds_what_its_kind_must_hold(schema: Any) -> None:
    schema.validate()


def test_the_document_that_is_served_is_this_one(emulator: Emulator) -> None:
    assert get(emulator.url, "/openapi.json") == json.loads(json.dumps(DOCUMENT))


def test_each_operation_has_a_name_of_its_own() -> None:
    names = [each["operationId"] for item in DOCUMENT["paths"].values() for each in item.values()]
    assert len(set(names)) == len(names)
