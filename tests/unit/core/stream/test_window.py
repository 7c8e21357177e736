"""A limit on what may happen in any span of time."""

from ringback.core.stream.window import Window


def test_as_much_is_admitted_as_fits() -> None:
    window = Window(60, 10)
    assert [window.admit(amount, 0) for amount in (4, 6, 1)] == [True, True, False]


def test_what_was_admitted_counts_until_its_span_has_passed() -> None:
    window = Window(60, 10)
    assert window.admit(10, 5)
    assert not window.admit(1, 64)
    assert window.admit(10, 65)


def test_what_is_turned_away_does_not_count() -> None:
    window = Window(60, 10)
    assert not window.admit(11, 0)
    assert window.admit(10, 0)


def test_nothing_always_fits() -> None:
    window = Window(60, 10)
    assert window.admit(10, 0)
    assert window.admit(0, 0)
    assert window.admit(10, 60)


def test_without_a_limit_everything_fits() -> None:
    window = Window(60, None)
    assert all(window.admit(1_000_000, 0) for _ in range(100))
