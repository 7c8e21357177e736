r"""The text of a turn as it comes in, and the markers that are seen in it at once.

A marker may come in pieces, and a turn in thousands of them. So the text is not put together, nor
looked through, for each piece anew.
"""

from ringback.core.request.controls import may_have_controls
from ringback.core.request.script import Script
from ringback.core.request.voices import Voice

_PAUSE = "{pause:"
_MARKER = "\\{"

_LONGEST_MARKER = 2000
"""How many characters of a pronunciation are waited for before the turn is flushed."""


class Gathering:
    """What a client has said of a turn that is not completed: *length* characters so far."""

    def __init__(self, voice: Voice) -> None:
        """Gather for a turn that *voice* is to speak."""
        self.length = 0
        self.has_pause = False
        self.has_pronunciation = False
        self._voice = voice
        self._pieces: list[str] = []
        self._tail = ""

    def add(self, text: str) -> None:
        """Take one more piece, and note which markers are there with it."""
        self._pieces.append(text)
        self.length += len(text)
        recent = self._tail + text
        self.has_pause = self.has_pause or _PAUSE in recent
        if _MARKER in recent and not self.has_pronunciation:
            self.has_pronunciation = heard_of(recent, self._voice)[0].pronunciations > 0
        self._tail = _unfinished(recent)

    @property
    def text(self) -> str:
        """All of it."""
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]


def heard_of(text: str, voice: Voice) -> tuple[Script, tuple[str, ...]]:
    """What is heard of a turn's *text*, and the codes of the warnings about it."""
    if not may_have_controls(text, voice):
        return Script(text), ()
    from ringback.core.request.obeying import obeyed_on_a_stream

    return obeyed_on_a_stream(text, voice)


def _unfinished(recent: str) -> str:
    """The end of a text in which a marker may have begun that is not there yet."""
    at = recent.rfind(_MARKER)
    if at >= 0 and len(recent) - at <= _LONGEST_MARKER and "}" not in recent[at:]:
        return recent[at:]
    # One character less than `_PAUSE`: enough to find one that is cut between two messages.
    return recent[1 - len(_PAUSE) :]
