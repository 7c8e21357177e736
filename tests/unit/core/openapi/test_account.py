"""The description of the other paths fits what is listed there."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ringback.core.answer import models as listing
from ringback.core.openapi.account import account_paths, shape
from ringback.core.request.voices import AURA, FLUX, WITHDRAWN
from tests.conftest import KEY_ID

AT = "/v1/projects/{project_id}"


def answered(path: str, method: str = "get") -> Draft202012Validator:
    """What a path answers, if all is well."""
    answer = account_paths()[path][method]["responses"]["200"]
    return Draft202012Validator(answer["content"]["application/json"]["schema"])


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/v1/models", listing.models([*AURA.values(), *WITHDRAWN.values()])),
        ("/v2/models", listing.models(FLUX.values())),
        (f"{AT}/models", listing.models(AURA.values())),
        *(("/v1/models/{uuid}", listing.model(voice)) for voice in AURA.values()),
        *((f"{AT}/models/{{uuid}}", listing.model(voice)) for voice in FLUX.values()),
        ("/v1/projects", listing.projects(KEY_ID)),
        (AT, listing.projects(KEY_ID)["projects"][0]),
        ("/v1/auth/token", listing.key(KEY_ID, KEY_ID)),
    ],
)
def test_what_is_listed_fits(path: str, document: Any) -> None:
    answered(path).validate(document)
    assert not answered(path).is_valid({**document, "more": ""})


def test_a_token_fits_that_lives_as_long_as_may_be() -> None:
    granted = answered("/v1/auth/grant", "post")
    granted.validate({"access_token": "a.b.c", "expires_in": 3600})
    assert not granted.is_valid({"access_token": "a.b.c", "expires_in": 3601})


def test_what_is_named_may_not_exist() -> None:
    missing = [
        path
        for path, methods in account_paths().items()
        for operation in methods.values()
        if "404" in operation["responses"]
    ]
    assert missing == ["/v1/models/{uuid}", AT, f"{AT}/models", f"{AT}/models/{{uuid}}"]


def test_a_shape_knows_all_that_a_listing_holds_and_nothing_else() -> None:
    assert shape({"a": [None], "b": []}) == {
        "type": "object",
        "properties": {
            "a": {"type": "array", "items": {"type": ["string", "null"]}},
            "b": {"type": "array"},
        },
        "required": ["a", "b"],
        "additionalProperties": False,
    }
    with pytest.raises(TypeError, match="no listing holds a float"):
        shape(1.5)
