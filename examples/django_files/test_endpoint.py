"""The callback endpoint under the battery of `check`, on a socket."""

import pytest

from examples.django_files.mistakes import MISTAKES
from examples.django_files.prompts import Spoken, files
from examples.django_files.site import site
from ringback import check

pytestmark = pytest.mark.needs_tool


def test_the_endpoint_takes_what_may_come(mistake: str | None) -> None:
    with site(Spoken if mistake is None else MISTAKES[mistake]) as application:
        report = check(
            application,
            path="/spoken",
            auth=("ada", "s3cret"),
            stored=lambda: [name[:36] for name in files()],  # a request id has 36 characters
        )
    assert report.passed, str(report)
