"""Hypothesis strategies: all that they make is accepted, and failures shrink to what is needed."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.stateful import invariant, run_state_machine_as_test

from ringback import Emulator, Settings, SettingsError, strategies
from ringback.core.delivery.fault import FaultLike
from ringback.core.delivery.fault_words import WORDS
from ringback.core.delivery.reply import ReplyLike
from tests.integration.test_explore import CALLBACK, ORIGIN, application

QUIET = settings(
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=500,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def stored_under(history: list[FaultLike]) -> list[str]:
    """What an application without an idempotency key stores."""
    stored: list[str] = []

    def take(request_id: str) -> int:
        stored.append(request_id)
        return 204

    with Emulator() as ringback:
        ringback.connect(ORIGIN, application(take), faults=history)
        ringback.submit("Hello", callback=CALLBACK)
        ringback.run_until_idle()
    return stored


# -- what is made is accepted ----------------------------------------------------------------------


@given(
    request=strategies.requests(),
    replies=strategies.replies(),
    history=strategies.histories(),
    moves=st.lists(strategies.clock_moves(), max_size=5),
)
@settings(deadline=None)
def test_whatever_is_made_is_accepted_and_comes_to_an_end(
    request: dict[str, Any],
    replies: list[ReplyLike],
    history: list[FaultLike],
    moves: list[strategies.Move],
) -> None:
    with Emulator(Settings(api_key="one")) as ringback:
        ringback.receiver(ORIGIN, replies)
        delivery = ringback.submit(callback=CALLBACK, faults=history, **request)
        for move in moves:
            move(ringback)
        ringback.run_until_idle()
        assert delivery.settled
        assert not ringback.pending


@pytest.mark.parametrize("word", sorted(WORDS.keys() - {strategies.BY_CHANCE}))
def test_every_word_for_a_fault_is_made(word: str) -> None:
    def says(fault: FaultLike) -> bool:
        return fault == word or getattr(fault, "word", None) == word

    assert find(strategies.faults(), says, settings=settings(QUIET, max_examples=3000))


def test_what_luck_decides_is_made_for_who_asks_for_it() -> None:
    assert find(strategies.faults([strategies.BY_CHANCE]), bool, settings=QUIET)
    with pytest.raises(NoSuchExample):
        find(strategies.faults(), lambda each: each == strategies.BY_CHANCE, settings=QUIET)


def test_a_word_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(SettingsError, match="did you mean 'answer lost'"):
        strategies.faults(["anser lost"])


# -- shrinking -------------------------------------------------------------------------------------


def test_a_missing_idempotency_key_shrinks_to_one_lost_answer() -> None:
    words = strategies.histories([500, "timeout", "answer lost"])
    history = find(words, lambda each: len(stored_under(each)) > 1, settings=QUIET)
    assert history == ["answer lost"]


def test_what_takes_two_faults_shrinks_to_two() -> None:
    words = strategies.histories([500, "timeout", "answer lost"])
    history = find(words, lambda each: len(stored_under(each)) > 2, settings=QUIET)
    assert history == ["answer lost", "answer lost"]


def test_of_all_faults_one_is_left() -> None:
    history = find(strategies.histories(), lambda each: len(stored_under(each)) > 1, settings=QUIET)
    assert len(history) == 1


def test_a_move_shows_as_it_is_written() -> None:
    assert repr(strategies.Move("advance", (30,))) == "advance(30)"
    moved = find(strategies.clock_moves(), lambda each: each.verb == "advance", settings=QUIET)
    assert moved == strategies.Move("advance", (0,))


# -- the machine -----------------------------------------------------------------------------------


class Sound(strategies.CallbackMachine):
    """An application that stores once."""

    def arrange(self) -> None:
        self.stored: set[str] = set()

        def take(request_id: str) -> int:
            self.stored.add(request_id)
            return 204

        self.ringback.connect(self.origin, application(take))

    @invariant()
    def nothing_is_stored_that_was_not_asked_for(self) -> None:
        asked = {each.request_id for each in self.ringback.deliveries}
        assert getattr(self, "stored", set()) <= asked

    def at_the_end(self) -> None:
        assert not self.ringback.pending


class Broken(strategies.CallbackMachine):
    """One that fails at the second delivery."""

    def at_the_end(self) -> None:
        assert len(self.ringback.deliveries) < 2


FEW = settings(QUIET, max_examples=10, stateful_step_count=6)


def test_a_machine_of_a_sound_application_holds() -> None:
    run_state_machine_as_test(Sound, settings=FEW)


def test_a_machine_ends_at_the_steps_that_are_needed() -> None:
    with pytest.raises(AssertionError) as raised:
        run_state_machine_as_test(Broken, settings=FEW)
    told = "\n".join(raised.value.__notes__)
    assert told.count("state.submit(") == 2
    assert "state.move(" not in told
