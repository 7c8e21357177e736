"""What a request hears in place of the service's own answer, written into the journal."""

from dataclasses import replace
from traceback import format_exception_only

from ringback.clock.virtual import VirtualClock
from ringback.core.answer.answer import LONGEST_LINE, Answer, failing, refusal
from ringback.core.answer.failure import RequestFailure
from ringback.core.base.rejection import Rejection
from ringback.core.facts import RequestMisdirected, RequestRejected, StrangerRefused
from ringback.core.journal import Journal
from ringback.service.account import Account
from ringback.settings.settings import Settings


class Refusing:
    """Refuses requests. It is called under the lock."""

    def __init__(
        self, settings: Settings, clock: VirtualClock, journal: Journal, account: Account
    ) -> None:
        """Nothing has been refused."""
        self._clock = clock
        self._journal = journal
        self._account = account
        self._too_many = settings.too_many_requests

    def refuse(
        self,
        rejection: Rejection,
        at: int,
        request_id: str,
        *,
        asked: str = "",
        failure: RequestFailure | None = None,
    ) -> Answer:
        """The answer that says *rejection*; a test may have ordered it by a *failure*."""
        told = rejection
        if len(rejection.message) > LONGEST_LINE:  # it repeats what was asked, however long
            told = replace(rejection, message=f"{rejection.message[:LONGEST_LINE]}...")
        self._journal.append(
            RequestRejected(at, request_id, told, failure is not None, asked, failure)
        )
        return refusal(rejection, request_id, self._account.date)

    def refuse_now(self, rejection: Rejection, asked: str) -> Answer:
        """The answer that says *rejection* to what *asked* elsewhere than to speak."""
        with self._clock.still():
            at = self._clock.now_ns
            return self.refuse(rejection, at, self._account.draw_request_id(), asked=asked)

    def misdirect(self, rejection: Rejection, asked: str) -> Answer:
        """The same to what *asked* for a path or method that there is not."""
        with self._clock.still():
            request_id = self._account.draw_request_id()
            self._journal.append(
                RequestMisdirected(self._clock.now_ns, request_id, asked, rejection)
            )
            return refusal(rejection, request_id, self._account.date)

    def note_stranger(self, asked: str) -> int:
        """Take note that a stranger *asked* something, and say at which moment."""
        with self._clock.still():
            at = self._clock.now_ns
            self._journal.append(StrangerRefused(at, asked))
            return at

    def refuse_as_ordered(
        self, failure: RequestFailure | None, at: int, request_id: str
    ) -> Answer | None:
        """The answer that *failure* gives in place of the service's own, None if it leaves that."""
        rejection = None if failure is None else failure.rejection(self._too_many)
        if failure is None or rejection is None:
            return None
        return failing(self.refuse(rejection, at, request_id, failure=failure), failure)

    def refuse_unanswerable(self, error: BaseException, at: int, request_id: str) -> Answer:
        """The answer to a request about which a predicate failed. Its test hears of it later."""
        text = " ".join(line.strip() for line in format_exception_only(error))
        self._clock.unheard.append(error)
        error.add_note(
            f"This is from a predicate (when=…): request {request_id} was answered with 500."
        )
        message = "A predicate of an ordered failure failed."
        hint = f"fail_requests(when=…): {text}"
        return self.refuse(Rejection(500, "INTERNAL_SERVER_ERROR", message, hint), at, request_id)
