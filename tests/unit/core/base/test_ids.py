"""Ids: one seed, one history."""

import re
import uuid
from itertools import pairwise

import pytest

from ringback.core.base.ids import IdSource, anonymous_id

MILLISECOND = 1_000_000
NEW_YEAR = 1_767_225_600 * 1_000_000_000
"""2026-01-01T00:00:00Z, in nanoseconds."""


@pytest.mark.rule("request-ids")
def test_a_request_id_is_a_uuid_of_version_7_dated_by_the_emulators_clock() -> None:
    drawn = uuid.UUID(IdSource().request_id(NEW_YEAR + 30_000 * MILLISECOND))
    assert (drawn.version, drawn.variant) == (7, uuid.RFC_4122)
    assert drawn.int >> 80 == NEW_YEAR // MILLISECOND + 30_000


def test_request_ids_sort_by_the_millisecond_in_which_they_were_drawn() -> None:
    source = IdSource()
    drawn = [source.request_id(NEW_YEAR + number * MILLISECOND) for number in range(100)]
    assert all(earlier < later for earlier, later in pairwise(drawn))


def test_request_ids_of_one_moment_are_distinct() -> None:
    source = IdSource()
    drawn = {source.request_id(NEW_YEAR) for _ in range(1000)}
    assert len(drawn) == 1000
    assert {uuid.UUID(each).version for each in drawn} == {7}
    assert {uuid.UUID(each).variant for each in drawn} == {uuid.RFC_4122}


def test_request_ids_can_be_of_version_4_as_they_were_before() -> None:
    source = IdSource(version=4)
    first, second = source.request_id(NEW_YEAR), source.request_id(NEW_YEAR)
    assert first != second
    assert uuid.UUID(first).version == uuid.UUID(second).version == 4


def test_an_identifier_is_a_uuid_of_version_4() -> None:
    assert uuid.UUID(IdSource().identifier("key")).version == 4


def test_a_seed_repeats_its_ids_for_ever() -> None:
    source = IdSource(seed=7)
    assert source.request_id(NEW_YEAR) == "019b76da-a800-72fb-9d9f-3b9123a02c02"
    assert source.request_id(NEW_YEAR) == "019b76da-a800-7ec6-9d8d-495375f8bd2c"
    assert source.identifier("key") == "7a9e66cf-bf92-4571-852d-888990496af3"
    assert IdSource(seed=7, version=4).request_id(0) == "82fb9d9f-3b91-43a0-ac02-1445dc96e440"


def test_another_seed_draws_other_ids() -> None:
    assert IdSource().identifier("key") == IdSource(0).identifier("key")
    assert IdSource(1).identifier("key") != IdSource(2).identifier("key")


def test_the_draws_of_one_kind_never_shift_those_of_another() -> None:
    one, other = IdSource(), IdSource()
    one.request_id(NEW_YEAR)
    one.identifier("project")
    assert one.identifier("key") == other.identifier("key")
    assert one.identifier("key") != one.identifier("project")


def test_an_answer_of_no_emulator_has_one_id_for_ever() -> None:
    assert anonymous_id() == "2f183a4e-6449-4af3-b377-f745eda50236"


def test_ids_of_turns_are_drawn_from_the_seed() -> None:
    drawn = [IdSource(7).speech_id(), IdSource(7).speech_id(), IdSource(8).speech_id()]
    assert all(re.fullmatch("dg_sp_[0-9a-f]{12}", each) for each in drawn)
    assert drawn[0] == drawn[1] != drawn[2]


def test_numbers_are_drawn_from_the_seed_below_a_limit() -> None:
    one, other = IdSource(7), IdSource(7)
    drawn = [one.number("choice", 3) for _ in range(50)]
    assert drawn == [other.number("choice", 3) for _ in range(50)]
    assert set(drawn) == {0, 1, 2}
