"""What happened, in order."""

import pytest

from ringback.core.delivery.delivery import State
from ringback.core.facts import AttemptFinished, AttemptStarted, ClockMoved, Fact, JobAccepted
from ringback.core.journal import Journal
from tests.conftest import a_job, an_attempt

STORY: list[Fact] = [
    JobAccepted(0, a_job("request-1"), position=0, due_at=0),
    AttemptStarted(0, position=0, number=1),
    AttemptFinished(0, a_job(), 0, an_attempt(outcome=200), State.DELIVERED, due_at=None),
    ClockMoved(0, 30, "advance"),
]


def a_journal() -> Journal:
    """A journal that holds the story."""
    journal = Journal()
    for fact in STORY:
        journal.append(fact)
    return journal


def test_facts_are_kept_in_the_order_in_which_they_happened() -> None:
    journal = a_journal()
    assert list(journal) == STORY
    assert len(journal) == 4
    assert journal[0] is STORY[0]
    assert journal[-1] is STORY[-1]
    assert journal[1:3] == STORY[1:3]


def test_a_new_journal_is_empty() -> None:
    assert not Journal()


def test_a_journal_that_keeps_the_last_facts_counts_all_and_says_what_came_since() -> None:
    journal = Journal(keep=10)
    for at in range(100):
        journal.append(ClockMoved(at, at, "advance"))
        assert journal.end == at + 1
        assert len(journal) == min(at + 1, 11) or journal.dropped
        assert len(journal) <= 11
        assert len(journal) + journal.dropped == journal.end
        assert journal[-1].at == at
        assert [fact.at for fact in journal.since(at)] == [at]
    assert [fact.at for fact in journal.since(0)] == [fact.at for fact in journal]
    assert len(journal) >= 10


@pytest.mark.parametrize("position", range(6))
def test_whoever_remembers_a_length_can_ask_what_came_since(position: int) -> None:
    assert a_journal().since(position) == STORY[position:]


def test_what_was_read_before_does_not_change() -> None:
    journal = a_journal()
    before = journal.since(0)
    journal.append(STORY[0])
    assert before == STORY


def test_whoever_listens_hears_each_new_fact_after_it_is_kept() -> None:
    journal = Journal()
    heard: list[tuple[int, Fact]] = []
    journal.on_append = lambda fact: heard.append((len(journal), fact))
    journal.append(STORY[0])
    journal.append(STORY[1])
    assert heard == [(1, STORY[0]), (2, STORY[1])]


def test_a_journal_shows_its_length() -> None:
    assert repr(a_journal()) == "<Journal [4 facts]>"


def test_several_may_listen_until_they_want_no_more() -> None:
    journal = Journal()
    heard: list[str] = []
    forget_one = journal.listen(lambda: heard.append("one"))
    journal.listen(lambda: heard.append("two"))
    journal.append(STORY[0])
    forget_one()
    forget_one()
    journal.append(STORY[1])
    assert heard == ["one", "two", "two"]
