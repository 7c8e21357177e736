"""How a walk through time is written once and driven from two sides.

A walk is a generator. It runs without a loop until something real must happen; then it yields an
*effect*, a function whose awaitable does it, and is sent the result. The blocking face runs
effects on the engine's thread, the awaitable face awaits them where it stands. A walk that meets
only scripted receivers yields nothing, so it costs neither a task nor a thread hop.
"""

from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Effect: TypeAlias = Callable[[], Awaitable[Any]]
Steps: TypeAlias = Generator[Effect, Any, T]


async def drive(steps: Steps[T], perform: Callable[[Effect], Awaitable[Any]]) -> T:
    """Run *steps* to their end on the running loop; *perform* awaits each effect."""
    try:
        effect = next(steps)
        while True:
            try:
                result = await perform(effect)
            except BaseException as error:  # noqa: BLE001 - the walk decides, and cleans up
                effect = steps.throw(error)
            else:
                effect = steps.send(result)
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        steps.close()


def run(steps: Steps[T], perform: Callable[[Effect], Any]) -> T:
    """Run *steps* to their end in this thread; *perform* carries effects out elsewhere."""
    try:
        effect = next(steps)
        while True:
            try:
                result = perform(effect)
            except BaseException as error:  # noqa: BLE001 - the walk decides, and cleans up
                effect = steps.throw(error)
            else:
                effect = steps.send(result)
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        steps.close()
