"""Which scenarios somebody means by an expression: `late and not (put or duplicate)`.

A word is found in the file's name, in the scenario's and in its tags, capitals or not.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from ringback.errors import SettingsError

Choice: TypeAlias = Callable[[str], bool]
"""Says whether a scenario is meant, of which all names are told in one text."""

_TOKEN = re.compile(r"[()]|[^\s()]+")
_OPERATORS = ("and", "or", "not", "(", ")")
_DEEPEST = 50
"""How deep brackets and `not` may be nested."""


def everything(_: str) -> bool:
    """The choice of whoever chooses nothing."""
    return True


def read_choice(text: str) -> Choice:
    """The choice that *text* stands for. Raises `SettingsError` for what is no expression."""
    tokens = _TOKEN.findall(text)
    if not tokens:
        raise SettingsError("the expression is empty; write a word, such as 'timeout'")
    return _Reader(text, tokens).read()


class _Reader:
    def __init__(self, text: str, tokens: Sequence[str]) -> None:
        self._text = text
        self._tokens = tokens
        self._place = 0

    def read(self) -> Choice:
        choice = self._either(0)
        if self._place < len(self._tokens):
            raise self._wrong("'and' or 'or'")
        return choice

    def _either(self, depth: int) -> Choice:
        choices = [self._all(depth)]
        while self._take("or"):
            choices.append(self._all(depth))
        return (
            choices[0] if len(choices) == 1 else lambda names: any(each(names) for each in choices)
        )

    def _all(self, depth: int) -> Choice:
        choices = [self._one(depth)]
        while self._take("and"):
            choices.append(self._one(depth))
        return (
            choices[0] if len(choices) == 1 else lambda names: all(each(names) for each in choices)
        )

    def _one(self, depth: int) -> Choice:
        if depth > _DEEPEST:
            raise SettingsError(f"the expression is nested more than {_DEEPEST} levels deep")
        if self._take("not"):
            inner = self._one(depth + 1)
            return lambda names: not inner(names)
        if self._take("("):
            inside = self._either(depth + 1)
            if not self._take(")"):
                raise self._wrong("')'")
            return inside
        if self._place == len(self._tokens) or self._tokens[self._place].lower() in _OPERATORS:
            raise self._wrong("a word")
        word = self._tokens[self._place].casefold()
        self._place += 1
        return lambda names: word in names.casefold()

    def _take(self, operator: str) -> bool:
        here = self._place < len(self._tokens) and self._tokens[self._place].lower() == operator
        self._place += here
        return here

    def _wrong(self, missing: str) -> SettingsError:
        rest = self._tokens[self._place] if self._place < len(self._tokens) else ""
        where = f"before {rest!r}" if rest else "at the end"
        return SettingsError(f"the expression {self._text!r} lacks {missing} {where}")
