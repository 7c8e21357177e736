"""Our `dataclass` beside the standard library's: what comes of both is the same."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from threading import Barrier, Thread
from typing import Any

import pytest

from ringback.core.base.dataclass import dataclass

Decorate = Callable[..., Callable[[type], type]]


def defined(decorate: Decorate, **words: bool) -> Any:
    """A class that uses all there is, made by *decorate*."""

    class Order:
        """What was asked for."""

        number: int
        secret: str = field(repr=False)
        note: str = "none"
        seen: list[int] = field(default_factory=list, hash=False)
        watcher: object = field(default=print, compare=False, repr=False)
        size: int = field(init=False, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "size", len(self.note))

    return decorate(frozen=True, slots=True, **words)(Order)


Ours, Theirs = defined(dataclass), defined(dataclasses.dataclass)


@dataclass(frozen=True, slots=True)
class Point:
    """At the top of a module, where pickles find it."""

    x: int
    y: int = 0


@dataclass(slots=True, weakref_slot=True)
class Counter:
    """Not frozen."""

    count: int = 0


@pytest.fixture(params=[Ours, Theirs], ids=["ours", "theirs"])
def order(request: pytest.FixtureRequest) -> Any:
    """The class, made either way: what holds for one holds for the other."""
    return request.param


def test_arguments_are_taken_by_place_and_by_name(order: Any) -> None:
    made = order(1, secret="s", seen=[2])
    assert (made.number, made.secret, made.note, made.seen) == (1, "s", "none", [2])
    assert (made.watcher, made.size) == (print, 4)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'secret'"):
        order(1)
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        order(1, "s", colour="red")
    with pytest.raises(TypeError, match="unexpected keyword argument 'size'"):
        order(1, "s", size=3)


def test_what_a_factory_makes_is_made_for_each(order: Any) -> None:
    assert order(1, "s").seen is not order(1, "s").seen


def test_it_is_equal_to_another_with_the_same_fields(order: Any) -> None:
    assert order(1, "s", watcher=1) == order(1, "s", watcher=2)
    assert order(1, "s") != order(2, "s")
    assert order(1, "s") != (1, "s", "none", [])
    assert Ours(1, "s") != Theirs(1, "s")
    assert hash(order(1, "s", seen=[1])) == hash(order(1, "s", seen=[2]))


def test_it_shows_its_fields_but_for_those_that_are_not_to_be_shown(order: Any) -> None:
    assert repr(order(1, "s", "two")).endswith("Order(number=1, note='two', seen=[], size=3)")


def test_a_loop_is_shown_once(order: Any) -> None:
    made = order(1, "s")
    made.seen.append(made)
    assert repr(made).endswith("Order(number=1, note='none', seen=[...], size=4)")


def test_nothing_is_assigned_or_deleted(order: Any) -> None:
    made = order(1, "s")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'note'"):
        made.note = "other"
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'note'"):
        del made.note
    assert made.note == "none"


def test_nothing_is_added() -> None:
    """The standard library looks for the class from before its slots, and raises a `TypeError`."""
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'z'"):
        Point(1).z = 3  # type: ignore[attr-defined]  # it is refused


def test_a_subclass_has_attributes_of_its_own() -> None:
    class More(Point):
        """With a dictionary."""

        colour: str

    made = More(1)
    made.colour = "red"
    assert made.colour == "red"
    del made.colour
    with pytest.raises(FrozenInstanceError):
        made.x = 3  # type: ignore[misc]  # it is refused
    assert made == More(1)


def test_the_signature_is_that_of_the_fields() -> None:
    assert str(inspect.signature(Ours)) == str(inspect.signature(Theirs))
    assert Ours.__init__.__qualname__ == Theirs.__init__.__qualname__
    assert Ours.__match_args__ == Theirs.__match_args__


@pytest.mark.parametrize("name", ["__init__", "__repr__", "__eq__", "__hash__"])
def test_a_method_stands_where_it_was_looked_for(name: str) -> None:
    """What is made once is not made again."""
    fresh = defined(dataclass)
    assert not inspect.isfunction(vars(fresh)[name])
    first = getattr(fresh, name)
    assert vars(fresh)[name] is first
    assert getattr(fresh, name) is first
    assert first.__qualname__ == f"{fresh.__qualname__}.{name}"


def test_threads_that_are_the_first_at_once_get_what_works() -> None:
    fresh, begin, made = defined(dataclass), Barrier(8), []

    def make() -> None:
        begin.wait()
        made.append(fresh(1, "s"))

    threads = [Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [fresh(1, "s")] * 8


def test_other_tools_see_a_dataclass(order: Any) -> None:
    assert dataclasses.is_dataclass(Point)
    assert dataclasses.replace(order(1, "s"), note="new") == order(1, "s", "new")
    assert dataclasses.astuple(Point(1, 2)) == (1, 2)
    said = order.__dataclass_params__
    assert (said.init, said.repr, said.eq, said.frozen) == (True, True, True, True)
    # By this pytest knows that it may show the fields that differ.
    assert order.__eq__.__code__.co_filename == "<string>"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_is_equal(order: Any, copied: Callable[[Any], Any]) -> None:
    made = order(1, "s", seen=[1])
    assert copied(made) == made


def test_a_pickle_is_read_as_it_was() -> None:
    assert pickle.loads(pickle.dumps(Point(1, 2))) == Point(1, 2)
    assert pickle.loads(pickle.dumps(Counter(3))) == Counter(3)


def test_a_pattern_takes_its_fields_in_order() -> None:
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_without_frozen_it_may_change_and_has_no_hash() -> None:
    counter = Counter()
    counter.count += 1
    assert counter == Counter(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(counter)


def test_what_a_class_writes_itself_is_kept() -> None:
    @dataclass(frozen=True, slots=True)
    class Own:
        """All but `__init__`."""

        name: str

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 3

        def __getstate__(self) -> list[str]:
            return ["copied"]

    assert (repr(Own("a")), hash(Own("a")), Own("a") == 5) == ("own", 3, True)
    assert copy.copy(Own("a")).name == "copied"


def test_without_equality_each_is_itself() -> None:
    @dataclass(frozen=True, slots=True, eq=False, repr=False)
    class Thing:
        """Neither is made."""

        name: str

    thing = Thing("a")
    assert thing != Thing("a")
    assert len({thing, Thing("a")}) == 2
    assert repr(thing).startswith("<")


def test_names_alone_and_no_slots() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Named:
        """With a dictionary."""

        name: str
        size: int = 1

    assert vars(Named(name="a")) == {"name": "a", "size": 1}
    assert str(inspect.signature(Named)) == "(*, name: str, size: int = 1) -> None"
    with pytest.raises(FrozenInstanceError):
        Named(name="a").name = "b"  # type: ignore[misc]  # it is refused


def test_a_class_without_fields_is_one_too() -> None:
    @dataclass(frozen=True, slots=True)
    class Nothing:
        """Says all by its type."""

    assert Nothing() == Nothing()
    assert repr(Nothing()).endswith("Nothing()")


def test_the_standard_library_inherits_the_fields() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Deep(Point):
        """Farther."""

        z: int = 5

    assert repr(Deep(1)).endswith("Deep(x=1, y=0, z=5)")
    assert Deep(1) != Point(1)
    assert Deep(1, 2, 3) == Deep(1, 2, z=3)


def test_a_class_without_a_docstring_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(inspect, "signature", look)

    @dataclass(frozen=True, slots=True)
    class Plain:
        name: str

    assert Plain.__doc__ == "Plain"
    assert Plain("a") == Plain("a")
    assert repr(Plain("a")).endswith("Plain(name='a')")
