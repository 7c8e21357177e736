"""What the journal hears of a stream, and what it is told as."""

from datetime import UTC, datetime
from threading import RLock

from ringback.clock.virtual import VirtualClock
from ringback.core.facts import StreamClosed, StreamFlushed, StreamWarned
from ringback.core.journal import Journal
from ringback.core.request.speak import Query, SpeakRules
from ringback.core.stream.aura import TextStream
from ringback.core.stream.opening import V1_STREAM, Opening, read_opening
from ringback.core.stream.stream import HangUp, Play
from ringback.service.streams import PIECE, Session
from ringback.service.voice import Voice
from ringback.settings.settings import Settings
from tests.conftest import REQUEST_ID

FLUSH, CLOSE = '{"type":"Flush"}', '{"type":"Close"}'


def a_session(query: bytes = b"") -> Session:
    """A session that has just been opened with *query*."""
    rules = SpeakRules(V1_STREAM)
    read = rules.read_query(query)
    assert isinstance(read, Query)
    opening = read_opening(rules, read)
    assert isinstance(opening, Opening)
    journal = Journal()
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC), 0, RLock(), journal)
    stream, voice = TextStream(opening.voice), Voice(Settings())
    return Session(REQUEST_ID, [], opening, stream, clock, journal, voice)


def frames(play: Play) -> list[bytes]:
    """What is sent for *play*."""
    session = a_session()
    return list(session.frames(play, session.audio(play)))


def test_what_was_flushed_and_how_it_ended_is_remembered() -> None:
    session = a_session()
    for frame in ('{"type":"Speak","text":"Hello"}', FLUSH, CLOSE):
        session.receive(frame)
    assert list(session.journal) == [
        StreamFlushed(0, REQUEST_ID, session.request(Play("Hello"))),
        StreamClosed(0, REQUEST_ID, 1000, ""),
    ]


def test_a_warning_is_remembered() -> None:
    session = a_session()
    for _ in range(21):
        session.receive(FLUSH)
    assert list(session.journal) == [StreamWarned(0, REQUEST_ID, "EXCESSIVE_FLUSH")]


def test_only_the_first_end_counts() -> None:
    session = a_session()
    gone = HangUp(1005)
    assert session.end(gone) == [gone]
    assert session.end(HangUp(1006)) == []
    assert list(session.journal) == [StreamClosed(0, REQUEST_ID, 1005, "")]


def test_the_greeting_names_request_and_model() -> None:
    greeting = a_session(b"model=aura-2-thalia-en").greeting.message
    assert (greeting["request_id"], greeting["model_name"]) == (REQUEST_ID, "aura-2-thalia-en")


def test_audio_comes_in_pieces_that_lose_nothing() -> None:
    pieces = frames(Play("word " * 20))
    assert {len(piece) for piece in pieces[:-1]} == {PIECE}
    assert len(b"".join(pieces)) == len(pieces[-1]) + PIECE * (len(pieces) - 1)
    assert frames(Play("...")) == []
