"""Everything that Ringback raises at the author of a test.

::

    RingbackError
    ├── SettingsError        a setting, marker keyword or route cannot mean anything
    ├── Refused              the service refused a `submit`; carries its status and JSON
    ├── ScenarioError        a scenario file says something that it may not say
    ├── NotRunning           an emulator was used before it began, or after its end
    ├── NoEffect             something was assigned that would have no effect
    ├── ServerError          the server cannot start, or has stopped
    ├── NotRecorded          what happened could not be written to a file
    ├── SpeechError          a text could not be spoken; the service answers 500
    ├── StoryError           what `explore` was given is no story, or is never clean
    ├── HistoryBroken        a history of faults breaks a story; an `AssertionError`, too
    ├── AnswerCut            a server would close the connection here, in the middle of an answer
    ├── ClockError
    │   ├── ClockBackwards   the clock cannot go back
    │   ├── ClockBusy        somebody else is moving this clock
    │   ├── ClockClosed      the emulator has ended
    │   ├── ClockLeap        a date was given that is more than a year ahead
    │   ├── NothingDue       a step was asked for and nothing is armed
    │   ├── NeverTrue        `advance_until` reached its limit first
    │   ├── Runaway          callbacks at one instant cause callbacks without end
    │   ├── Stuck            a receiver or a hold kept real time waiting too long
    │   └── WrongFace        a blocking verb was called inside a running event loop
    └── MachineError         our own fault: an impossible transition

What the *application* does wrong is not raised: it is a
`Rejection`, answered as the service answers. What a *receiver* does
wrong is an `Outcome`, kept in the journal.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple


class RingbackError(Exception):
    """The family's head."""


class SettingsError(RingbackError, ValueError):
    """A setting, a marker keyword or a route that cannot mean anything."""


class Refused(RingbackError):
    """The emulated service refused a request made with `submit`.

    *status* is the HTTP status, *payload* the service's JSON answer as a dict, *headers* are the
    answer's, and *hint* is our own advice, which is never sent over the wire. Where a page of a
    proxy was ordered in its place, that is the `err_msg`, and the `err_code` is empty.
    """

    def __init__(
        self,
        status: int,
        payload: dict[str, str],
        hint: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Keep the answer; the message is its text and the hint."""
        self.status = status
        self.payload = payload
        self.hint = hint
        self.headers = headers
        advice = f" {hint}" if hint else ""
        code = f" {payload['err_code']}" if payload["err_code"] else ""
        text = f"{status}{code}: {payload['err_msg']}{advice}"
        # It repeats what was asked: nothing of that is to move a terminal's cursor.
        super().__init__(
            "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
        )


class Mistake(NamedTuple):
    """One mistake in a scenario file. *line* and *column* count from 1; None: of the whole file."""

    file: str
    line: int | None
    column: int | None
    message: str


class ScenarioError(RingbackError):
    """One or more faults of a scenario file, each with file, line, column and a caret.

    *problems* holds one printable text per fault, in the order of the file, and *mistakes* says the
    same in parts.
    """

    def __init__(self, problems: Iterable[str], mistakes: Iterable[Mistake] = ()) -> None:
        """Keep the faults; the message shows all of them."""
        self.problems = tuple(problems)
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.problems))


class NotRecorded(RingbackError):
    """What happened could not be written down; the message says where, and why."""


class SpeechError(RingbackError):
    """The speech engine failed, or took too long. Over the wire it is a 500 of the service."""


class AnswerCut(RingbackError, ConnectionError):
    """A server closes the connection here, in the middle of an answer or before it.

    That is what a client in this process meets, of `Emulator.app`, where one on a socket meets a
    connection that has been closed: after an ordered `"cut"`, or because the emulator has ended.
    """


class StoryError(RingbackError):
    """What `explore` was given is no story, or keeps something from one history to the next."""


class HistoryBroken(RingbackError, AssertionError):
    """The shortest history of faults that breaks a story, with what the story raised as its cause.

    *history* says in words what was chosen, *timeline* what happened, and *tried* how many
    histories were told up to it. *scenario* is a file that plays it again, without a receiver where
    an application of the story was one; empty for what no file can say.
    """

    def __init__(
        self, story: str, history: str, timeline: str, tried: int, error: str, scenario: str = ""
    ) -> None:
        """Keep what happened; the message shows all of it."""
        self.history = history
        self.timeline = timeline
        self.tried = tried
        self.scenario = scenario
        indented = "\n".join(f"  {line}" for line in timeline.splitlines())
        super().__init__(f"{story} breaks under {history} (history {tried}):\n{indented}\n{error}")


class NotRunning(RingbackError):
    """An emulator was used outside of its life, which is a `with` block, or `open` to `close`."""


class NoEffect(RingbackError, AttributeError):
    """Something was assigned, to a verb say, that would have no effect."""


class ServerError(RingbackError):
    """The server cannot start or has stopped; the message says what to do."""


class ClockError(RingbackError):
    """A verb of the clock cannot do what it was asked."""


class ClockBackwards(ClockError, ValueError):
    """The clock cannot go back."""


class ClockLeap(ClockError, ValueError):
    """`advance_to` was given a date that is more than a year ahead of the emulator's clock."""


class ClockBusy(ClockError):
    """A mover was called inside a receiver, or beside another mover."""


class ClockClosed(ClockError):
    """The emulator of this clock has ended."""


class NothingDue(ClockError):
    """A step was asked for, and nothing is armed."""


class NeverTrue(ClockError):
    """`advance_until` reached its limit before its predicate came true."""


class Runaway(ClockError):
    """Work at one instant keeps causing work at the same instant."""


class Stuck(ClockError):
    """Something real (a receiver, a hold, a request) did not end within the guard's limit."""


class WrongFace(ClockError):
    """A blocking verb was called inside a running event loop."""


class MachineError(RingbackError):
    """A delivery was asked for a transition that its table does not have: a fault of ours."""
