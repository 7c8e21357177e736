"""How the applications end whose lifespans were started: each of them, whatever another does."""

import asyncio
import concurrent.futures
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from ringback.clock.guard import set_alarm
from ringback.clock.loops import EngineLoop
from ringback.clock.turns import call_on, ended
from ringback.errors import Stuck

if TYPE_CHECKING:
    from ringback.sending.started import StartedAsgiSender


def shut_down(
    apps: "Iterable[StartedAsgiSender]", loop: EngineLoop, guard: float
) -> list[BaseException]:
    """Shut *apps* down on *loop*, for *guard* real seconds each; what they raise is returned."""
    errors: list[BaseException] = []
    for app in apps:
        closing = loop.submit(app.close())
        try:
            closing.result(guard)
        except concurrent.futures.TimeoutError as error:
            errors.append(error if closing.done() else _stuck(guard))
            closing.cancel()
        except BaseException as error:  # noqa: BLE001 - it is raised once all have ended
            errors.append(error)
    return errors


async def shut_down_here(apps: "Iterable[StartedAsgiSender]", guard: float) -> list[BaseException]:
    """The same on the running loop."""
    errors: list[BaseException] = []
    loop = asyncio.get_running_loop()
    for app in apps:
        closing = asyncio.ensure_future(app.close())
        over: asyncio.Future[None] = loop.create_future()
        alarm = set_alarm(guard, partial(call_on, loop, partial(_resolve, over)))
        try:
            await ended(closing, over)
            if closing.done():
                closing.result()
            else:
                errors.append(_stuck(guard))
        except BaseException as error:  # noqa: BLE001 - it is raised once all have ended
            errors.append(error)
        finally:
            alarm.cancel()
            closing.cancel()
    return errors


def raise_first(errors: list[BaseException]) -> None:
    """Raise the first of *errors*, if there is one, with the others in its notes."""
    if errors:
        first, *others = errors
        for other in others:
            first.add_note(f"Then another shutdown failed: {other!r}")
        raise first


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _stuck(guard: float) -> Stuck:
    return Stuck(
        f"the shutdown of an application did not end within {guard:g} real seconds; it was given up"
    )
