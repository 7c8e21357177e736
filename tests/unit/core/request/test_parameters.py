"""How the value of each kind of parameter is read."""

import re
from typing import Any

import pytest

from ringback.core.request.parameters import BASE, FLUX, Schema, table

PARAMETERS = table(*FLUX)
STRICT = Schema(PARAMETERS)
LENIENT = Schema(PARAMETERS, strict_booleans=False, integral_floats=False)


def read(name: str, value: str, schema: Schema = STRICT) -> Any:
    return schema.read(PARAMETERS[name], value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("model", "", ""),
        ("encoding", "mp3", "mp3"),
        ("callback_method", "put", "PUT"),
        ("callback_method", "Post", "POST"),
        ("sample_rate", "24000", 24000),
        ("sample_rate", "-1", -1),
        ("speed", "1.25", 1.25),
        ("speed", "1e0", 1.0),
        ("mip_opt_out", "true", True),
        ("mip_opt_out", "false", False),
        ("tag", "x" * 128, "x" * 128),
        ("priority", "low", "low"),
        ("expressivity", "-2", -2),
    ],
)
def test_a_value_is_read_as_its_kind_has_it(name: str, value: str, expected: Any) -> None:
    assert read(name, value) == expected


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("container", "zip", "unknown variant `zip`, expected one of `none`, `wav`, `ogg`"),
        ("priority", "high", "unknown variant `high`, expected `low`"),
        ("callback_method", "GET", "unknown variant `GET`, expected `POST` or `PUT`"),
        ("sample_rate", "1.5", 'invalid type: string "1.5", expected u32'),
        ("sample_rate", "1" * 19, f'invalid type: string "{"1" * 19}", expected u32'),
        ("sample_rate", "\u0661", 'invalid type: string "\u0661", expected u32'),
        ("speed", "nan", 'invalid type: string "nan", expected f32'),
        ("speed", "1_0", 'invalid type: string "1_0", expected f32'),
        ("speed", " 1", 'invalid type: string " 1", expected f32'),
        ("speed", "fast", 'invalid type: string "fast", expected f32'),
        ("mip_opt_out", "1", 'invalid type: string "1", expected a boolean'),
        ("tag", "x" * 129, "`tag` is longer than 128 characters"),
    ],
)
def test_any_other_value_is_refused_in_the_words_of_the_service(
    name: str, value: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        read(name, value)


@pytest.mark.rule("booleans")
def test_a_boolean_is_strict_unless_it_is_set_otherwise() -> None:
    with pytest.raises(ValueError, match='"False"'):
        read("mip_opt_out", "False")
    assert read("mip_opt_out", "False", LENIENT) is False


LENIENT_WORDS = {
    **dict.fromkeys(("true", "1", "yes", ""), True),
    **dict.fromkeys(("false", "0", "no"), False),
}


@pytest.mark.rule("booleans")
@pytest.mark.parametrize("spelt", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("word", LENIENT_WORDS)
def test_a_lenient_boolean_is_any_of_these_words_in_either_case(word: str, spelt: Any) -> None:
    assert read("mip_opt_out", spelt(word), LENIENT) is LENIENT_WORDS[word]


@pytest.mark.rule("booleans")
@pytest.mark.parametrize("word", ["maybe", "2", "-1", "00", "on", "off", "y", "n", " ", "null"])
def test_no_other_word_is_a_boolean(word: str) -> None:
    for schema in (LENIENT, STRICT):
        with pytest.raises(ValueError, match=re.escape(f'"{word}", expected a boolean')):
            read("mip_opt_out", word, schema)


@pytest.mark.rule("booleans")
@pytest.mark.parametrize("word", [word for word in LENIENT_WORDS if word not in ("true", "false")])
def test_a_strict_boolean_is_none_of_the_lenient_words(word: str) -> None:
    with pytest.raises(ValueError, match="expected a boolean"):
        read("mip_opt_out", word)


@pytest.mark.rule("integral-floats")
@pytest.mark.parametrize("value", ["24000.0", "24000.", "24000.00"])
def test_an_integer_may_be_written_as_a_float_unless_that_is_refused(value: str) -> None:
    assert read("sample_rate", value) == 24000
    with pytest.raises(ValueError, match="expected u32"):
        read("sample_rate", value, LENIENT)
    assert read("sample_rate", "24000", LENIENT) == 24000


def test_a_table_keeps_its_order_and_cannot_be_changed() -> None:
    assert list(table(*BASE)) == [parameter.name for parameter in BASE]
    assert not hasattr(PARAMETERS, "__setitem__")


@pytest.mark.parametrize("parameter", FLUX, ids=lambda parameter: parameter.name)
def test_a_parameter_says_in_a_sentence_what_it_is_for(parameter: Any) -> None:
    assert parameter.about.endswith(".")
