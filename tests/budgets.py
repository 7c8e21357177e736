"""How much a run tries: little by default, so that it takes seconds, and much in the deep one.

`RINGBACK_TESTS=deep` asks for the deep one, as `.ci/run` does; `RINGBACK_TESTS=anew` for one that
tries as much, and what no run has tried before. All promise the same.
"""

import os

ASKED = os.environ.get("RINGBACK_TESTS", "quick")

DEEP = ASKED in ("deep", "anew")


def budget(quick: int, deep: int) -> int:
    """How many examples, steps or workers this run takes."""
    return deep if DEEP else quick


def load_profile() -> None:
    """Have Hypothesis try what this run asks for: the same every time, unless that is `anew`.

    Whether a change passes must not depend on what is drawn that day.

    No example has a deadline: a busy machine is no fault.
    """
    from hypothesis import settings

    settings.register_profile(
        "quick", deadline=None, max_examples=25, derandomize=True, database=None
    )
    settings.register_profile(
        "deep", deadline=None, max_examples=200, derandomize=True, database=None
    )
    settings.register_profile("anew", deadline=None, max_examples=200, print_blob=True)
    settings.load_profile(ASKED)
