"""What is heard of a text."""

import pytest

from ringback.core.request.script import Script, Silence


@pytest.mark.parametrize(
    ("script", "plain"),
    [
        (Script("Hello"), True),
        (Script("Hello", 1), False),
        (Script("Hello", silences=(Silence(5, 500),)), False),
    ],
)
def test_a_script_is_plain_where_nothing_was_obeyed(script: Script, plain: bool) -> None:
    assert script.is_plain is plain
