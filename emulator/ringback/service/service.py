"""One emulated service: a key, a clock, and everything that was asked of it and done for it.

A server holds one service per API key (a tenant), so that parallel tests share a socket and nothing
else. Everything here may be called from any thread, and nothing waits.
"""

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from itertools import count
from typing import Any

from ringback.clock.forks import unlock_in_forks
from ringback.clock.loops import EngineLoop
from ringback.core.base.duration import SECOND
from ringback.core.base.headers import Headers
from ringback.core.base.ids import IdSource
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.fault import FaultLike
from ringback.core.delivery.plan import read_plan
from ringback.core.journal import Journal
from ringback.core.request.keys import Credential
from ringback.core.request.query import write_query
from ringback.errors import Refused, SettingsError
from ringback.sending.crashes import Crash
from ringback.service.account import Account
from ringback.service.admission import Admission
from ringback.service.answering import Answering
from ringback.service.arranging import Arranging
from ringback.service.courses import NO_REMARKS, Remarks
from ringback.service.jobs import Jobs
from ringback.service.leftovers import Traces, leftovers
from ringback.service.moving import Pace
from ringback.service.owner import Owner, Succession
from ringback.service.received import ReceivedRequests, sent
from ringback.service.recognition import Recognition
from ringback.service.telling import timeline
from ringback.service.views import Book, Delivery
from ringback.service.voice import Voice
from ringback.settings.settings import Settings

_LIVES = count(1)
"""A number for each service of the process: places in two journals are no places in one."""


class Service:
    """The endpoint of one API key: its parts, put together. What each can do is the service's."""

    def __init__(
        self,
        settings: Settings,
        *,
        loop: EngineLoop | None = None,
        own_addresses: Callable[[], Sequence[tuple[str, int]]] = tuple,
        former: Iterable[Book] = (),
        owner: Owner | None = None,
    ) -> None:
        """Start at zero, with nothing pending.

        *loop* is where exchanges run: a thread of their own, if nothing is said.
        *own_addresses*: listeners that no callback may reach, for it would call itself. *former*:
        where the deliveries of the same emulator were kept before it began again. *owner*: that
        emulator, if there is one.
        """
        self.settings = settings
        self.owner = owner
        self.life = next(_LIVES)
        self.succession: Succession[Service] = Succession()
        self.lock = threading.RLock()
        unlock_in_forks(self.lock)
        self.journal = Journal(settings.keep)
        self.loop = EngineLoop(own_thread=True) if loop is None else loop
        self.voice = voice = Voice(settings)
        self.arranging = arranging = Arranging(settings, self.lock, own_addresses)
        self._jobs = jobs = Jobs(
            settings, self.lock, self.journal, arranging.routes, self.loop, voice, former
        )
        self.engine = jobs.engine
        self.clock = jobs.engine.clock
        self.pace = Pace(settings, jobs.engine)
        self._account = account = Account(settings, self.clock, self.journal)
        self._admission = Admission(settings, account.key, arranging.resolves)
        self._answering = answering = Answering(
            settings,
            self.clock,
            self.journal,
            self.engine,
            account,
            self._admission,
            arranging.failures,
            arranging.orders,
            voice,
        )
        self.recognition = Recognition(self.journal, voice.audio, voice.is_spoken)

        self.key = account.key
        self.grant = account.grant
        self.draw_request_id = account.draw_request_id

        self.speak = answering.speak
        self.open_stream = answering.open_stream
        self.made = answering.made
        self.refuse = answering.refuse
        self.misdirect = answering.misdirect
        self.note_stranger = answering.note_stranger
        self.requests = ReceivedRequests(answering.received)
        self.answered = answering.answered

        self.connect = arranging.connect
        self.receiver = arranging.receiver
        self.fail_requests = arranging.fail_requests
        self.fault_deliveries = arranging.fault_deliveries
        self.failures = arranging.failures

        self.cancel = jobs.cancel
        self.fail_job = jobs.fail_job
        self.fault_next = jobs.fault_next
        self.redeliver = jobs.redeliver
        self.deliveries = jobs.deliveries
        self.pending = jobs.pending

    @property
    def ids(self) -> IdSource:
        """Where request ids are drawn from."""
        return self._account.ids

    @ids.setter
    def ids(self, ids: IdSource) -> None:
        self._account.ids = ids

    @property
    def date(self) -> str:
        """The clock's moment, as a `Date` header writes it."""
        return self._account.date

    @property
    def project_id(self) -> str:
        """The identifier of the one project that there is."""
        return self._account.project_id

    def identify(self, credential: Credential) -> str | Rejection:
        """The identifier of the key that *credential* is, or was granted by."""
        return self._admission.identify(credential, self._account.unix // SECOND)

    def submit(
        self,
        text: str,
        callback: str | None,
        content_type: str,
        parameters: dict[str, Any],
        faults: Iterable[FaultLike] = (),
    ) -> Delivery:
        """Do what a client would do; *faults* are for this delivery.

        Raises `Refused` with the service's answer.
        """
        if callback is None:
            for name in get_close_matches("callback", parameters, n=1, cutoff=0.7):
                raise SettingsError(f"submit() has no {name}: did you mean callback?")
            raise SettingsError(
                "submit() makes a delivery, and needs a callback for it: without one the service"
                " answers with the audio at once, to whoever asks over HTTP"
            )
        plan = read_plan(faults, self.settings.retries + 1, "submit(…)")
        is_json = content_type.partition(";")[0].strip().lower() == "application/json"
        query = write_query({"callback": callback, **parameters})
        authorization = f"Token {self.key.secret}"
        answer = self.speak(
            query,
            authorization,
            content_type,
            (json.dumps({"text": text}) if is_json else text).encode(),
            headers=sent(authorization, content_type),
            direct=True,
            faults=plan,
        )
        self.answered(answer)
        self.clock.changed()
        if answer.status != 200:
            raise Refused(
                answer.status, _payload(answer.body), answer.hint, Headers(answer.headers)
            )
        if plan is not None:
            plan.whose = f"request {answer.request_id}"
            self.arranging.plans.append(plan)
        return self.deliveries.for_request(answer.request_id)

    @property
    def asks(self) -> bool:
        """Whether a test's own predicate has to be asked before a request is answered."""
        return self.failures.ask or self.arranging.orders.ask

    @property
    def crashes(self) -> list[Crash]:
        """What applications of this process raised: each error once."""
        return self.engine.crashes.found

    @property
    def timeline(self) -> str:
        """Everything that a reader of a failing test wants to see, as text, credentials apart."""
        return self.tell()

    def tell(self, *, rules: bool = False, remarks: Remarks = NO_REMARKS) -> str:
        """The timeline, with the *rules* behind each attempt, and what is to be said of some."""
        ahead = self.clock.wall.passed()[1]
        return timeline(self.deliveries, self.journal, ahead, rules=rules, remarks=remarks)

    @property
    def dropped(self) -> dict[str, int]:
        """How many deliveries, requests and facts are not kept any more."""
        return {
            "deliveries": self.engine.dispatcher.forgotten,
            "requests": self._answering.received.dropped,
            "facts": self.journal.dropped,
        }

    def leftovers(self) -> dict[str, list[str]]:
        """What a strict test would not leave behind, in sentences, by kind."""
        return leftovers(self._traces())

    def happened(self) -> dict[str, list[str]]:
        """The same of those kinds that are not about what is still to come."""
        if not (self.journal.end or self.clock.unheard):
            return {}
        return leftovers(self._traces(), happened=True)

    def _traces(self) -> Traces:
        return Traces(
            self.pending,
            self.arranging.owing,
            self.arranging.routes.arranged,
            [*self.arranging.orders, *self.arranging.plans],
            self.engine.copies.coming,
            self.failures.unmet,
            self.clock.unheard,
            self.crashes,
            self.journal.since(0),  # a list, which is quickly gone through
        )

    def close(self) -> None:
        """Refuse to move the clock from now on, and stop the engine's thread."""
        self.pace.stop()
        self.clock.close()
        self.engine.abort("the emulator was closed")
        self.loop.stop()


def _payload(body: bytes) -> dict[str, str]:
    """The service's JSON, or the page that a failure ordered in its place, as a message."""
    try:
        payload = json.loads(body)
    except ValueError:
        payload = None
    if isinstance(payload, dict) and {"err_code", "err_msg"} <= payload.keys():
        return payload
    return {"err_code": "", "err_msg": body.decode()}
