"""One image for all tests of containers."""

import pytest

from tests.e2e.containers.image import Image


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image of the project's Dockerfile, as far as it is one without an engine."""
    return Image(tmp_path_factory.mktemp("image"))
