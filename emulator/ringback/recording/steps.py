"""The steps of a story in which the same happens again.

Whatever came from outside (a request, a cancellation, a failed job) is a step, and the clock is
moved in between: to the moment of the next one if that makes exactly the attempts that were made,
and attempt by attempt where some of that moment had not begun.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ringback.core.base.duration import words
from ringback.core.delivery.delivery import Attempt, State
from ringback.core.facts import (
    AnswerFailed,
    AttemptFinished,
    AttemptStarted,
    DeliveryCancelled,
    JobAccepted,
    JobFailed,
    RequestAnswered,
    RequestMisdirected,
    RequestRejected,
)
from ringback.core.stream.facts import StreamFact, StreamOpened
from ringback.recording import changes, expecting
from ringback.recording.asking import ask, elsewhere, opening
from ringback.recording.receivers import Key, Receivers, receivers
from ringback.recording.shortening import joined, without_labels
from ringback.recording.talks import Talks
from ringback.recording.told import Happened, Told
from ringback.recording.turns import in_their_turn
from ringback.scenario.story.seeing import OPENED
from ringback.service.voice import Voice

NOBODY_IS_TOLD = "the job failed ("
"""How the reason of a cancellation begins that follows from a failed job."""


class Steps:
    """The steps of one story, made when they are asked for."""

    def __init__(self, told: Told) -> None:
        """Tell what is *told*."""
        facts = list(in_their_turn(told.facts))
        self._told = told = replace(told, facts=facts)
        self.receivers: Receivers = receivers(told)
        self._broken = {
            each.request_id: each.failure for each in told.facts if isinstance(each, AnswerFailed)
        }
        self._labels: dict[int | str, str] = {}
        self._due: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._finished = {
            (each.position, each.attempt.number): each.at
            for each in facts
            if isinstance(each, AttemptFinished)
        }
        self._ended = self._begun = 0
        self._at = 0
        self._attempts: dict[int, list[Attempt]] = {}
        self._states: dict[int, tuple[State, str]] = {}
        self._rejected: dict[str, RequestRejected | RequestMisdirected] = {}
        self._plain: list[str] = []
        self._talks = Talks(Voice(told.settings), self._broken)
        self._opened: list[str] = []

    @property
    def is_over(self) -> bool:
        """Whether nothing is pending at the end."""
        return not self._open

    @property
    def _open(self) -> set[int]:
        return {
            position
            for position, (state, _) in self._states.items()
            if state in (State.SCHEDULED, State.IN_FLIGHT)
        }

    def made(self) -> list[Any]:
        """All steps, the expectations last."""
        arranged = [script.as_step() for script in self.receivers.first]
        happening = joined([*self._happening(), *self._ending()])
        made = [*arranged, *happening, *self._expectations()]
        return made if len(self._labels) > 1 else [without_labels(step) for step in made]

    def _happening(self) -> Iterator[Any]:
        for fact in self._told.facts:
            match fact:
                case AttemptStarted():
                    yield from self._rearranged((fact.position, fact.number))
                    self._due.pop(fact.position, None)
                    self._ends[fact.position] = self._end_of(fact)
                    self._begun += 1
                case AttemptFinished():
                    self._ended += 1
                    self._ends.pop(fact.position, None)
                    self._attempts.setdefault(fact.position, []).append(fact.attempt)
                    self._states[fact.position] = (fact.state, self._reason(fact.position))
                    if fact.due_at is not None:
                        self._due[fact.position] = fact.due_at
                case AnswerFailed():
                    pass  # it is told of with its request
                case _:
                    yield from self._until(fact.at)
                    yield from self._from_outside(fact)

    def _end_of(self, fact: AttemptStarted) -> int:
        """When the attempt ends, or will: one that has not is played to a silent receiver."""
        limit = self._told.settings.attempt_limit
        return self._finished.get((fact.position, fact.number), fact.at + limit)

    def _reason(self, position: int) -> str:
        return self._states.get(position, (State.SCHEDULED, ""))[1]

    def _rearranged(self, key: Key) -> Iterator[Any]:
        """Another receiver, where one takes the place of the first before the attempt *key*."""
        script = self.receivers.later.get(key)
        if script is not None:
            yield from self._until(self._at, exactly=True)
            yield script.as_step()

    def _from_outside(self, fact: Happened) -> Iterator[Any]:
        match fact:
            case JobAccepted():
                yield from self._accepted(fact)
            case RequestAnswered():
                yield from self._ordered(fact.request_id, None)
                received = self._told.requests.get(fact.request_id)
                self._plain.append(fact.request_id)
                yield {"submit": self._labelled(fact.request_id, ask(received, fact.request))}
            case RequestRejected():
                yield from self._ordered(fact.request_id, fact)
                self._rejected[fact.request_id] = fact
                yield self._refused(fact)
            case RequestMisdirected():
                self._rejected[fact.request_id] = fact
                yield {"submit": self._labelled(fact.request_id, elsewhere(fact.asked))}
            case StreamOpened():
                yield from self._ordered(fact.request_id, None)
                self._opened.append(fact.request_id)
                label = self._label(fact.request_id, "stream")
                received = self._told.requests.get(fact.request_id)
                yield self._talks.open(label, fact.request_id, received)
            case _ if isinstance(fact, StreamFact):
                yield from self._talks.tell(fact)
            case JobFailed():
                said = {
                    "of": self._labels[fact.position],
                    "status": fact.rejection.status,
                    "err_code": fact.rejection.code,
                    "err_msg": fact.rejection.message,
                }
                yield {"fail_job": said}
            case DeliveryCancelled():
                self._due.pop(fact.position, None)
                self._states[fact.position] = (State.CANCELLED, fact.reason)
                if not fact.reason.startswith(NOBODY_IS_TOLD):
                    of = self._labels[fact.position]
                    yield {"cancel": {"of": of, "reason": fact.reason}}
            case _:
                pass

    def _refused(self, fact: RequestRejected) -> dict[str, Any]:
        request_id = fact.request_id
        received = self._told.requests.get(request_id)
        if received is None:
            # It asked something else than to speak, of which no more is kept.
            wrong = {"key": "wrong"} if fact.rejection.status == 401 else {}
            return {"submit": self._labelled(request_id, elsewhere(fact.asked) | wrong)}
        if received.method == "GET":
            return {"open": {"as": self._label(request_id, "stream"), **opening(received)}}
        return {"submit": self._labelled(request_id, ask(received, None))}

    def _accepted(self, fact: JobAccepted) -> Iterator[Any]:
        job = fact.job
        self._due[fact.position] = fact.due_at
        self._states[fact.position] = (State.SCHEDULED, "")
        self._attempts[fact.position] = []
        if fact.again in self._labels:
            of = self._labels[fact.again]
            yield {"redeliver": {"of": of, "as": self._label(fact.position, "again")}}
            return
        yield from self._ordered(job.request_id, None)
        asked = ask(self._told.requests.get(job.request_id), job.request)
        yield {"submit": self._labelled(fact.position, asked)}

    def _ordered(self, request_id: str, rejected: RequestRejected | None) -> Iterator[Any]:
        """The order of the failure that the request met, unless all do."""
        failure = self._broken.get(request_id)
        if rejected is not None:
            if not rejected.ordered:
                return
            failure = rejected.failure
        if failure is not None and failure != self._told.settings.every_failure:
            yield {"fail_requests": [changes.failure(failure)]}

    def _labelled(self, what: int | str, asked: dict[str, Any]) -> dict[str, Any]:
        return {"as": self._label(what, "request"), **asked}

    def _label(self, what: int | str, word: str) -> str:
        label = self._labels[what] = f"{word}-{len(self._labels) + 1}"
        return label

    # -- the clock ---------------------------------------------------------------------------------

    def _until(self, moment: int, *, exactly: bool = False) -> Iterator[Any]:
        """Move the clock to *moment*, so that exactly those attempts are made that were.

        What was heard on streams before is expected before.
        """
        if moves := list(self._moves(moment, exactly=exactly)):
            yield from self._talks.expectations()
            yield from moves

    def _moves(self, moment: int, *, exactly: bool) -> Iterator[Any]:
        moved = moment > self._at
        if not (moved or self._begun or self._ended):
            return
        left = any(each <= moment for each in (*self._due.values(), *self._ends.values()))
        if exactly or left:
            yield from ["step"] * self._ended
            if moved and not left:
                yield _moved_to(moment)
        elif moved:
            yield _moved_to(moment)
        else:
            yield "settle"
        self._at, self._begun, self._ended = max(moment, self._at), 0, 0

    def _ending(self) -> Iterator[Any]:
        yield from self._talks.expectations()
        if not self._open and not self._due:
            if any(self._attempts.values()):
                yield "run_until_idle"
        else:
            yield from self._until(max(self._told.now, self._at))

    # -- what is expected --------------------------------------------------------------------------

    def _expectations(self) -> Iterator[Any]:
        for request_id, fact in self._rejected.items():
            failure = fact.failure if isinstance(fact, RequestRejected) else None
            said = expecting.answer(fact.rejection, failure)
            yield {"expect": {"of": self._labels[request_id], "answer": said}}
        for request_id in self._plain:
            answer = expecting.answer(None, self._broken.get(request_id)) or {"status": 200}
            yield {"expect": {"of": self._labels[request_id], "answer": answer}}
        for request_id in self._opened:
            yield {"expect": {"of": self._labels[request_id], "answer": {"status": OPENED}}}
        for position, job in self._told.jobs.items():
            yield {"expect": self._of_delivery(position, job.request_id)}

    def _of_delivery(self, position: int, request_id: str) -> dict[str, Any]:
        said: dict[str, Any] = {"of": self._labels[position]}
        answer = expecting.answer(None, self._broken.get(request_id))
        if answer is not None and self._labels[position].startswith("request"):
            said["answer"] = answer
        state, reason = self._states[position]
        entries = {
            number: entry
            for (of, number), entry in self.receivers.entries.items()
            if of == position
        }
        return said | expecting.of_delivery(
            self._told.jobs[position],
            self._attempts[position],
            entries,
            state,
            reason,
            digest=self._digested(position),
        )

    def _digested(self, position: int) -> bool:
        """Whether the same body is sent again: an error has an id, and speech is the machine's."""
        request_id = self._told.jobs[position].request_id
        failed = {each.request_id for each in self._told.facts if isinstance(each, JobFailed)}
        return request_id not in failed and not self._told.settings.speech


def _moved_to(moment: int) -> dict[str, Any]:
    return {"advance": {"to": words(moment)}}
