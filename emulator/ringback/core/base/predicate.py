"""What the predicates of a test say."""

import inspect


def is_true(answer: object, taker: str, example: str) -> bool:
    """Whether *answer*, which a predicate has given, means yes.

    Raises `TypeError` for one that has to be awaited first: it would always be true. *taker* is who
    took the predicate, and *example* one that would do.
    """
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()
        raise TypeError(
            f"{taker} takes a plain function, and this predicate has to be awaited: look at what is"
            f" there, such as {example}"
        )
    return bool(answer)
