"""The standard library's `dataclass`, quicker to define: a server defines a hundred at its start.

The standard library writes and compiles five methods for each class, which takes a millisecond, and
most of them are never called. Here each is made when it is first looked for. It is the standard
library that makes it then, all but `__init__`, which does the same without looking up how each
field is set. One that inherits fields is left to the standard library.
"""

import dataclasses
from collections.abc import Callable
from types import FunctionType, MemberDescriptorType
from typing import TYPE_CHECKING, Any

_METHODS = ("__init__", "__repr__", "__eq__", "__hash__")


def _dataclass(
    *,
    repr: bool = True,
    eq: bool = True,
    frozen: bool = False,
    slots: bool = False,
    kw_only: bool = False,
    weakref_slot: bool = False,
) -> Callable[[type], type]:
    """Define a dataclass; the words are the standard library's."""

    def define(plain: type) -> type:
        own = [name for name in _METHODS if vars(plain).get(name) is not None]
        if plain.__doc__ is None:  # or else it is made of the signature, in milliseconds
            plain.__doc__ = plain.__name__
        cls: type = dataclasses.dataclass(
            init=False,
            repr=False,
            eq=False,
            slots=slots,
            kw_only=kw_only,
            weakref_slot=weakref_slot,
        )(plain)
        for name, wanted in zip(_METHODS, (True, repr, eq, eq and frozen), strict=True):
            if wanted and name not in own:
                setattr(cls, name, _Later(cls, name, frozen=frozen))
        if eq and not frozen and "__hash__" not in own:
            setattr(cls, "__hash__", None)  # noqa: B010 - types do not let it be said
        if frozen:
            _freeze(cls)
        said = vars(cls)["__dataclass_params__"]
        said.init, said.repr, said.eq, said.frozen = True, repr, eq, frozen
        return cls

    return define


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _dataclass


class _Later:
    """A method of *cls* that is made when it is first looked for, and then stands here itself."""

    def __init__(self, cls: type, name: str, *, frozen: bool) -> None:
        self._cls = cls
        self._name = name
        self._frozen = frozen

    def __get__(self, instance: object, owner: type) -> Any:
        cls, name = self._cls, self._name
        method = _init(cls, frozen=self._frozen) if name == "__init__" else _other(cls, name)
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, method)
        return method.__get__(instance, owner)


class _NotGiven:
    """Stands for an argument whose default has to be made."""

    def __repr__(self) -> str:
        return "<factory>"


_NOT_GIVEN = _NotGiven()


def _init(cls: Any, *, frozen: bool) -> FunctionType:
    """`__init__`; what is frozen is set by the setters of its slots, where it has slots."""
    scope: dict[str, Any] = {"NOT_GIVEN": _NOT_GIVEN, "set_any": object.__setattr__}
    by_place, by_name, lines = ["self"], list[str](), list[str]()
    types = dict[str, Any]()
    for field in dataclasses.fields(cls):
        name, default, value = field.name, "", field.name
        if not field.init:  # which `__post_init__` sets
            continue
        if field.default is not dataclasses.MISSING:
            scope[f"default_{name}"], default = field.default, f"=default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            scope[f"make_{name}"], default = field.default_factory, "=NOT_GIVEN"
            value = f"make_{name}() if {name} is NOT_GIVEN else {name}"
        types[name] = field.type
        (by_name if field.kw_only else by_place).append(name + default)
        slot = getattr(cls, name, None)
        if not frozen:
            lines.append(f"self.{name} = {value}")
        elif isinstance(slot, MemberDescriptorType):
            scope[f"set_{name}"] = slot.__set__
            lines.append(f"set_{name}(self, {value})")
        else:
            lines.append(f"set_any(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    parameters = ", ".join([*by_place, *(["*", *by_name] if by_name else [])])
    body = "".join(f"\n    {line}" for line in lines or ["pass"])
    exec(f"def __init__({parameters}):{body}", scope)  # noqa: S102 - as the standard library does it
    made: FunctionType = scope["__init__"]
    made.__module__ = cls.__module__
    made.__annotations__ = {**types, "return": None}
    return made


def _other(cls: Any, name: str) -> FunctionType:
    """The method *name* that the standard library makes for a class with the same fields."""
    alike = dataclasses.make_dataclass(
        cls.__name__,
        [
            (
                field.name,
                object,
                dataclasses.field(repr=field.repr, compare=field.compare, hash=field.hash),
            )
            for field in dataclasses.fields(cls)
        ],
        namespace={"__doc__": cls.__doc__ or cls.__name__},
        init=False,
        repr=name == "__repr__",
        eq=name != "__repr__",
        unsafe_hash=name == "__hash__",
    )
    made: FunctionType = vars(alike)[name]
    return made


def _freeze(cls: Any) -> None:
    """Let nothing be assigned or deleted, and have copies and pickles made all the same."""
    names = frozenset(field.name for field in dataclasses.fields(cls))

    def set_attribute(self: object, name: str, value: object) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def delete_attribute(self: object, name: str) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    cls.__setattr__, cls.__delattr__ = set_attribute, delete_attribute
    if "__slots__" in vars(cls):
        for name, method in (("__getstate__", _state_of), ("__setstate__", _set_state)):
            if name not in vars(cls):
                setattr(cls, name, method)


def _state_of(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
