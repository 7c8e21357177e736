"""What a test's author gets to hear for a mistake: one sentence that names it and its remedy."""

import gc
import sys
from types import ModuleType
from typing import Any

import pytest

from ringback import (
    ClockError,
    Emulator,
    NoEffect,
    NotRunning,
    Receiver,
    RingbackError,
    SettingsError,
)

APP = "https://app.example"
HOOK = f"{APP}/hook"


# -- assignments without effect --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["retries", "clock_", "seed", "epoch"])
def test_a_setting_cannot_be_assigned_to_an_emulator(name: str) -> None:
    with Emulator() as ringback, pytest.raises(NoEffect) as refused:
        setattr(ringback, name, 3)
    known = name != "clock_"
    assert (f"Emulator(Settings({name}=…))" in str(refused.value)) is known
    assert "no effect" in str(refused.value)


def test_settings_clock_and_verbs_cannot_be_assigned_in_vain() -> None:
    with Emulator() as ringback:
        receiver = ringback.receiver(APP)
        for holder, name, remedy in (
            (ringback, "settings", "Emulator(Settings(…))"),
            (ringback, "clock", "Emulator(Settings(clock=…))"),
            (ringback, "pending", "is not to be assigned"),
            (ringback.clock, "now", "is not to be assigned"),
            (ringback.clock, "speed", "is not to be assigned"),
            (receiver, "replies", "is a verb, and to assign to it has no effect: call replies(…)"),
            (receiver, "reply", "is not to be assigned"),
        ):
            with pytest.raises(NoEffect) as refused:
                setattr(holder, name, [503])
            assert remedy in str(refused.value)


def test_a_receiver_of_ones_own_may_have_attributes() -> None:
    class Counting(Receiver):
        count = 0

    receiver = Counting(APP)
    receiver.count += 1
    assert receiver.count == 1


def test_a_verb_may_be_replaced_by_a_double(monkeypatch: pytest.MonkeyPatch) -> None:
    with Emulator() as ringback:
        with monkeypatch.context() as patch:
            patch.setattr(ringback, "settle", lambda: ["nothing"])
            assert ringback.settle() == ["nothing"]
        assert ringback.settle() == []


# -- holds -----------------------------------------------------------------------------------------


def test_a_hold_without_with_is_told_of_by_the_next_verb() -> None:
    with Emulator() as ringback:
        ringback.hold("the worker")
        gc.collect()
        with pytest.raises(ClockError, match=r"^hold\('the worker'\) without `with` holds nothing"):
            ringback.settle()
        ringback.clock.hold("another")
        gc.collect()
        assert "hold('another')" in ringback.leftovers()["errors"][0]


def test_a_hold_with_with_holds() -> None:
    with Emulator() as ringback:
        with ringback.hold("the worker"):
            pass
        gc.collect()
        ringback.settle()


# -- what is used too early, or wrongly ------------------------------------------------------------


@pytest.mark.parametrize("verb", ["advance", "settle", "hold", "clock"])
def test_an_emulator_that_has_not_begun_says_so(verb: str) -> None:
    emulator = Emulator()
    arguments = {"advance": (3,), "hold": ("x",)}.get(verb, ())
    with pytest.raises(NotRunning, match="runs inside `with Emulator"):
        getattr(emulator, verb)(*arguments)


def test_a_callback_by_a_wrong_name_is_named() -> None:
    with Emulator() as ringback:
        with pytest.raises(SettingsError, match=r"has no callback_url: did you mean callback\?"):
            ringback.submit("Hello", callback_url=HOOK)
        with pytest.raises(SettingsError, match="needs a callback"):
            ringback.submit("Hello")


@pytest.mark.parametrize("predicate", [3, None, True, "receiver.requests"])
def test_a_predicate_that_cannot_be_called_is_refused(predicate: Any) -> None:
    with Emulator() as ringback:
        with pytest.raises(TypeError, match=r"advance_until\(\) takes a function that says when"):
            ringback.advance_until(predicate, within=3)
        with pytest.raises(TypeError, match=r"advance_until\(\) takes a function that says when"):
            ringback.clock.advance_until(predicate, within=3)


@pytest.mark.parametrize("entry", [504.0, True, 999, ["503"], "tiemout", object()])
def test_an_entry_that_is_none_is_refused_by_the_name_of_its_list(entry: Any) -> None:
    with Emulator() as ringback:
        with pytest.raises(SettingsError, match=r"^unknown reply |^a reply's status "):
            ringback.receiver(APP, replies=[entry])
        with pytest.raises(SettingsError, match=r"^(unknown fault|a fault's status) "):
            ringback.receiver(APP, faults=[entry])


# -- applications ----------------------------------------------------------------------------------


def application(module: str, name: str) -> Any:
    """An object of the class *name* of *module*, which need not be installed."""
    return type(name, (), {"__module__": module, "__call__": lambda self: self})()


@pytest.mark.parametrize(
    ("module", "framework"), [("tornado.web", "Tornado"), ("aiohttp.web_app", "aiohttp")]
)
def test_an_application_that_only_its_own_server_runs_is_told_so(
    module: str, framework: str
) -> None:
    with Emulator() as ringback, pytest.raises(SettingsError) as refused:
        ringback.connect(APP, application(module, "Application"))
    assert f"is of {framework}, which speaks neither ASGI nor WSGI" in str(refused.value)
    assert "pass its base URL" in str(refused.value)


def test_sanic_needs_its_lifespan() -> None:
    async def call(self: Any, scope: Any, receive: Any, send: Any) -> None:
        """Answer nothing."""

    sanic = type("Sanic", (), {"__module__": "sanic.app", "__call__": call})()
    with Emulator() as ringback:
        with pytest.raises(SettingsError, match=r"write connect\(…, app, lifespan=True\)"):
            ringback.connect(APP, sanic)
        ringback.connect(APP, sanic, lifespan=True)


@pytest.mark.parametrize(
    ("library", "module", "function", "part"),
    [
        ("gevent", "gevent.monkey", "is_module_patched", "threading"),
        ("eventlet", "eventlet.patcher", "is_monkey_patched", "thread"),
    ],
)
def test_patched_threads_are_refused_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, library: str, module: str, function: str, part: str
) -> None:
    fake = ModuleType(module)
    patched: list[str] = []
    setattr(fake, function, patched.__contains__)
    monkeypatch.setitem(sys.modules, module, fake)
    with Emulator():
        pass
    patched.append(part)
    with pytest.raises(RingbackError, match=f"^{library} has patched .*`ringback serve`"):
        Emulator().open()
