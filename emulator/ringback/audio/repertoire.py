"""Everything that was asked for, and which of it a body of audio answers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from ringback.audio.fingerprint import fingerprint
from ringback.audio.identify import read_exact, read_wav
from ringback.audio.pace import symbols_in
from ringback.audio.reading import Reading
from ringback.audio.symbols import SILENCE, spell
from ringback.core.speak import SpeakRequest

Evidence: TypeAlias = Literal["bytes", "frames", "ear"]

_UNREAD = 16_384
"""More bytes than any body has before its first symbol is whole: 7.8 KB, and headers."""


@dataclass(frozen=True, slots=True)
class Identified:
    """Which request a body of audio answers.

    *request* is what was asked. *request_ids* are those of all requests that the body may answer,
    oldest first: equal requests have equal audio, a short piece may be the beginning of several,
    and an ear cannot tell in which encoding the audio left. *complete* says that the audio is
    there from its beginning to its end.

    *how* it was found: by its "bytes", which are those that were served, or their beginning; by
    its "frames", some of which are those that were served; or by "ear", for nothing else is left
    of them. *followed_by* are the requests whose audio comes after it in the same body, such as
    the flushes of a stream; *complete* speaks of all.
    """

    request: SpeakRequest
    request_ids: tuple[str, ...]
    complete: bool
    how: Evidence
    followed_by: tuple[SpeakRequest, ...] = ()


@dataclass(slots=True)
class _Piece:
    """Requests that have the same audio, and what it says."""

    request: SpeakRequest
    fingerprint: int
    length: int
    request_ids: dict[str, None] = field(default_factory=dict)

    @property
    def symbols(self) -> bytes:
        return spell(self.fingerprint, self.length)


class Repertoire:
    """The requests of one emulator. No audio is kept: what is asked about is rendered again."""

    def __init__(
        self,
        render: Callable[[SpeakRequest], bytes],
        is_spoken: Callable[[SpeakRequest], bool] = lambda request: False,
    ) -> None:
        """Begin with no request; *render* makes the audio of one.

        That which *is_spoken* has no tones to be known by, so its bytes are compared.
        """
        self._render = render
        self._is_spoken = is_spoken
        self._spoken: list[_Piece] = []
        self._pieces: dict[tuple[object, ...], _Piece] = {}
        self._saying: dict[int, list[_Piece]] = {}

    def add(self, request_id: str, request: SpeakRequest) -> None:
        """Remember that *request* was answered, or will be."""
        heard = (request.spoken, request.voice.name, request.speed)
        key = (*heard, request.sound)
        piece = self._pieces.get(key)
        if piece is None:
            length = symbols_in(request.spoken, request.speed)
            piece = self._pieces[key] = _Piece(request, fingerprint(*heard), length)
            self._saying.setdefault(piece.fingerprint, []).append(piece)
            if self._is_spoken(request):
                self._spoken.append(piece)
        piece.request_ids[request_id] = None

    def identify(self, audio: bytes, sample_rate: int | None = None) -> Identified | None:
        """Say which request *audio* answers; None where it is nobody's.

        With *sample_rate*, in hertz, *audio* may also be bare samples of 16 bits (little-endian,
        mono) at a rate that was never served.
        """
        return (
            self._by_bytes(audio)
            or self._by_frames(audio)
            or self._by_ear(read_wav(audio))
            or (self._by_samples(audio, sample_rate) if sample_rate else None)
        )

    def _by_bytes(self, audio: bytes) -> Identified | None:
        """Find what was served, its beginning, or several answers one after the other."""
        found: list[Identified] = []
        at = 0
        while True:
            rest = audio[at:]
            whole, begun, first = [], [], None
            for piece in self._candidates(rest):
                served = self._render(piece.request)
                if served == rest:
                    whole.append(piece)
                elif rest and served.startswith(rest):
                    begun.append(piece)
                elif served and rest.startswith(served):
                    first = first or (piece, len(served))
            if whole or begun:
                found.append(_identified(whole or begun, bool(whole), "bytes"))
                return _joined(found)
            if first is None:
                return None
            piece, size = first
            found.append(_identified([piece], True, "bytes"))
            at += size

    def _candidates(self, audio: bytes) -> Iterable[_Piece]:
        """The pieces that *audio* may be, begin, or begin with."""
        exact = read_exact(audio)
        if exact is not None:
            return self._fitting(exact.readings[0])
        return self._pieces.values() if len(audio) < _UNREAD else self._spoken

    def _by_frames(self, audio: bytes) -> Identified | None:
        exact = read_exact(audio)
        if exact is None:
            return None
        found = []
        for reading in exact.readings:
            fitting = self._fitting(reading)
            if not fitting:
                break
            whole = [piece for piece in fitting if piece.symbols == reading.symbols]
            said = whole or fitting
            encoded = [each for each in said if each.request.sound.encoding is exact.encoding]
            found.append(_identified(encoded or said, bool(whole), "frames"))
        return _joined(found) if found else None

    def _by_samples(self, samples: bytes, sample_rate: int) -> Identified | None:
        from ringback.audio.hearing import read_pcm

        return self._by_ear(read_pcm(samples, sample_rate))

    def _by_ear(self, reading: Reading | None) -> Identified | None:
        if reading is None:
            return None
        fitting = self._fitting(reading)
        if not fitting:
            return None
        # Its last symbol is silent, and may have got lost on the way to another rate.
        heard = len(_sounding(reading))
        whole = [piece for piece in fitting if piece.length == heard + 1]
        # With a fingerprint it may have lost its beginning; without, it has begun with a SYNC.
        complete = bool(whole) and (reading.fingerprint is None or reading.complete)
        return _identified(whole or fitting, complete, "ear")

    def _fitting(self, reading: Reading) -> Sequence[_Piece]:
        """The pieces of which *reading* was read, oldest first."""
        if reading.fingerprint is not None:
            return self._saying.get(reading.fingerprint, [])
        beginning = _sounding(reading)
        return [each for each in self._pieces.values() if each.symbols.startswith(beginning)]


def _sounding(reading: Reading) -> bytes:
    return reading.symbols.rstrip(bytes([SILENCE]))


def _identified(pieces: Sequence[_Piece], complete: bool, how: Evidence) -> Identified:
    request_ids = {request_id: None for piece in pieces for request_id in piece.request_ids}
    return Identified(pieces[0].request, tuple(request_ids), complete, how)


def _joined(found: Sequence[Identified]) -> Identified:
    """One answer for all that was found in one body."""
    first, *rest = found
    if not rest:
        return first
    request_ids = {request_id: None for each in found for request_id in each.request_ids}
    return replace(
        first,
        request_ids=tuple(request_ids),
        complete=all(each.complete for each in found),
        followed_by=tuple(each.request for each in rest),
    )
