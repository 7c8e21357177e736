"""The sample applications, each on both frameworks and reached both ways."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from tests.e2e.apps.hosting import hosted
from tests.e2e.apps.voicemail import FRAMEWORKS, Mailbox


@pytest.fixture(autouse=True)
def no_build_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest and ringback say more on a build server, and what they say is compared."""
    for name in ("CI", "BUILD_NUMBER", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def mailbox() -> Mailbox:
    """What the voicemail application has kept."""
    return Mailbox()


@pytest.fixture(params=FRAMEWORKS)
def app(request: pytest.FixtureRequest, mailbox: Mailbox) -> Any:
    """The voicemail application."""
    return FRAMEWORKS[request.param](mailbox)


@pytest.fixture(params=["over sockets", "in process"])
def way_there(request: pytest.FixtureRequest, app: Any) -> Iterator[Any]:
    """What `connect` is given: the application's base URL, or the application itself."""
    with hosted(app) if request.param == "over sockets" else nullcontext(app) as way:
        yield way
