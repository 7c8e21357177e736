"""Scripted receivers of a story: what they answer next, by the clock and by their list."""

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Unreachable
from ringback.core.delivery.reply import Answer, NoReply, Reply, answer_of, read_replies
from ringback.receiving.scripted import Receiver
from ringback.scenario.model import scripted
from ringback.scenario.story.arranging import ScriptedReceiver

Now: TypeAlias = Callable[[], int]
"""Tells the emulator's time, in nanoseconds since the start."""


class Lines:
    """What a receiver answers: by the clock while it is down, by its list otherwise."""

    def __init__(self, script: ScriptedReceiver, now: Now) -> None:
        """Begin at the beginning of the list."""
        self.script = script
        self._now = now
        self._left = deque(read_replies(script.script))
        self._down = [
            (each.begins, each.ends, read_replies(scripted([each.answer]))[0])
            for each in script.down
        ]
        self.given = 0
        """How many answers of the list were given."""
        self.seen = 0
        """How many callbacks the receiver saw: a refused connection brings none."""

    def take(self) -> Reply | NoReply:
        """The next answer."""
        entry = self._next()
        self.seen += entry is not NoReply.REFUSED
        return entry

    def _next(self) -> Reply | NoReply:
        now = self._now()
        for begins, ends, answer in self._down:
            if begins <= now < ends:
                return answer
        self.given += 1
        return self._left.popleft() if len(self._left) > 1 else self._left[0]


class OnStage(Receiver):
    """A scripted receiver in this process."""

    lines: Lines

    def __init__(self, lines: Lines) -> None:
        """Answer by *lines*."""
        super().__init__(lines.script.at)
        vars(self)["lines"] = lines

    def answer(self, message: CallbackMessage) -> Answer:
        """Take *message* and answer it."""
        answer = answer_of(self.lines.take())
        if not isinstance(answer.outcome, Unreachable):
            self._requests.append(message)
        return answer
