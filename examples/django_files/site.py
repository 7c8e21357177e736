"""The site with one view or another, and a folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from django.urls import path

from examples.django_files.prompts import Spoken


@contextmanager
def site(view: type[Spoken]) -> Iterator[Any]:
    """The WSGI application; what it keeps is thrown away at the end."""

    class Urls:
        urlpatterns = (path("spoken", view.as_view()),)

    with (
        TemporaryDirectory() as folder,
        override_settings(ROOT_URLCONF=Urls, MEDIA_ROOT=Path(folder)),
    ):
        yield get_wsgi_application()
