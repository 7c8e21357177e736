"""The body of a request whose connection breaks."""

import pytest

from ringback.sending.answers import HungUp
from ringback.sending.torn import torn


def test_a_part_can_be_read_and_beyond_it_is_an_error() -> None:
    body = torn(b"0123456789")
    assert body.read1(4) == b"0123"
    assert body.read1(100) == b"456789"
    with pytest.raises(HungUp):
        body.read1(1)


@pytest.mark.parametrize("size", [-1, 11])
def test_who_wants_all_of_it_gets_an_error_and_nothing_that_looks_whole(size: int) -> None:
    with pytest.raises(HungUp):
        torn(b"0123456789").read(size)
