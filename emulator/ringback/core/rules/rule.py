"""What a rule is, and how sure we are of it."""

from enum import StrEnum

from ringback.core.base.dataclass import dataclass


class Standing(StrEnum):
    """How sure we are of a rule.

    *documented*: the callback page or another official page says so. *observed*: seen in real
    traffic or in a real client. *assumed*: our reading of a silence; its setting, where it has one,
    changes it.
    """

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. *setting* names the field of `Settings` that changes it, empty if none does."""

    name: str
    statement: str
    standing: Standing
    source: str
    setting: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """Rules that belong together, and what they are about."""

    title: str
    about: str
    rules: tuple[Rule, ...]


PAGE = "TTS Callback page"
"""The official page on callbacks, as a source."""

SPEC = "API specification"
"""The published OpenAPI and AsyncAPI documents, as a source."""
