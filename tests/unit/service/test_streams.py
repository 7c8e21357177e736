"""What the journal hears of a stream, and what it is told as."""

from datetime import UTC, datetime
from threading import RLock

from ringback.clock.virtual import VirtualClock
from ringback.core.facts import Fact
from ringback.core.journal import Journal
from ringback.core.request.speak import Query, SpeakRules
from ringback.core.stream.aura import TextStream
from ringback.core.stream.facts import (
    StreamClosed,
    StreamFlushed,
    StreamHeard,
    StreamKeptAlive,
    StreamSaid,
    StreamWarned,
)
from ringback.core.stream.opening import V1_STREAM, Opening, read_opening
from ringback.core.stream.stream import NOT_TEXT, HangUp, Play, Say
from ringback.service.streams import LONGEST_KEPT, PIECE, Session
from ringback.service.voice import Voice
from ringback.settings.settings import Settings
from tests.conftest import REQUEST_ID

HELLO = '{"type":"Speak","text":"Hello"}'
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


def told(session: Session, *kinds: type[Fact]) -> list[Fact]:
    """The facts of these *kinds* that the journal has."""
    return [fact for fact in session.journal if isinstance(fact, kinds)]


def frames(play: Play) -> list[bytes]:
    """What is sent for *play*."""
    session = a_session()
    return list(session.frames(play, session.audio(play)))


def test_what_was_flushed_and_how_it_ended_is_remembered() -> None:
    session = a_session()
    for frame in (HELLO, FLUSH, CLOSE):
        session.receive(frame)
    assert told(session, StreamFlushed, StreamClosed) == [
        StreamFlushed(0, REQUEST_ID, session.request(Play("Hello"))),
        StreamClosed(0, REQUEST_ID, 1000, ""),
    ]


def test_what_was_heard_and_said_is_remembered_in_order() -> None:
    session = a_session()
    (greeting,) = session.greet()
    assert isinstance(greeting, Say)
    for frame in (FLUSH, b"\0\0", FLUSH):
        session.receive(frame)
    assert list(session.journal) == [
        StreamSaid(0, REQUEST_ID, greeting.message),
        StreamHeard(0, REQUEST_ID, FLUSH, len(FLUSH)),
        StreamSaid(0, REQUEST_ID, {"type": "Flushed", "sequence_id": 0}),
        StreamHeard(0, REQUEST_ID, None, 2),
        StreamClosed(0, REQUEST_ID, 1003, "MESSAGE-0000", NOT_TEXT.hint),
    ]


def test_a_long_frame_is_remembered_by_its_size() -> None:
    session = a_session()
    frame = HELLO.replace("Hello", "o" * LONGEST_KEPT)
    session.receive(frame)
    assert told(session, StreamHeard) == [StreamHeard(0, REQUEST_ID, None, len(frame))]


def test_who_leaves_is_told_from_who_is_hung_up_on() -> None:
    session = a_session()
    session.leave(HangUp(1006))
    assert told(session, StreamClosed) == [StreamClosed(0, REQUEST_ID, 1006, "", by_client=True)]


def test_a_ping_that_lengthens_nothing_is_not_worth_remembering() -> None:
    session = a_session()
    session.sign_of_life()
    assert told(session, StreamKeptAlive) == []


def test_a_warning_is_remembered() -> None:
    session = a_session()
    for _ in range(21):
        session.receive(FLUSH)
    assert told(session, StreamWarned) == [StreamWarned(0, REQUEST_ID, "EXCESSIVE_FLUSH")]


def test_only_the_first_end_counts() -> None:
    session = a_session()
    gone = HangUp(1005)
    assert session.end(gone) == [gone]
    assert session.end(HangUp(1006)) == []
    assert list(session.journal) == [StreamClosed(0, REQUEST_ID, 1005, "")]


def test_the_greeting_names_request_and_model() -> None:
    (said,) = a_session(b"model=aura-2-thalia-en").greet()
    assert isinstance(said, Say)
    greeting = said.message
    assert (greeting["request_id"], greeting["model_name"]) == (REQUEST_ID, "aura-2-thalia-en")


def test_audio_comes_in_pieces_that_lose_nothing() -> None:
    pieces = frames(Play("word " * 20))
    assert {len(piece) for piece in pieces[:-1]} == {PIECE}
    assert len(b"".join(pieces)) == len(pieces[-1]) + PIECE * (len(pieces) - 1)
    assert frames(Play("...")) == []
