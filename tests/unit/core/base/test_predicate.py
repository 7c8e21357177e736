"""What the predicates of a test say."""

from collections.abc import Generator

import pytest

from ringback.core.base.predicate import is_true


class Later:
    """What has to be awaited, and is no coroutine."""

    def __await__(self) -> Generator[None, None, bool]:
        yield
        return False


async def later() -> bool:
    return False


@pytest.mark.parametrize("answer", [True, False, [1], [], 0, None])
def test_a_predicate_says_yes_as_everything_in_python_does(answer: object) -> None:
    assert is_true(answer, "ask()", "lambda: True") is bool(answer)


@pytest.mark.parametrize("make", [Later, later])
def test_what_has_to_be_awaited_says_nothing(make: type[object]) -> None:
    with pytest.raises(TypeError) as caught:
        is_true(make(), "ask()", "lambda: True")
    assert str(caught.value) == (
        "ask() takes a plain function, and this predicate has to be awaited: look at what is there,"
        " such as lambda: True"
    )
