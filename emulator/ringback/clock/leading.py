"""Freezers of time that go along with a clock, and clocks that go along with a freezer.

A freezer is freezegun's or time-machine's: what `with freeze_time(…) as frozen`, `with travel(…) as
traveller` and the fixtures of both bind. It is moved by what it has in its class, so that a verb of
it which was put in place for one object does not call itself.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeAlias

from ringback.clock.real import genuine
from ringback.errors import SettingsError

Advance: TypeAlias = Callable[[timedelta], object]
"""Moves a clock by a span that is positive."""

Anchor: TypeAlias = Callable[[], object]
"""Takes the freezer's moment as the present one: it has gone back."""

_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Freezer(Protocol):
    """What tells a process another time than the real one."""

    ticks: bool
    """Whether its time passes by itself."""

    def now(self) -> datetime:
        """What it tells, aware."""

    def shift(self, span: timedelta) -> None:
        """Move it, and nothing else."""

    def replace(self, advance: Advance, anchor: Anchor) -> Callable[[], None]:
        """Have its own verbs move a clock on the way. Returns how to put them back."""


class _Freezegun:
    """What `with freeze_time(…) as frozen` binds."""

    def __init__(self, factory: Any) -> None:
        self._factory = factory
        self._class: Any = type(factory)
        self.ticks = self._class.__name__ == "TickingDateTimeFactory"

    def now(self) -> datetime:
        told: datetime = self._factory()
        return genuine(told.replace(tzinfo=UTC))

    def shift(self, span: timedelta) -> None:
        if self.ticks:
            # Its own `tick` would forget what has passed since the last one.
            self._class.move_to(self._factory, self._factory() + span)
        else:
            self._class.tick(self._factory, span)

    def replace(self, advance: Advance, anchor: Anchor) -> Callable[[], None]:
        factory, cls = self._factory, self._class

        def go(span: timedelta) -> None:
            if span > timedelta():
                advance(span)
            else:
                self.shift(span)
                anchor()

        def tick(delta: timedelta | float = timedelta(seconds=1)) -> datetime:
            go(delta if isinstance(delta, timedelta) else timedelta(seconds=delta))
            told: datetime = factory.time_to_freeze
            return told

        def move_to(target_datetime: Any) -> None:
            # freezegun reads what it is given; what it has read is looked at in a copy.
            copy = object.__new__(cls)
            vars(copy).update(time_to_freeze=factory.time_to_freeze)
            cls.move_to(copy, target_datetime)
            go(copy.time_to_freeze - factory())

        return _put(factory, {"tick": tick, "move_to": move_to})


class _TimeMachine:
    """What `with travel(…) as traveller` binds."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller
        self._class: Any = type(traveller)
        self.ticks = bool(traveller._tick)

    def now(self) -> datetime:
        return _UNIX_EPOCH + timedelta(microseconds=self._traveller.time_ns() // 1000)

    def shift(self, span: timedelta) -> None:
        self._class.shift(self._traveller, span)

    def replace(self, advance: Advance, anchor: Anchor) -> Callable[[], None]:
        traveller, cls = self._traveller, self._class

        def shift(delta: timedelta | float) -> None:
            span = delta if isinstance(delta, timedelta) else timedelta(seconds=delta)
            if span > timedelta():
                advance(span)
            else:
                cls.shift(traveller, span)
                anchor()

        def move_to(destination: Any, tick: bool | None = None) -> None:
            there, _ = sys.modules["time_machine"].extract_timestamp_tzname(destination)
            span = timedelta(microseconds=(there - traveller.time_ns()) // 1000)
            if span > timedelta():
                advance(span)
            # It sets the time zone, too.
            cls.move_to(traveller, destination, tick)
            if span <= timedelta():
                anchor()

        return _put(traveller, {"shift": shift, "move_to": move_to})


def grasp(frozen: Any = None) -> Freezer:
    """What moves *frozen*; without it, the freezer that is active. Raises `SettingsError`."""
    if frozen is None:
        frozen = _active()
    # The fixture of time-machine has its traveller once it was sent somewhere.
    if type(frozen).__name__ == "TimeMachineFixture":
        frozen = frozen.traveller_obj
        if frozen is None:
            raise SettingsError("time_machine stands nowhere yet: call its move_to(…) first")
    name, module = type(frozen).__name__, type(frozen).__module__.partition(".")[0]
    if module == "freezegun":
        if name == "StepTickTimeFactory":
            raise SettingsError(
                "a freezer with auto_tick_seconds moves at each look, also at those of libraries,"
                " so no clock can go along with it: leave auto_tick_seconds out"
            )
        if name in ("FrozenDateTimeFactory", "TickingDateTimeFactory"):
            return _Freezegun(frozen)
    if module == "time_machine" and hasattr(frozen, "_destination_timestamp_ns"):
        return _TimeMachine(frozen)
    raise SettingsError(
        f"{frozen!r} is no freezer that can be moved. Give what `with freeze_time(…) as frozen` or"
        " `with time_machine.travel(…) as traveller` binds, or the fixture `freezer` or"
        " `time_machine`"
    )


def _active() -> Any:
    freezegun = sys.modules.get("freezegun.api")
    if freezegun is not None and freezegun.freeze_factories:
        return freezegun.freeze_factories[-1]
    machine = sys.modules.get("time_machine")
    if machine is not None and machine.traveller_stack:
        return machine.traveller_stack[-1]
    raise SettingsError(
        "time is not frozen: begin the freeze first, or give what it binds, as in"
        " `with freeze_time(…) as frozen: ringback.clock.lead(frozen)`"
    )


def _put(owner: Any, verbs: dict[str, Callable[..., Any]]) -> Callable[[], None]:
    """Put *verbs* into *owner*. Returns how to take them out, if they are still there."""
    vars(owner).update(verbs)

    def take_out() -> None:
        for name, verb in verbs.items():
            if vars(owner).get(name) is verb:
                del vars(owner)[name]

    return take_out
