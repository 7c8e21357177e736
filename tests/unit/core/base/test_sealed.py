"""What would be assigned in vain is refused."""

from collections.abc import Callable

import pytest

from ringback.core.base.sealed import Sealed
from ringback.errors import NoEffect


class Phone(Sealed):
    """A verb, a property, and an attribute with a value to begin with."""

    rings = 0
    handler: Callable[[], str] | None = None

    def ring(self) -> str:
        """Ring."""
        return "ring"

    @property
    def line(self) -> str:
        """Whether somebody speaks."""
        return "busy"


def test_to_assign_to_a_verb_is_refused_and_the_call_that_was_meant_is_named() -> None:
    phone = Phone()
    with pytest.raises(NoEffect) as refused:
        phone.ring = "twice"  # type: ignore[method-assign, assignment]
    assert str(refused.value) == ("ring is a verb, and to assign to it has no effect: call ring(…)")
    assert phone.ring() == "ring"


@pytest.mark.parametrize("name", ["line", "lien"])
@pytest.mark.parametrize("value", ["free", lambda: "free"])
def test_to_assign_to_a_property_or_an_unknown_name_is_refused(name: str, value: object) -> None:
    phone = Phone()
    with pytest.raises(NoEffect) as refused:
        setattr(phone, name, value)
    assert str(refused.value) == (f"Phone.{name} is not to be assigned: that would have no effect")
    assert phone.line == "busy"
    assert not hasattr(phone, "lien")


def test_a_verb_may_be_replaced_by_a_double() -> None:
    phone = Phone()
    phone.ring = lambda: "silence"  # type: ignore[method-assign]
    assert phone.ring() == "silence"


def test_private_names_and_attributes_with_a_value_to_begin_with_may_be_assigned() -> None:
    phone = Phone()
    phone.rings += 1
    phone.handler = phone.ring
    phone._number = 112
    assert (phone.rings, phone.handler(), vars(phone)["_number"]) == (1, "ring", 112)
    assert (Phone.rings, Phone.handler) == (0, None)
