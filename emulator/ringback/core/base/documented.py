"""Fields with a docstring each, for `help()`: read from the source when somebody asks for it.

Editors and generators of documentation read the text that stands under a field. Python itself keeps
nothing of it, and a class that kept it twice would say two things one day.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from inspect import Signature

T = TypeVar("T")


class Described(NamedTuple):
    """What the source says of a field: its text, and how its default is written there."""

    text: str
    default: str


def documented(cls: type[T]) -> type[T]:
    """Have `help()` of the dataclass *cls*, one with slots, show what stands under its fields."""
    # `pydoc` asks a dictionary of slots for their texts, and `inspect` a class for its signature.
    setattr(cls, "__slots__", _Texts(cls))  # noqa: B010 - types know slots only as they are declared
    setattr(cls, "__signature__", _AsWritten(cls.__init__))  # noqa: B010 - the same
    return cls


@cache
def described(cls: type) -> dict[str, Described]:
    """The fields of *cls* by name, without text where there is none; empty without a source.

    Do not change what you get: it is made once.
    """
    import ast
    import inspect
    import textwrap

    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    except OSError:
        return {}
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    found = {}
    for node, below in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    pass
                case _:
                    text = ""
            found[node.target.id] = Described(inspect.cleandoc(text).strip(), _written(node.value))
    return found


def _written(default: Any) -> str:
    """A default that the source gives by a name or to a field; of any other the value will do."""
    import ast

    match default:
        case ast.Name():
            return ast.unparse(default)
        case ast.Call(func=ast.Name(id="field"), keywords=keywords):
            given = {each.arg: ast.unparse(each.value) for each in keywords}
            factory = given.get("default_factory")
            return f"{factory}()" if factory else given.get("default", "")
        case _:
            return ""


class _Texts(dict[str, str]):
    """The texts of the fields of *cls*, by name: read one by one, and only by `help()`."""

    def __init__(self, cls: type) -> None:
        super().__init__(dict.fromkeys(getattr(cls, "__slots__"), ""))  # noqa: B009 - as above
        self._cls = cls

    def __getitem__(self, name: str) -> str:
        fields = described(self._cls)
        return fields[name].text if name in fields else ""


class _Default:
    """A default that is shown as it is written."""

    def __init__(self, written: str) -> None:
        self._written = written

    def __repr__(self) -> str:
        return self._written


class _AsWritten:
    """The signature of the class that has it, and that *make* makes: defaults as written."""

    def __init__(self, make: Callable[..., None]) -> None:
        self._make = make

    def __get__(self, instance: object, cls: type) -> "Signature":
        import inspect

        made = inspect.signature(self._make)
        fields = described(cls)
        return made.replace(
            parameters=[
                each.replace(default=_Default(fields[name].default))
                if name in fields and fields[name].default
                else each
                for name, each in list(made.parameters.items())[1:]
            ]
        )
