"""Which request of a running emulator a body of audio answers."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from ringback.core.facts import (
    AnswerFailed,
    AttemptCopied,
    AttemptFinished,
    AttemptStarted,
    BackgroundFailed,
    ClockFailed,
    ClockMoved,
    DeliveryCancelled,
    JobAccepted,
    JobFailed,
    ParametersIgnored,
    RequestAnswered,
    RequestMisdirected,
    RequestRejected,
    StrangerRefused,
    TokenGranted,
)
from ringback.core.journal import Journal
from ringback.core.request.speak import SpeakRequest
from ringback.core.stream.facts import (
    StreamClosed,
    StreamFlushed,
    StreamHeard,
    StreamKeptAlive,
    StreamOpened,
    StreamSaid,
    StreamWarned,
)

if TYPE_CHECKING:
    from ringback.audio.repertoire import Identified, Repertoire


class Recognition:
    """What the journal knows of requests, learnt when audio is first asked about.

    So it costs nothing that is not used, neither time nor memory.
    """

    def __init__(
        self,
        journal: Journal,
        render: Callable[[SpeakRequest], bytes],
        is_spoken: Callable[[SpeakRequest], bool],
    ) -> None:
        """Ask *journal* for what was answered, and what was accepted.

        *render* makes the audio of a request; *is_spoken* says that it is speech.
        """
        self._journal = journal
        self._render = render
        self._is_spoken = is_spoken
        self._repertoire: Repertoire | None = None
        self._learnt = 0
        self._lock = threading.Lock()

    def identify(
        self, audio: bytes | bytearray | memoryview, sample_rate: float | None = None
    ) -> "Identified | None":
        """Say which request *audio* answers; see `Repertoire.identify`.

        It takes long, and nobody has to wait for it but who asks as well.
        """
        with self._lock:
            return self._learn().identify(audio, sample_rate)

    def _learn(self) -> "Repertoire":
        """Add what happened since the last time."""
        if self._repertoire is None:
            from ringback.audio.repertoire import Repertoire

            self._repertoire = Repertoire(self._render, self._is_spoken)
        learnt, self._learnt = self._learnt, self._journal.end
        facts = self._journal.since(learnt)
        for fact in facts:
            match fact:
                case RequestAnswered() | StreamFlushed():
                    self._repertoire.add(fact.request_id, fact.request)
                case JobAccepted():
                    self._repertoire.add(fact.request_id, fact.job.request)
                case (
                    RequestRejected()
                    | AnswerFailed()
                    | TokenGranted()
                    | ParametersIgnored()
                    | JobFailed()
                    | RequestMisdirected()
                    | StrangerRefused()
                    | StreamOpened()
                    | StreamHeard()
                    | StreamKeptAlive()
                    | StreamSaid()
                    | StreamWarned()
                    | StreamClosed()
                    | AttemptStarted()
                    | AttemptFinished()
                    | AttemptCopied()
                    | BackgroundFailed()
                    | DeliveryCancelled()
                    | ClockMoved()
                    | ClockFailed()
                ):
                    pass  # no audio was promised by it
                case _:
                    assert_never(fact)
        return self._repertoire
