"""Makes what the code knows of the reference: names, settings, rules, facts and commands."""

import dataclasses
import enum
import inspect
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import click
from from_control import control  # type: ignore[import-not-found]  # conf.py makes it found
from from_schema import scenario  # type: ignore[import-not-found]  # conf.py makes it found
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

import ringback
from ringback.cli.helping import ExplainedGroup
from ringback.cli.main import main
from ringback.core.facts import AttemptFinished, Fact
from ringback.core.rules import RULES

_PLACE = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)

_SECTION = re.compile(r"    # -- (.+?) -+$")
_FIELD = re.compile(r"    (\w+): ")
_RULES = re.compile(r"Rules?: ([a-z0-9-]+(?:, [a-z0-9-]+)*)\.")
"""How the source of the settings is divided, and names the rules that a setting changes."""

_MODULE = re.compile(r"\b(?:[a-z_]+\.)+(?=[A-Za-z])")
"""Where a type is from, in its name."""

_NOT_OURS = "object, Generic, ABC, Enum, StrEnum, str, tuple, Sequence, Mapping, Exception"
"""Classes whose members are explained elsewhere."""

_GROUPS = {
    "Emulators and their clocks": ("Emulator", "AsyncEmulator", "BlockingClock", "AwaitableClock"),
    "What a test arranges": ("Receiver", "Reply", "Fault", "RequestFailure"),
    "Deliveries and attempts": (
        *("Deliveries", "Delivery", "State", "Attempt", "CallbackMessage", "Response", "Endpoint"),
        *("Outcome", "Answered", "AnswerLost", "TimedOut", "Unreachable", "Dropped", "Garbled"),
        "Aborted",
    ),
    "Requests": ("ReceivedRequests", "ReceivedRequest", "SpeakRequest", "Headers", "Identified"),
    "Everything that happened": ("Journal", "Fact"),
    "An emulator of another process": (
        *("Client", "RemoteClock", "RemoteDeliveries", "RemoteDelivery", "RemoteAttempt"),
        *("RemoteMessage", "RemoteReceiver", "RemoteRequest"),
    ),
    "Scenario files": (
        "Report",
        "ScenarioFile",
        "read_scenario",
        "read_scenarios",
        "play_scenario",
        "Mistake",
    ),
}
"""The names that are read first. `Settings` have a page of their own."""


def names() -> str:
    """Every public name, the emulators first and the errors last."""
    public = [name for name in ringback.__all__ if name != "Settings"]
    errors = [name for name in public if _is_error(getattr(ringback, name))]
    grouped = {name for group in _GROUPS.values() for name in group}
    others = [name for name in public if name not in grouped and name not in errors]
    groups = _GROUPS | {"Others": tuple(others), "Errors": tuple(errors)}
    return "\n".join(
        f"## {title}\n\n" + "\n".join(_entry(name) for name in group if name in public)
        for title, group in groups.items()
    )


def settings() -> str:
    """Every setting: its default, what it does, and the rules that it changes."""
    fields = {field.name: field for field in dataclasses.fields(ringback.Settings)}
    parts: list[str] = []
    for line in inspect.getsource(ringback.Settings).splitlines():
        if title := _SECTION.match(line):
            parts.append(f"## {title[1].capitalize()}\n")
        elif (found := _FIELD.match(line)) and found[1] in fields:
            parts.append(_setting(fields.pop(found[1])))
    parts += map(_setting, fields.values())
    return "\n".join(parts)


def facts() -> str:
    """Every fact of the journal, by the name that it has in JSON: what it means, and its keys."""
    parts = []
    for fact in get_args(Fact):
        keys = ["fact", *(field.name for field in dataclasses.fields(fact))]
        if fact is AttemptFinished:  # its job is told by the fact of its acceptance
            keys[keys.index("job")] = "request_id"
        told = [f"### `{fact.name}`", "", inspect.getdoc(fact) or "", "", "Keys: "]
        told[-1] += ", ".join(f"`{key}`" for key in keys) + "."
        parts.append("\n".join([*told, ""]))
    return "\n".join(parts)


def commands() -> str:
    """What `--help` says, of each command."""
    return "\n".join(
        f"## `{name}`\n\n```text\n{text}\n```\n" for name, text in _helps("ringback", main)
    )


_PARTS: dict[str, Callable[[], str]] = {
    "names": names,
    "settings": settings,
    "facts": facts,
    "commands": commands,
    "scenario": scenario,
    "control": control,
}


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Exception)


def _entry(name: str) -> str:
    value = getattr(ringback, name)
    if not isinstance(value, type):
        kind = "function" if inspect.isroutine(value) else "data"
        return f"```{{eval-rst}}\n.. auto{kind}:: ringback.{name}\n```\n"
    options = ["   :members:"]
    if _is_error(value):
        options = ["   :members:", "   :show-inheritance:"]
    elif issubclass(value, enum.Enum):
        options = ["   :members:", "   :undoc-members:"]
    else:
        options.append(f"   :inherited-members: {_NOT_OURS}")
    return "\n".join(["```{eval-rst}", f".. autoclass:: ringback.{name}", *options, "```", ""])


def _setting(field: "dataclasses.Field[Any]") -> str:
    text = " ".join(_documents().get(field.name, []))
    named = _RULES.search(text)
    names = [*named[1].split(", ")] if named else []
    about = [rule for rule in RULES if rule.setting == field.name or rule.name in names]
    lines = [f"### `{field.name}`", "", f"`{_default(field)}` · `{_type(field)}`", ""]
    lines += [_RULES.sub("", text).strip(), ""]
    lines += [f"- {rule.name}, *{rule.standing}*: {rule.statement}" for rule in about]
    return "\n".join([*lines, ""])


def _documents() -> dict[str, list[str]]:
    """The docstring below each field of the settings, and of what they inherit from."""
    found: dict[str, list[str]] = {}
    for owner in reversed(ringback.Settings.__mro__[:-1]):
        documents = ModuleAnalyzer.for_module(owner.__module__).find_attr_docs()
        found |= {name: lines for (of, name), lines in documents.items() if of == owner.__name__}
    return found


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default_factory is not dataclasses.MISSING:
        return repr(field.default_factory())
    if isinstance(field.default, datetime):
        return field.default.isoformat()
    return repr(field.default)


def _type(field: "dataclasses.Field[Any]") -> str:
    shown = field.type if isinstance(field.type, str) else inspect.formatannotation(field.type)
    return _MODULE.sub("", shown)


def _helps(name: str, command: click.Command) -> Iterator[tuple[str, str]]:
    context = command.make_context(name, [], resilient_parsing=True, terminal_width=88)
    yield name, command.get_help(context)
    if isinstance(command, ExplainedGroup):
        for of, inner in command.all_commands().items():
            yield from _helps(f"{name} {of}", inner)


def filled(text: str) -> str:
    """*text* with its generated parts. Raises `KeyError` for a part that nobody makes."""
    return _PLACE.sub(lambda match: _PARTS[match[1]](), text)


def _fill(app: Sphinx, name: str, source: list[str]) -> None:
    if _PLACE.search(source[0]):
        source[0] = filled(source[0])
        app.env.note_reread()  # when the code has changed, the page has


def _fill_sources(app: Sphinx, error: Exception | None) -> None:
    """What `llms.txt` leads to is the whole text, too."""
    if error is None:
        for path in (Path(app.outdir) / "_sources").rglob("*.md.txt"):
            path.write_text(filled(path.read_text("utf-8")), "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("source-read", _fill)
    app.connect("build-finished", _fill_sources)
    return {"parallel_read_safe": True}
