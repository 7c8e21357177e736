"""What an operation of the control API is: a row of a table, from which the document is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypeVar

from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from ringback.control.models import Model
from ringback.control.problems import Problem
from ringback.control.shapes import Shapes
from ringback.core.answer.answer import Answer
from ringback.service.service import Service

M = TypeVar("M", bound=BaseModel)

How: TypeAlias = Literal["at once", "aside", "waiting"]
"""On the server's loop; in a thread, for it takes long; or as a coroutine."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: for which *service*, what is asked of it, and how the caller is reached."""

    service: Service
    path: Mapping[str, str]
    query: Any
    body: Any
    scope: Scope
    receive: Receive
    send: Send

    @property
    def shapes(self) -> Shapes:
        """What shows the service."""
        return Shapes(self.service)

    def said(self, kind: type[M]) -> M:
        """The body, which is of that *kind*."""
        assert isinstance(self.body, kind)  # noqa: S101 - the table says so
        return self.body

    def asked(self, kind: type[M]) -> M:
        """The query, which is of that *kind*."""
        assert isinstance(self.query, kind)  # noqa: S101 - the table says so
        return self.query

    def number(self, name: str, what: str) -> int:
        """A part of the path, which has to be a number. Raises `Problem`."""
        text = self.path[name]
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise Problem(404, f"there is no {what} {text!r}: they are numbered from 0")
        return int(text)


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a path. *errors* are the statuses of problems besides those that all have."""

    method: str
    path: str
    handle: Callable[[Call], Any]
    summary: str
    answer: type[Model] | str
    body: type[Model] | None = None
    query: type[BaseModel] | None = None
    errors: tuple[int, ...] = ()
    how: How = "at once"
    parts: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        """Take the path apart once."""
        object.__setattr__(self, "parts", tuple(self.path.split("/")))


Result: TypeAlias = BaseModel | Answer | None
"""What an operation gives; None: it has answered itself."""
