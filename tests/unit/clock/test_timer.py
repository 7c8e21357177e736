"""Something that happens once."""

from ringback.clock.timer import Timer


def test_a_timer_fires_once_and_can_be_cancelled_when_it_is_over() -> None:
    called = list[str]()
    timer = Timer(lambda: called.append("fired"))
    waiting = timer.over
    timer.fire()
    timer.fire()
    timer.cancel()
    assert (waiting, timer.over) == (False, True)
    assert called == ["fired"]


def test_a_timer_that_was_cancelled_does_not_fire() -> None:
    called = list[str]()
    timer = Timer(lambda: called.append("fired"))
    timer.cancel()
    timer.fire()
    assert (timer.over, called) == (True, [])
