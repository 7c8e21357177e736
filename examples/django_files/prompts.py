"""Prompts: Django takes the callbacks, and keeps the audio as files named by their request id."""

import secrets
from base64 import b64encode
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

if not settings.configured:  # which is done by manage.py in a project of more than one file
    settings.configure(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["app.example", "127.0.0.1"],
        SECRET_KEY="for tests alone",
        DATA_UPLOAD_MAX_MEMORY_SIZE=20_000_000,  # of 2.5 MB by itself, which audio may exceed
        CALLBACK_USER="ada",
        CALLBACK_PASSWORD="s3cret",
    )


@method_decorator(csrf_exempt, name="dispatch")
class Spoken(View):
    """The callback endpoint."""

    http_method_names: ClassVar[list[str]] = ["post", "put"]
    same_name_again: ClassVar[bool] = True
    """Whether a file is written over; a storage of Django's finds another name otherwise."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take a callback."""
        if not self.lets_in(request):
            return HttpResponse(status=401, headers={"www-authenticate": "Basic"})
        return self.answer(
            request.headers["dg-request-id"], request.headers["content-type"], request.body
        )

    put = post

    def lets_in(self, request: HttpRequest) -> bool:
        """Whether the caller knows the user and the password of our callback URL."""
        expected = b64encode(f"{settings.CALLBACK_USER}:{settings.CALLBACK_PASSWORD}".encode())
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "basic" and secrets.compare_digest(given.encode(), expected)

    def answer(self, request_id: str, content_type: str, body: bytes) -> HttpResponse:
        """Keep what came, then acknowledge it: after that it will not come again."""
        try:
            if self.is_audio(content_type):
                self.keep(f"spoken/{request_id}.mp3", body)
            else:
                self.keep(f"failed/{request_id}.json", body)
        except OSError:  # the disk is full
            return HttpResponse(status=503)
        return HttpResponse(status=204)

    def is_audio(self, content_type: str) -> bool:
        """Whether it is audio: a job that has failed is told of in JSON."""
        return content_type.startswith("audio/")

    def keep(self, name: str, body: bytes) -> None:
        """Write a file. The same request id brings the same bytes, so it may be written twice."""
        storage = FileSystemStorage(allow_overwrite=self.same_name_again)
        storage.save(name, ContentFile(body))


def files(folder: str = "spoken") -> dict[str, bytes]:
    """What was kept, by name."""
    return {each.name: each.read_bytes() for each in (Path(settings.MEDIA_ROOT) / folder).glob("*")}


urlpatterns = [path("spoken", Spoken.as_view())]
