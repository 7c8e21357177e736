"""A fault with its numbers, as a scenario file writes it: `{fault: slow, after: 3s}`."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from ringback.core.base.duration import seconds
from ringback.core.delivery.fault import Fault
from ringback.core.delivery.fault_words import WORDS
from ringback.scenario.part import Part, form
from ringback.scenario.times import Span
from ringback.scenario.values import LONG_FAULTS, Status, one_of, wrong


def _numbers() -> Any:
    """What JSON Schema says of the numbers of words that have the same."""
    rules = []
    for takes, needs in sorted({(each.takes, each.needs) for each in WORDS.values()}):
        words = [word for word, kind in WORDS.items() if (kind.takes, kind.needs) == (takes, needs)]
        names = ["fault", *takes, *needs]
        rules.append(
            {
                "if": {"properties": {"fault": {"enum": words}}},
                "then": {"required": list(needs), "propertyNames": {"enum": names}},
            }
        )
    return rules


class LongFault(Part):
    """A fault with a number."""

    model_config = ConfigDict(json_schema_extra={"allOf": _numbers()})

    fault: Annotated[str, one_of(tuple(WORDS), "a fault")]
    """What happens: a word of the table of faults."""
    after: Span | None = None
    """A time on the emulator's clock: of a slow answer, of a second copy."""
    at: Annotated[int, Field(ge=0)] | None = None
    """The byte of the body behind which it is cut, or the number of a bit, from 0."""
    status: Status | None = None
    """The status that is heard in place of the receiver's own."""
    real: bool = False
    """Whether a slow attempt really travels for so long, over a socket."""

    @model_validator(mode="after")
    def _has_its_numbers(self) -> "LongFault":
        kind = WORDS[self.fault]
        for name in sorted(self.model_fields_set - {"fault", *kind.takes, *kind.needs}):
            takers = [word for word, each in WORDS.items() if name in (*each.takes, *each.needs)]
            raise wrong(f"{self.fault} takes no {name!r}: it is for {', '.join(takers)}", name)
        for name in kind.needs:
            if name not in self.model_fields_set:
                long = LONG_FAULTS[self.fault]
                raise wrong(f"{self.fault} needs a number: write {long}", "fault")
        return self

    def to_fault(self) -> Fault:
        """The same as the emulator takes it."""
        after = None if self.after is None else seconds(self.after)
        return Fault(self.fault, after=after, at=self.at, status=self.status, real=self.real)


def form_of_fault(value: Any) -> str | None:
    """The kind of fault that *value* is meant to be, by its type and whether it has a word."""
    return "long fault" if isinstance(value, dict) and "fault" in value else form(value)
