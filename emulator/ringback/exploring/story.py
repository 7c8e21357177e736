"""A story: a generator function that arranges before its `yield` and asserts after it."""

import inspect
from collections.abc import Callable, Generator
from typing import TypeAlias

from ringback.errors import StoryError
from ringback.faces.emulator import Emulator

Story: TypeAlias = Callable[[Emulator], Generator[None, None, None]]
"""What `explore` takes: a function of an emulator, with one `yield`."""


def check_story(story: object) -> None:
    """Raise `StoryError` for what is no generator function, before anything is tried."""
    if inspect.isasyncgenfunction(story) or inspect.iscoroutinefunction(story):
        raise StoryError(
            f"{name_of(story)} is async: write a plain function. Asynchronous applications are"
            " reached by connect() all the same, and are called on a loop of their own."
        )
    if not callable(story):
        raise StoryError(f"{story!r} is no story: write a function with a yield in it")
    try:
        inspect.signature(story).bind(None)
    except TypeError:
        raise StoryError(
            f"{name_of(story)} cannot be called with an emulator alone: a story takes one argument,"
            " the emulator"
        ) from None
    except ValueError:
        pass  # some callables written in C have no signature to look at


def begin(story: Story, ringback: Emulator) -> Generator[None, None, None]:
    """Tell *story* up to its `yield`. Raises `StoryError` when there is none."""
    telling = story(ringback)
    if not isinstance(telling, Generator):
        raise StoryError(
            f"{name_of(story)} has no yield: what comes before it arranges and submits, then the"
            " clock runs until idle, and what comes after it asserts"
        )
    try:
        next(telling)
    except StopIteration:
        raise StoryError(f"{name_of(story)} came to its end without its yield") from None
    return telling


def end(story: Story, telling: Generator[None, None, None]) -> None:
    """Tell the rest, which raises what it finds wrong. Raises `StoryError` at a second `yield`."""
    try:
        next(telling)
    except StopIteration:
        return
    telling.close()
    raise StoryError(
        f"{name_of(story)} has two yields: the clock runs once, at the first; move it yourself"
        " after that"
    )


def name_of(story: object) -> str:
    """What *story* is called where its author is told about it."""
    return f"{getattr(story, '__name__', repr(story))}()"
