"""What an answer means depends on its bytes, and never on how the network cut them."""

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.core.delivery.outcome import Dropped, Garbled, Outcome
from ringback.sending.conversation import Conversation
from tests.conftest import a_message
from tests.properties.hostile_answers import cut_answers

BROKEN = Dropped("reset", "waiting")


def hear(pieces: Sequence[bytes], *, orderly: bool) -> Outcome:
    """Hear *pieces* until there is an outcome, and then the end, which is *orderly* or is not."""
    conversation = Conversation()
    conversation.say(a_message(), "/hook")
    for piece in pieces:
        if found := conversation.hear(piece):
            return found
    return conversation.hear_end(BROKEN) if orderly else conversation.hear_break(BROKEN)


def same(one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes are one, but for how much had come of what is not HTTP."""
    if isinstance(one, Garbled) and isinstance(other, Garbled):
        shorter, longer = sorted((one.sample, other.sample), key=len)
        return one.detail == other.detail and longer.startswith(shorter)
    return one == other


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(pieces=cut_answers(), orderly=st.booleans())
def test_the_same_bytes_mean_the_same_however_they_are_cut(
    pieces: list[bytes], orderly: bool
) -> None:
    whole = hear([b"".join(pieces)] if pieces else [], orderly=orderly)
    assert same(whole, hear(pieces, orderly=orderly))


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(pieces=cut_answers())
def test_an_answer_that_has_ended_is_heard_alike_whether_the_connection_ends_or_breaks(
    pieces: list[bytes],
) -> None:
    """Where they differ, the receiver had not ended its answer."""
    ended, broken = hear(pieces, orderly=True), hear(pieces, orderly=False)
    assert ended.word == broken.word
