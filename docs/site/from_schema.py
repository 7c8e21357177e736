"""The tables of the scenario reference, made from the schema of scenario files."""

from collections.abc import Iterator
from dataclasses import dataclass

from ringback.scenario.schema import described, keys_at
from ringback.scenario.source import DocumentPath
from ringback.scenario.values import NEWEST

ELSEWHERE = ("settings",)
"""Sections that have a page of their own."""


@dataclass(frozen=True, slots=True)
class Table:
    """The keys of one mapping, each with what is said about it; *path* leads to it in a file."""

    path: DocumentPath
    about: str
    keys: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """What people call it: the keys that lead there, but for `steps`."""
        names = [part for part in self.path if isinstance(part, str) and part != "steps"]
        if names:
            return f"`{'.'.join(names)}`"
        return "A step" if self.path else "The file"


def tables(path: DocumentPath = (), about: str = "What a file says.") -> Iterator[Table]:
    """The table at *path*, then those inside it; defaults come last, for verbs explain theirs."""
    keys = tuple((key, described((*path, key), NEWEST)) for key in keys_at(path, NEWEST))
    yield Table(path, about, keys)
    for key, said in sorted(keys, key=lambda each: each[0] == "defaults"):
        places = ((*path, key), (*path, key, 0)) if key not in ELSEWHERE else ()
        inside = next((place for place in places if keys_at(place, NEWEST)), None)
        if inside is not None:
            yield from tables(inside, said)


def scenario() -> str:
    """A table for each mapping of a file of the newest version; of two that are alike, one."""
    parts: list[str] = []
    known: dict[tuple[tuple[str, str], ...], str] = {}
    for table in tables():
        parts.append(f"### {table.name}\n\n{table.about}")
        if table.keys in known:
            parts.append(f"Its keys are those of {known[table.keys]}.")
        else:
            known[table.keys] = table.name
            parts.append("\n".join(["| key | what it says |", "|---|---|", *_rows(table)]))
    return "\n\n".join(parts) + "\n"


def _rows(table: Table) -> Iterator[str]:
    for key, said in table.keys:
        more = " See [the settings](settings.md)." if key in ELSEWHERE else ""
        yield f"| `{key}` | {said}{more} |"
