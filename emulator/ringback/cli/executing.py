"""`ringback exec`: a command beside a server of its own, from before its start to after its end."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ringback.cli.family import Family, NotStarted
from ringback.cli.hosting import hosted
from ringback.core.base.masking import in_one_line
from ringback.core.base.rejection import Rejection
from ringback.errors import ClockError
from ringback.faces.emulator import Emulator
from ringback.service.leftovers import complaint
from ringback.service.telling import described
from ringback.settings.settings import Settings

LINES = 200
"""Of a long timeline, the last lines are shown."""

_NO_PROXY = ("NO_PROXY", "no_proxy")


def execute(command: Sequence[str], settings: Settings, options: Mapping[str, Any]) -> int:
    """Run *command* beside a server: the exit code for all of it.

    *options* are those of `ringback.settings.options`. Raises `ServerError` when there can be no
    server, `SettingsError` for a route that leads nowhere.
    """
    with hosted(settings, options, _tell_refused) as (emulator, server):
        server.listen()
        try:
            code = Family(options["grace"]).run(command, environment(emulator, options["exports"]))
        except NotStarted as error:
            _say(f"Error: {error}")
            return error.code
        found = {} if code or options["lenient"] else left_behind(emulator)
        if found:
            _say(f"ringback exec: {complaint(found)}")
        if code or found:
            _say_timeline(emulator)
        return code or min(1, len(found))


def left_behind(emulator: Emulator) -> dict[str, list[str]]:
    """What a strict test would not leave behind, once an `auto` clock has come to its end."""
    if emulator.settings.clock == "auto":
        try:
            emulator.run_until_idle()
        except ClockError as error:
            return {"clock": [str(error)]}
    return {kind: told for kind, told in emulator.leftovers().items() if told}


def environment(emulator: Emulator, exports: Mapping[str, str]) -> dict[str, str]:
    """The variables of a command that is to find *emulator*, in *exports* its own names for it."""
    told = {"url": emulator.url, "ws_url": emulator.ws_url, "api_key": emulator.api_key}
    found = dict(os.environ)
    found |= {f"RINGBACK_{what.upper()}": value for what, value in told.items()}
    found |= {name: told[what] for name, what in exports.items()}
    # Clients read the one or the other; no proxy leads to the loopback of this machine.
    spared = next((found[name] for name in _NO_PROXY if found.get(name)), "")
    return found | dict.fromkeys(_NO_PROXY, ",".join([*filter(None, [spared]), "127.0.0.1"]))


def _tell_refused(rejection: Rejection) -> None:
    _say(f"ringback exec: guard {described(rejection)}")


def _say_timeline(emulator: Emulator) -> None:
    if not (emulator.deliveries or emulator.requests):
        return
    lines = emulator.timeline.splitlines()
    if len(lines) > LINES:
        _say(f"… {len(lines) - LINES} lines earlier are left out")
    for each in lines[-LINES:]:
        _say(each)


def _say(text: str) -> None:
    """Standard output is the command's."""
    for line in text.splitlines():
        print(in_one_line(line), file=sys.stderr)
