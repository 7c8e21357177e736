"""Work that must not keep the server's loop: it runs in a thread of its own."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from ringback.clock.turns import call_on

T = TypeVar("T")


async def aside(work: Callable[[], T]) -> T:
    """Do *work* in a thread, in this context, and say what it returned or raise what it raised.

    The interpreter waits for no such thread when it ends, as it would for the loop's own.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def settle(finish: Callable[[], None]) -> None:
        if not done.done():
            finish()

    def run() -> None:
        try:
            result = context.run(work)
        except BaseException as error:  # noqa: BLE001 - whoever waits is to raise it
            call_on(loop, partial(settle, partial(done.set_exception, error)))
        else:
            call_on(loop, partial(settle, partial(done.set_result, result)))

    threading.Thread(target=run, name="ringback answering", daemon=True).start()
    return await done
