"""`ringback exec`: a command beside a server of its own, from before its start to after its end."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from ringback.cli.family import Family, NotStarted
from ringback.cli.hosting import hosted, hosted_tenants
from ringback.core.base.masking import in_one_line
from ringback.core.base.rejection import Rejection
from ringback.errors import ClockError
from ringback.faces.emulator import Emulator
from ringback.service.leftovers import complaint
from ringback.service.telling import described
from ringback.serving.server import Server
from ringback.settings.settings import Settings

if TYPE_CHECKING:
    from ringback.interception.interception import Interception

LINES = 200
"""Of a long timeline, the last lines are shown."""

_NO_PROXY = ("NO_PROXY", "no_proxy")


def execute(command: Sequence[str], settings: Settings, options: Mapping[str, Any]) -> int:
    """Run *command* beside a server: the exit code for all of it.

    *options* are those of `ringback.settings.options`. Raises `ServerError` when there can be no
    server, `SettingsError` for a route that leads nowhere, and `ScenarioError`.
    """
    with ExitStack() as stack:
        emulators, server, key = stack.enter_context(_housed(settings, options))
        server.listen()
        environ = environment(server.url, key, options["exports"])
        if options["intercept"]:
            environ |= stack.enter_context(_intercepted(server.url)).variables(environ)
        try:
            code = Family(options["grace"]).run(command, environ)
        except NotStarted as error:
            _say(f"Error: {error}")
            return error.code
        found = {} if code or options["lenient"] else left_behind(emulators)
        if found:
            _say(f"ringback exec: {complaint(found)}")
        if code or found:
            for emulator in emulators:
                _say_timeline(emulator)
        return code or min(1, len(found))


@contextmanager
def _housed(
    settings: Settings, options: Mapping[str, Any]
) -> Iterator[tuple[Iterable[Emulator], Server, str]]:
    """Whoever is to be served, by what, and a key for the command."""
    if options["tenants"]:
        with hosted_tenants(
            settings, options, _tell_refused, lambda *_: None, lambda _: None, _say, dated=True
        ) as (tenants, server):
            yield tenants, server, settings.api_key or token_hex(20)
    else:
        with hosted(settings, options, _tell_refused, _say) as (emulator, server):
            yield [emulator], server, emulator.api_key


@contextmanager
def _intercepted(url: str) -> "Iterator[Interception]":
    """The service's own address leads to *url*; at the end it is said who wanted elsewhere."""
    from ringback.interception.interception import Interception

    with Interception(url) as interception:
        yield interception
        for line in told(interception):
            _say(f"ringback exec: {line}")


def told(interception: "Interception") -> list[str]:
    """What an *interception* has kept from a command, in sentences."""
    lines = []
    if refused := interception.refused:
        hosts = ", ".join(
            f"{host} ({count} times)" if count > 1 else host for host, count in refused.items()
        )
        noun = "host" if len(refused) == 1 else "hosts"
        lines.append(
            f"--intercept refused {len(refused)} other {noun}: {hosts}. One that is to be reached"
            " belongs into NO_PROXY"
        )
    if count := interception.distrusted:
        noun = "connection was" if count == 1 else "connections were"
        lines.append(
            f"--intercept: {count} {noun} broken off by a client that does not trust the"
            " certificate; have it read SSL_CERT_FILE"
        )
    return lines


def left_behind(emulators: Iterable[Emulator]) -> dict[str, list[str]]:
    """What a strict test would not leave behind, once an `auto` clock has come to its end."""
    found: dict[str, list[str]] = {}
    for emulator in emulators:
        try:
            if emulator.settings.clock == "auto":
                emulator.run_until_idle()
        except ClockError as error:
            found.setdefault("clock", []).append(str(error))
        for kind, told in emulator.leftovers().items():
            if told:
                found.setdefault(kind, []).extend(told)
    return found


def environment(url: str, key: str, exports: Mapping[str, str]) -> dict[str, str]:
    """The variables of a command that is to find the server at *url*, under *key*.

    *exports* are its own names for it: `url`, `ws_url` or `api_key`, by variable.
    """
    told = {"url": url, "ws_url": "ws" + url.removeprefix("http"), "api_key": key}
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
