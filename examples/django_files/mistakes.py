"""The same view with one mistake each: those that are made most often."""

from collections.abc import Callable, Mapping

from django.core.files.storage import FileSystemStorage
from django.http import HttpRequest, HttpResponse

from examples.django_files.prompts import Spoken


def nothing_happens(name: str) -> None:
    """Stand where luck decides; a test that wants bad luck puts something else here."""


class NoIdempotencyKey(Spoken):
    """What comes again is kept again: the storage finds another name for it."""

    same_name_again = False


class TrustsDgToken(Spoken):
    """Whoever sends a dg-token is let in, though it is no secret."""

    def lets_in(self, request: HttpRequest) -> bool:
        """Look at the wrong header first."""
        return "dg-token" in request.headers or super().lets_in(request)


class Afterwards(HttpResponse):
    """An answer that is followed by work: servers close an answer when it was sent."""

    def __init__(self, work: Callable[[], object]) -> None:
        """Answer 204; then do *work*."""
        super().__init__(status=204)
        self.work = work

    def close(self) -> None:
        """Do it."""
        super().close()
        self.work()


class AnswersBeforeStoring(Spoken):
    """It acknowledges first, so that the sender need not wait; what fails then is lost."""

    meanwhile: Callable[[str], None] = staticmethod(nothing_happens)

    def answer(self, request_id: str, content_type: str, body: bytes) -> HttpResponse:
        """Say yes, and keep it later."""

        def keep_later() -> None:
            self.meanwhile(request_id)
            super(AnswersBeforeStoring, self).answer(request_id, content_type, body)

        return Afterwards(keep_later)


class NotSafeAgainstTwoAtOnce(NoIdempotencyKey):
    """It looks whether there is such a file, and then writes: two may look before one writes."""

    meanwhile: Callable[[str], None] = staticmethod(nothing_happens)

    def keep(self, name: str, body: bytes) -> None:
        """Look, then write."""
        if FileSystemStorage().exists(name):
            return
        self.meanwhile(name)
        super().keep(name, body)


class ForgetsPut(Spoken):
    """It takes POST alone, though we may ask for PUT."""

    http_method_names = ["post"]  # noqa: RUF012 - as Django writes it


class FailsAfterCommit(Spoken):
    """The audio is kept, and then something else goes wrong: the sender hears 500."""

    def answer(self, request_id: str, content_type: str, body: bytes) -> HttpResponse:
        """Keep it, and fail."""
        super().answer(request_id, content_type, body)
        return HttpResponse("the mail server cannot be reached", status=500)


class StoresErrorsAsAudio(Spoken):
    """It keeps whatever comes, and never looks what that is."""

    def is_audio(self, content_type: str) -> bool:
        """Take everything for audio."""
        return True


MISTAKES: Mapping[str, type[Spoken]] = {
    "no idempotency key": NoIdempotencyKey,
    "trusts dg-token": TrustsDgToken,
    "answers before storing": AnswersBeforeStoring,
    "not safe against two copies at once": NotSafeAgainstTwoAtOnce,
    "forgets PUT": ForgetsPut,
    "500 after commit": FailsAfterCommit,
    "stores the JSON error as audio": StoresErrorsAsAudio,
}
