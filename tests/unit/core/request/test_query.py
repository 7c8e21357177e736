"""What a query string says, and what becomes of names that nobody knows."""

import pytest

from ringback.core.base.rejection import Rejection
from ringback.core.request.editions import V1
from ringback.core.request.parameters import Schema
from ringback.core.request.query import Ignored, Values, read_values, write_query
from ringback.core.request.speak import SpeakRules

SCHEMA = Schema(V1.parameters)
PREFIX = "Failed to deserialize query parameters: "


def values(raw: str, schema: Schema = SCHEMA) -> Values:
    """What *raw* says."""
    read = read_values(raw.encode(), schema)
    assert isinstance(read, Values), read
    return read


def refused(raw: str | bytes, schema: Schema = SCHEMA) -> Rejection:
    """Why *raw* is refused."""
    read = read_values(raw.encode() if isinstance(raw, str) else raw, schema)
    assert isinstance(read, Rejection), read
    return read


def test_names_and_values_are_read_and_repeatable_ones_are_lists() -> None:
    assert values("model=m&tag=a&tag=b+c&sample_rate=8000&&mip_opt_out=true").values == {
        "model": "m",
        "tag": ["a", "b c"],
        "sample_rate": 8000,
        "mip_opt_out": True,
    }


@pytest.mark.rule("unknown-parameters")
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("callback_url", "callback"),
        ("callbackUrl", "callback"),
        ("Callback", "callback"),
        ("callback_methods", "callback_method"),
        ("samplerate", "sample_rate"),
        ("bitrate", "bit_rate"),
        ("tags", "tag"),
        ("voice", ""),
        ("ssml", ""),
        ("", ""),
    ],
)
def test_an_unknown_name_is_noted_with_the_nearest_known_one(name: str, meant: str) -> None:
    assert values(f"{name}=x").ignored == (Ignored(name, meant),)


def test_what_is_noted_reads_as_a_question() -> None:
    assert str(Ignored("callback_url", "callback")) == "`callback_url` (did you mean `callback`?)"
    assert str(Ignored("ssml")) == "`ssml`"


@pytest.mark.rule("unknown-parameters")
def test_a_strict_schema_refuses_what_it_does_not_know_and_says_what_was_meant() -> None:
    rejection = refused("model=m&callback_url=x", Schema(V1.parameters, unknown="refuse"))
    assert (rejection.status, rejection.code) == (400, "INVALID_QUERY_PARAMETER")
    assert rejection.message.startswith(
        PREFIX + "unknown field `callback_url`, expected one of `model`, `encoding`, "
    )
    assert rejection.hint == "Did you mean `callback`?"
    assert refused("ssml=1", Schema(V1.parameters, unknown="refuse")).hint == ""


@pytest.mark.rule("repeated-parameters")
def test_a_parameter_that_has_one_value_is_given_once_unless_the_last_wins() -> None:
    assert refused("model=a&model=b").message == PREFIX + "duplicate field `model`"
    assert values("model=a&model=b", Schema(V1.parameters, repeated="last")).values == {
        "model": "b"
    }


@pytest.mark.parametrize("raw", [b"%ff=1", b"model=%ff", b"x=\xff"])
def test_what_is_no_utf_8_is_no_query_string(raw: bytes) -> None:
    assert refused(raw) == Rejection(400, "Bad Request", "Invalid query string.")


def test_a_value_of_the_wrong_type_is_refused_under_its_name() -> None:
    assert refused("speed=fast").message == (
        PREFIX + 'speed: invalid type: string "fast", expected f32'
    )


@pytest.mark.parametrize(
    "raw",
    [
        "callback=https://ada:s3&cret@app.example/hook",
        "callback=https://ada:s3&cret=@app.example/hook",
        "callback=https://ada:s3&cret%2540app.example/hook",
    ],
)
def test_half_a_password_is_noted_under_no_name(raw: str) -> None:
    assert values(raw).ignored == (Ignored("***"),)
    assert (
        "unknown field `***`, expected"
        in refused(raw, Schema(V1.parameters, unknown="refuse")).message
    )


@pytest.mark.parametrize("raw", ["ada:s3cret@app.example", "cret=ada:s3cret%40app.example"])
def test_what_may_be_credentials_is_noted_under_no_name_even_without_a_callback(raw: str) -> None:
    for query in (raw, f"model=m&{raw}"):
        assert values(query).ignored == (Ignored("***"),)


@pytest.mark.parametrize("before", ["", "model=m&tag=a&"])
def test_a_password_is_torn_from_its_callback_on_and_not_before(before: str) -> None:
    read = values(f"{before}ssml=1&callback=https://ada:s3&cret@app.example/hook&voice=x")
    assert read.torn
    assert read.ignored == (Ignored("ssml"), Ignored("***"), Ignored("voice"))


def test_a_slip_in_a_name_is_noted_whatever_its_value() -> None:
    (noted,) = values("callback_url=https://ada:s3cret@app.example").ignored
    assert noted == Ignored("callback_url", "callback")


@pytest.mark.parametrize("name", ["model", "encoding", "sample_rate", "speed", "mip_opt_out"])
def test_a_refusal_repeats_no_credentials(name: str) -> None:
    raw = f"{name}=x?callback=https://ada:s3cret@app.example/hook"
    query = SpeakRules().read_query(raw.encode())
    assert isinstance(query, Rejection)
    assert "***@app.example/hook" in query.message
    assert "s3cret" not in query.message


def test_credentials_in_a_callback_are_not_printed() -> None:
    assert "s3cret" not in repr(values("callback=https://ada:s3cret@app.example/"))


def test_a_query_is_written_as_it_is_read() -> None:
    asked = {"model": "a b&c", "tag": ["x", "y"], "mip_opt_out": True, "sample_rate": 8000}
    assert values(write_query(asked).decode()).values == asked
    assert write_query({"mip_opt_out": False, "tag": ("a",)}) == b"mip_opt_out=false&tag=a"


def test_none_is_not_given_and_so_not_written() -> None:
    assert (
        write_query({"model": None, "tag": [None, "a", None], "speed": 1.5}) == b"tag=a&speed=1.5"
    )
    assert write_query({"model": None, "tag": [None]}) == b""


def test_credentials_that_a_bare_ampersand_has_torn_apart_are_masked_to_their_end() -> None:
    torn = values("callback=https://ada:s3&cret&and=more&x@app.example&late=1")
    assert torn.torn
    assert [each.name for each in torn.ignored] == ["***", "***", "***", "late"]
    whole = values("early=1&callback=https%3A%2F%2Fada%3As3cret%40app.example&late=1&tag=a@b")
    assert not whole.torn
    assert [each.name for each in whole.ignored] == ["early", "late"]
    rejection = refused("callback=https://ada:s3&speed=cret&x@app.example")
    assert "cret" not in rejection.message


def test_of_many_unknown_names_the_first_are_noted_and_the_others_counted() -> None:
    noted = values("&".join(f"p{number}=1" for number in range(20))).ignored
    assert [each.name for each in noted] == [*(f"p{number}" for number in range(8)), "and 12 more"]
