"""The same application with one mistake each: those that are made most often."""

from collections.abc import Callable, Mapping

from flask import Request, Response

from examples.flask_worker.voice_notes import Callback, VoiceNotes


def nothing_happens(request_id: str) -> None:
    """Stand where luck decides; a test that wants bad luck puts something else here."""


class NoIdempotencyKey(VoiceNotes):
    """What comes again is kept again."""

    schema = VoiceNotes.schema.replace(
        "request_id TEXT PRIMARY KEY, audio", "request_id TEXT, audio"
    )


class TrustsDgToken(VoiceNotes):
    """Whoever sends a dg-token is let in, though it is no secret."""

    def lets_in(self, request: Request) -> bool:
        """Look at the wrong header first."""
        return "dg-token" in request.headers or super().lets_in(request)


class AnswersBeforeStoring(VoiceNotes):
    """It acknowledges, and leaves everything to the worker; what fails there is lost."""

    meanwhile: Callable[[str], None] = staticmethod(nothing_happens)

    def answer(self, callback: Callback) -> Response:
        """Say yes, and keep it later."""
        self.work.put(callback)
        return Response(status=202)

    def publish(self, callback: Callback) -> None:
        """Keep it, if we are still there."""
        self.meanwhile(callback.request_id)
        if not self.is_audio(callback):
            self.note_failure(callback)
        elif self.keep(callback):
            super().publish(callback)


class NotSafeAgainstTwoAtOnce(NoIdempotencyKey):
    """It looks whether it knows the request id, and then writes: two may look before one writes."""

    meanwhile: Callable[[str], None] = staticmethod(nothing_happens)

    def keep(self, callback: Callback) -> bool:
        """Look, then write."""
        if any(request_id == callback.request_id for request_id, _, _ in self.notes()):
            return False
        self.meanwhile(callback.request_id)
        return super().keep(callback)


class ForgetsPut(VoiceNotes):
    """It takes POST alone, though we may ask for PUT."""

    methods = ("POST",)


class FailsAfterCommit(VoiceNotes):
    """The audio is kept, and then something else goes wrong: the sender hears 500."""

    def answer(self, callback: Callback) -> Response:
        """Keep it, and fail."""
        super().answer(callback)
        return Response("the mail server cannot be reached", status=500)


class StoresErrorsAsAudio(VoiceNotes):
    """It keeps whatever comes, and never looks what that is."""

    def is_audio(self, callback: Callback) -> bool:
        """Take everything for audio."""
        return True


MISTAKES: Mapping[str, type[VoiceNotes]] = {
    "no idempotency key": NoIdempotencyKey,
    "trusts dg-token": TrustsDgToken,
    "answers before storing": AnswersBeforeStoring,
    "not safe against two copies at once": NotSafeAgainstTwoAtOnce,
    "forgets PUT": ForgetsPut,
    "500 after commit": FailsAfterCommit,
    "stores the JSON error as audio": StoresErrorsAsAudio,
}
