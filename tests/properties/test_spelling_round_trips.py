"""Whatever is spelt as YAML is read again as the same."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ringback.recording.spelling import spelt
from ringback.scenario.source import Source
from ringback.scenario.tree import parse

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [
        *("+30s", "null", "yes", "1e5", "0x1", "012", "~", "=", "<<", "a:", "a: b", "a #b", "#"),
        *("- a", ": b", "? x", "!x", "&x", "*x", "%x", "|", ">", "'", '"', "`", "@x", "$key_id"),
        *("https://a.example/?x=1#f", "a,b", "[a]", "{a}", " a ", "a\n\nb", "\u2028", "\ufeff"),
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_is_read_again_as_the_same(value: Any) -> None:
    tree = parse(Source.of(spelt({"value": value, "list": [value]})))
    assert not tree.problems
    assert tree.value == {"value": value, "list": [value]}
