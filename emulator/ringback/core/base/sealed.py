"""Objects whose public names cannot be assigned in vain."""

from ringback.errors import NoEffect

_UNKNOWN = object()


class Sealed:
    """Refuses what would be assigned without effect, with `NoEffect`.

    A verb may be replaced by another callable, as test doubles do, and a class may have attributes
    with a value to begin with.
    """

    def __setattr__(self, name: str, value: object) -> None:
        """Assign private names, attributes, and callables in place of verbs."""
        if not name.startswith("_"):
            known = getattr(type(self), name, _UNKNOWN)
            if isinstance(known, property) or callable(known) > callable(value):
                raise NoEffect(self._in_vain(name, is_verb=callable(known)))
            if known is _UNKNOWN:
                raise NoEffect(self._in_vain(name, is_verb=False))
        super().__setattr__(name, value)

    def _in_vain(self, name: str, *, is_verb: bool) -> str:
        """What to say of an assignment to *name*."""
        if is_verb:
            return f"{name} is a verb, and to assign to it has no effect: call {name}(…)"
        return f"{type(self).__name__}.{name} is not to be assigned: that would have no effect"
