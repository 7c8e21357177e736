"""What all drivers in Python share: a task comes in as JSON, what happened goes out as JSON."""

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

Task = dict[str, Any]
"""`do`, `url` and `key` of the service, `text`, `parameters`; `file` where it is to be saved."""

Told = dict[str, Any]


def drive(
    operations: Mapping[str, Callable[[Task], Told]],
    exception: type[Exception] | tuple[type[Exception], ...],
    describe: Callable[[Any], Told],
) -> None:
    """Do the task on stdin, and tell of it on stdout.

    *exception* is what the client raises by design: *describe* tells what it says. Any other ends
    the driver with a traceback, and fails the test.
    """
    task: Task = json.load(sys.stdin)
    try:
        told = operations[task["do"]](task)
    except exception as error:
        told = {"exception": type(error).__name__, **describe(error)}
    json.dump(told, sys.stdout)


def refused_upgrade(error: Any) -> Told:
    """What `websockets` says of an upgrade that was refused: these SDKs let its error through."""
    answer = error.response
    return {"status": answer.status_code, "message": json.loads(answer.body)["err_msg"]}


def sha256(audio: bytes) -> str:
    """The digest by which audio is compared across processes."""
    return hashlib.sha256(audio).hexdigest()
