"""What requests sound like: the audio of each, speech or tones, and whether making it takes long.

Making audio needs no lock and no loop. What takes longer than `QUICK` must not be made where it
keeps others waiting: under the clock's lock, or on a server's loop.
"""

from functools import cached_property
from weakref import WeakValueDictionary

from ringback.audio.render import cost, render
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.message import CallbackMessage
from ringback.core.request.speak import SpeakRequest
from ringback.errors import SpeechError
from ringback.service.bodies import BODIES, ROOM
from ringback.settings.settings import Settings

QUICK = 2e-3
"""Real seconds that others may be kept waiting: to change threads costs a tenth of that."""

_LARGE = ROOM // 32
"""Bytes of a body of which so few are kept that it must be shared with the attempts that hold it.
"""


class Voice:
    """Makes the audio of one emulator's requests. Any thread may ask."""

    def __init__(self, settings: Settings) -> None:
        """Speak as *settings* say."""
        self._speech = settings.speech
        self._wav_sizes = settings.wav_sizes

    @cached_property
    def _carried(self) -> WeakValueDictionary[tuple[object, ...], CallbackMessage]:
        """The messages that carry audio, by what it depends on, for as long as they are held."""
        return WeakValueDictionary()

    def audio(self, request: SpeakRequest, *, tones: bool = False) -> bytes:
        """The audio of *request*: the same bytes object each time, while somebody holds it.

        *tones*: it is none that is spoken. Raises `SpeechError` where it is speech and cannot be
        had.
        """
        found = self._found(request, tones=tones)
        if found is not None:
            return found
        if not tones and self.is_spoken(request):
            from ringback.service.speech.synthesis import speech

            return speech(request, self._wav_sizes)
        return BODIES.get(self._key(request), lambda: self._rendered(request))

    def quick(self, request: SpeakRequest) -> bytes | None:
        """The audio of *request*, unless making it would keep others waiting, or could fail."""
        found = self._found(request)
        if found is None and self._is_cheap(request) and not self.is_spoken(request):
            found = self.audio(request, tones=True)
        return found

    def content(self, request: SpeakRequest) -> bytes | Rejection:
        """The audio of *request*, or why there is none. What is answered then is ours."""
        try:
            return self.audio(request)
        except SpeechError as error:
            message = "The text could not be spoken."
            return Rejection(500, "INTERNAL_SERVER_ERROR", message, f"{error}.")

    def is_spoken(self, request: SpeakRequest) -> bool:
        """Whether the audio of *request* is speech, where others have tones."""
        if not self._speech:
            return False
        from ringback.service.speech.synthesis import is_spoken

        return is_spoken(request)

    def takes_long(self, request: SpeakRequest, *, tones: bool = False) -> bool:
        """Whether `audio` would keep others waiting, or could fail."""
        if self._is_cheap(request) and (tones or not self.is_spoken(request)):
            return False
        return self._found(request, tones=tones) is None

    def carry(self, request: SpeakRequest, audio: bytes, message: CallbackMessage) -> None:
        """Take note that *message* carries *audio*: whoever needs it shares that.

        The journal may hold the attempts of many deliveries of one request, for which there is
        one body as long as one of them is held.
        """
        if len(audio) >= _LARGE and message.body is audio:
            self._carried[_heard(request)] = message

    def _found(self, request: SpeakRequest, *, tones: bool = False) -> bytes | None:
        """The audio of *request* if it is kept, or held by an attempt."""
        if not tones and self.is_spoken(request):
            from ringback.service.speech.synthesis import key_of

            found = BODIES.find(key_of(request, self._wav_sizes))
        else:
            found = BODIES.find(self._key(request))
        if found is None and self._carried and not tones:
            message = self._carried.get(_heard(request))
            found = None if message is None else message.body
        return found

    def _is_cheap(self, request: SpeakRequest) -> bool:
        return cost(request.spoken, request.speed, request.sound) <= QUICK

    def _key(self, request: SpeakRequest) -> tuple[object, ...]:
        return (*_heard(request), self._wav_sizes)

    def _rendered(self, request: SpeakRequest) -> bytes:
        return render(
            request.spoken,
            request.voice.name,
            request.speed,
            request.sound,
            wav_sizes=self._wav_sizes,
            silences=request.silences,
        )


def _heard(request: SpeakRequest) -> tuple[object, ...]:
    """What audio depends on."""
    return request.spoken, request.silences, request.voice.name, request.speed, request.sound
