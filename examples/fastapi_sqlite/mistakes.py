"""The same application with one mistake each: those that are made most often."""

from collections.abc import Callable, Mapping

from fastapi import Response
from fastapi.concurrency import run_in_threadpool
from starlette.background import BackgroundTask

from examples.fastapi_sqlite.announcements import Announcements, Callback


def nothing_happens(request_id: str) -> None:
    """Stand where luck decides; a test that wants bad luck puts something else here."""


class NoIdempotencyKey(Announcements):
    """What comes again is kept again."""

    schema = Announcements.schema.replace(
        "recordings (request_id TEXT PRIMARY KEY", "recordings (request_id TEXT"
    )


class TrustsDgToken(Announcements):
    """Whoever sends a dg-token is let in, though it is no secret."""

    def lets_in(self, headers: Mapping[str, str]) -> bool:
        """Look at the wrong header first."""
        return "dg-token" in headers or super().lets_in(headers)


class AnswersBeforeStoring(Announcements):
    """It acknowledges first, so that the sender need not wait; what fails then is lost."""

    meanwhile: Callable[[str], None] = staticmethod(nothing_happens)

    async def answer(self, callback: Callback) -> Response:
        """Say yes, and keep it later."""
        return Response(status_code=204, background=BackgroundTask(self.keep_later, callback))

    async def keep_later(self, callback: Callback) -> None:
        """Keep it, if we are still there."""
        await run_in_threadpool(self.meanwhile, callback.request_id)
        await super().answer(callback)


class NotSafeAgainstTwoAtOnce(NoIdempotencyKey):
    """It looks whether it knows the request id, and then writes: two may look before one writes."""

    meanwhile: Callable[[str], None] = staticmethod(nothing_happens)

    async def keep(self, callback: Callback) -> None:
        """Look, then write."""
        if callback.request_id in dict(self.kept()):
            return
        await run_in_threadpool(self.meanwhile, callback.request_id)
        await super().keep(callback)


class ForgetsPut(Announcements):
    """It takes POST alone, though we may ask for PUT."""

    methods = ("POST",)


class FailsAfterCommit(Announcements):
    """The audio is kept, and then something else goes wrong: the sender hears 500."""

    async def answer(self, callback: Callback) -> Response:
        """Keep it, and fail."""
        await super().answer(callback)
        return Response("the mail server cannot be reached", status_code=500)


class StoresErrorsAsAudio(Announcements):
    """It keeps whatever comes, and never looks what that is."""

    def is_audio(self, callback: Callback) -> bool:
        """Take everything for audio."""
        return True


MISTAKES: Mapping[str, type[Announcements]] = {
    "no idempotency key": NoIdempotencyKey,
    "trusts dg-token": TrustsDgToken,
    "answers before storing": AnswersBeforeStoring,
    "not safe against two copies at once": NotSafeAgainstTwoAtOnce,
    "forgets PUT": ForgetsPut,
    "500 after commit": FailsAfterCommit,
    "stores the JSON error as audio": StoresErrorsAsAudio,
}
