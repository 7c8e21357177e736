"""Steps as somebody would write them: without what goes without saying."""

from collections.abc import Sequence
from typing import Any


def joined(steps: Sequence[Any]) -> list[Any]:
    """*steps*, where messages that follow each other on one stream are sent by one."""
    made: list[Any] = []
    sending: dict[str, Any] | None = None
    for step in steps:
        said = step.get("send") if isinstance(step, dict) else None
        if said is not None and sending is not None and said["on"] == sending["on"]:
            sending["frames"] = [*sending["frames"], *said["frames"]]
            continue
        sending = said
        made.append(step)
    return made


def without_labels(step: Any) -> Any:
    """*step* without the name of the only one that there is."""
    if isinstance(step, str) or "receiver" in step:
        return step
    ((verb, said),) = step.items()
    if not isinstance(said, dict):
        return step
    left = {name: each for name, each in said.items() if name not in ("as", "of", "on")}
    if "on" in said:
        return {verb: left["frames"]} if left else verb
    return {verb: left}
