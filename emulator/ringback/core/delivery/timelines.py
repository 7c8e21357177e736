"""Two timelines side by side: what happened, and what was expected."""

from collections.abc import Sequence

from ringback.errors import SettingsError

NOTHING = "(nothing)"


def compare_timelines(got: Sequence[str], expected: Sequence[str]) -> list[str]:
    """A headline, and a row for each attempt of two timelines, those that differ marked."""
    rows = max(len(got), len(expected))
    mine = [*got, *[NOTHING] * (rows - len(got))]
    theirs = [*expected, *[NOTHING] * (rows - len(expected))]
    width = max(map(len, mine), default=0)
    return [
        f"two timelines of {len(got)} and {len(expected)} attempts",
        *(
            f"{left:<{width}}   {right}" + ("" if left == right else "   <-- differs")
            for left, right in zip(mine, theirs, strict=True)
        ),
    ]


def expect_timeline(whose: str, got: Sequence[str], expected: Sequence[str]) -> None:
    """Raise `AssertionError` where *got*, the timeline of *whose*, is not what is *expected*.

    The error has both as its `timelines`.
    Raises `SettingsError` for what is no list of lines.
    """
    if isinstance(expected, str) or not all(isinstance(line, str) for line in expected):
        raise SettingsError(
            "assert_timeline() takes a list with a line for each attempt, such as"
            f" ['+0s POST 503', '+30s POST 204'], not {expected!r}"
        )
    if list(got) != list(expected):
        headline, *rows = compare_timelines(got, expected)
        said = "\n".join([f"{whose}: {headline}, as it was and as expected", *rows])
        error = AssertionError(said)
        # A report marks where; a class of our own would have a longer name before what it says.
        vars(error)["timelines"] = (list(got), list(expected))
        raise error
