"""Everything that was asked for, and which of it a body of audio answers."""

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import Literal, TypeAlias

from ringback.audio.fingerprint import fingerprint
from ringback.audio.identify import Exact, read_by_ear, read_exact
from ringback.audio.reading import Reading
from ringback.audio.spelling import lengths_in
from ringback.audio.symbols import LEAST, SYMBOL, SYNC, spell
from ringback.core.base.dataclass import dataclass
from ringback.core.base.duration import SECOND
from ringback.core.request.encodings import Encoding
from ringback.core.request.speak import SpeakRequest

Evidence: TypeAlias = Literal["bytes", "frames", "ear"]

_LONGEST_HEADER = 58
"""Bytes before the samples in the longest of our WAV headers."""


@dataclass(frozen=True, slots=True)
class Identified:
    """Which request a body of audio answers.

    *request* is what was asked. *request_ids* are those of all requests that the body may answer,
    oldest first: equal requests have equal audio, and an ear cannot tell in which encoding the
    audio left. *complete* says that the audio is there from its beginning to its end.

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
    """Requests that have the same audio, and what it says.

    *lengths* are those of its sounds: there are several where silences divide the text.
    """

    request: SpeakRequest
    fingerprint: int
    lengths: tuple[int, ...]
    request_ids: dict[str, None] = field(default_factory=dict)

    def symbols(self, number: int = 0) -> bytes:
        """The symbols of one of its sounds."""
        return spell(self.fingerprint, self.lengths[number])

    def says(self, reading: Reading, number: int) -> bool:
        """Whether *reading* may be of this sound. One that is too short tells nothing else."""
        if reading.fingerprint is not None:
            return reading.fingerprint == self.fingerprint
        return self.symbols(number).startswith(reading.sounding)


@dataclass(slots=True)
class _Divided:
    """The sounds of one piece as they are heard: *heard* of them, all of them *complete* so far."""

    piece: _Piece
    complete: bool
    heard: int = 1

    @property
    def is_whole(self) -> bool:
        """Whether all of the piece was heard."""
        return self.complete and self.heard == len(self.piece.lengths)

    def goes_on(self, reading: Reading) -> bool:
        """Whether *reading* is of the sound to come, or of one that has a hole."""
        return self.heard < len(self.piece.lengths) and self.piece.says(reading, self.heard)

    def hear(self, reading: Reading, how: Evidence) -> None:
        """Take *reading* for the sound to come, or for what follows a hole in the last one."""
        if reading.symbols[0] != SYNC:
            self.complete = False
            return
        self.complete &= _is_whole(reading, self.piece.lengths[self.heard], how)
        self.heard += 1


class Repertoire:
    """The requests of one emulator. No audio is kept: what is asked about is rendered again."""

    def __init__(
        self,
        render: Callable[[SpeakRequest], bytes],
        is_spoken: Callable[[SpeakRequest], bool] = lambda request: False,
    ) -> None:
        """*render* makes the audio of a request, when a body is compared with it.

        That which *is_spoken* has no tones to be known by, so its bytes are compared.
        """
        self._render = render
        self._is_spoken = is_spoken
        self._spoken: list[_Piece] = []
        self._pieces: dict[tuple[object, ...], _Piece] = {}
        self._saying: dict[int, list[_Piece]] = {}

    def add(self, request_id: str, request: SpeakRequest) -> None:
        """Remember that *request* was answered, or will be. Without sound, nothing can tell it."""
        heard = (request.spoken, request.voice.name, request.speed, request.silences)
        key = (*heard, request.sound)
        piece = self._pieces.get(key)
        if piece is None:
            lengths = lengths_in(request.spoken, request.speed, request.silences)
            if not lengths:
                return
            piece = _Piece(request, fingerprint(*heard), lengths)
            self._pieces[key] = piece
            self._saying.setdefault(piece.fingerprint, []).append(piece)
            if self._is_spoken(request):
                self._spoken.append(piece)
        piece.request_ids[request_id] = None

    def identify(
        self, audio: bytes | bytearray | memoryview, sample_rate: float | None = None
    ) -> Identified | None:
        """Say which request *audio* answers; None where it is nobody's, or too little to tell.

        With *sample_rate*, in whole hertz, *audio* may also be bare samples of 16 bits
        (little-endian, mono) at a rate that was never served.
        Raises `ValueError` for another rate, and `TypeError` for what has no bytes.
        """
        body = audio if isinstance(audio, bytes) else memoryview(audio).tobytes()
        rate = None if sample_rate is None else _whole(sample_rate)
        return self._by_bytes(body) or self._by_sounds(body, rate)

    def _by_bytes(self, audio: bytes) -> Identified | None:
        """Find what was served, its beginning, or several answers one after the other."""
        found: list[Identified] = []
        at = 0
        while rest := audio[at:]:
            whole, begun, first = [], [], []
            exact = read_exact(rest)
            for piece in self._candidates(exact):
                served = self._render(piece.request)
                if served == rest:
                    whole.append(piece)
                elif served.startswith(rest):
                    if exact.readings[0].tells if exact else len(rest) >= _least(piece.request):
                        begun.append(piece)
                elif served and rest.startswith(served):
                    first.append(piece)
                    at += len(served) if len(first) == 1 else 0
            # A whole answer says more than the beginning of another that is longer.
            one = _identified(whole or begun or first, not begun or bool(whole), "bytes")
            if one is None:
                return None
            found.append(one)
            if whole or begun:
                break
        return _joined(found)

    def _candidates(self, exact: Exact | None) -> Sequence[_Piece]:
        """The pieces that a body may be, begin, or begin with, of which *exact* was read."""
        if exact is None:
            return self._spoken
        fitting = self._fitting(exact.readings[0])
        return [each for each in fitting if each.request.sound.encoding is exact.encoding]

    def _by_sounds(self, body: bytes, sample_rate: int | None) -> Identified | None:
        """Find what frames say and what an ear hears, and believe what says more."""
        exact = read_exact(body)
        if exact is None:
            return self._named(read_by_ear(body, sample_rate), None, "ear")
        by_frames = self._named(exact.readings, exact.encoding, "frames")
        if exact.is_all or exact.rate is None:
            return by_frames
        by_ear = self._named(read_by_ear(body, sample_rate, exact), exact.encoding, "ear")
        return max(by_frames, by_ear, key=_said)

    def _named(
        self, readings: Sequence[Reading], encoding: Encoding | None, how: Evidence
    ) -> Identified | None:
        """The requests of which *readings* were read, of those in *encoding* where there are any.

        What lacks its end, and what follows and lacks its beginning, are one sound with a hole.
        """
        found: list[Identified] = []
        said: list[tuple[int, bool]] = []
        divided: _Divided | None = None
        for reading in readings:
            if divided is not None and divided.goes_on(reading):
                divided.hear(reading, how)
                found[-1] = replace(found[-1], complete=divided.is_whole)
                continue
            fitting = self._fitting(reading) if reading.tells else []
            # Its last symbol is silent, and may have got lost on the way to another rate.
            whole = [each for each in fitting if _is_whole(reading, each.lengths[0], how)]
            pieces = whole or fitting
            encoded = [each for each in pieces if each.request.sound.encoding is encoding]
            one = _identified(encoded or pieces, bool(whole), how)
            if one is None:
                continue
            goes_on = reading.symbols[0] != SYNC and said[-1:] == [(pieces[0].fingerprint, False)]
            if not goes_on:
                divided = _Divided(pieces[0], one.complete)
                found.append(replace(one, complete=divided.is_whole))
                said.append((pieces[0].fingerprint, one.complete))
        return _joined(found)

    def _fitting(self, reading: Reading) -> Sequence[_Piece]:
        """The pieces of which *reading* was read, oldest first."""
        if reading.fingerprint is not None:
            return self._saying.get(reading.fingerprint, [])
        beginning = reading.sounding
        return [each for each in self._pieces.values() if each.symbols().startswith(beginning)]


def _is_whole(reading: Reading, length: int, how: Evidence) -> bool:
    """Whether *reading* is all of a sound of *length* symbols.

    With a fingerprint it may have lost its beginning; without, it has begun with a SYNC.
    """
    whole = reading.complete or (how == "ear" and reading.fingerprint is None)
    return whole and length == len(reading.sounding) + 1


def _whole(sample_rate: float) -> int:
    """*sample_rate*, which may be an integral float."""
    if not (sample_rate > 0 and sample_rate % 1 == 0):
        raise ValueError(f"sample_rate is a whole number of hertz above 0, not {sample_rate!r}")
    return int(sample_rate)


def _least(request: SpeakRequest) -> int:
    """The size of a beginning of speech that tells something, in bytes: no less than of tones."""
    sound = request.sound
    width = 2 if sound.encoding is Encoding.LINEAR16 else 1
    return _LONGEST_HEADER + LEAST * SYMBOL * sound.sample_rate // SECOND * width


def _identified(pieces: Sequence[_Piece], complete: bool, how: Evidence) -> Identified | None:
    """What *pieces* answer; None where they are none, or say different things."""
    if len({piece.fingerprint for piece in pieces}) != 1:
        return None
    request_ids = {request_id: None for piece in pieces for request_id in piece.request_ids}
    return Identified(pieces[0].request, tuple(request_ids), complete, how)


def _said(found: Identified | None) -> tuple[int, bool]:
    """How much is said: more requests say more, and a whole one more than a part of it."""
    return (0, False) if found is None else (1 + len(found.followed_by), found.complete)


def _joined(found: Sequence[Identified]) -> Identified | None:
    """One answer for all that was found in one body."""
    if not found:
        return None
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
