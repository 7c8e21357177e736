"""What `/v1/speak` accepts, and in which words it refuses the rest."""

from urllib.parse import unquote_plus

import pytest

from ringback.core.base.rejection import Rejection
from ringback.core.request.editions import V1, V2, Edition
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from ringback.core.request.endpoint import CallbackRules
from ringback.core.request.script import Silence
from ringback.core.request.speak import Query, SpeakRequest, SpeakRules
from ringback.core.request.voices import AURA
from ringback.core.stream.opening import V2_STREAM
from tests.conftest import an_endpoint

RULES = SpeakRules()


def query(raw: bytes | str, rules: SpeakRules = RULES) -> Query:
    """The query that *raw* is."""
    read = rules.read_query(raw.encode() if isinstance(raw, str) else raw)
    assert isinstance(read, Query), read
    return read


def refused_query(raw: bytes | str) -> Rejection:
    """The refusal of a query, before the key is looked at."""
    rejection = RULES.read_query(raw.encode() if isinstance(raw, str) else raw)
    assert isinstance(rejection, Rejection), rejection
    return rejection


def request(raw: bytes | str, body: bytes = b"Hello", rules: SpeakRules = RULES) -> SpeakRequest:
    """The request of *raw* with a text."""
    read = rules.read_request(query(raw, rules), "text/plain", body)
    assert isinstance(read, SpeakRequest), read
    return read


def refused_request(
    raw: bytes | str, body: bytes = b"Hello", kind: str = "text/plain"
) -> Rejection:
    """The refusal of a request whose query fits the schema."""
    rejection = RULES.read_request(query(raw), kind, body)
    assert isinstance(rejection, Rejection), rejection
    return rejection


# -- the query -------------------------------------------------------------------------------------


@pytest.mark.rule("outputs")
def test_without_parameters_everything_has_its_default() -> None:
    assert request("") == SpeakRequest(
        text="Hello",
        voice=AURA["aura-asteria-en"],
        sound=AudioFormat(Encoding.MP3, Container.NONE, 22050, 48000),
        speed=1.0,
        callback=None,
        method="POST",
        tags=(),
        mip_opt_out=False,
    )


def test_a_request_may_be_made_of_what_it_cannot_do_without() -> None:
    asked = request("")
    assert SpeakRequest(asked.text, asked.voice, asked.sound) == asked


def test_every_parameter_is_read() -> None:
    asked = request(
        "model=aura-2-thalia-en&encoding=linear16&container=none&sample_rate=16000&speed=1.25"
        "&callback=https%3A%2F%2Fapp.example%2Fhook%3Fa%3D1%26b%3D2&callback_method=put"
        "&tag=a&tag=b+c&tag=&mip_opt_out=true"
    )
    assert asked == SpeakRequest(
        text="Hello",
        voice=AURA["aura-2-thalia-en"],
        sound=AudioFormat(Encoding.LINEAR16, Container.NONE, 16000, None),
        speed=1.25,
        callback=an_endpoint("https://app.example/hook?a=1&b=2"),
        method="PUT",
        tags=("a", "b c", ""),
        mip_opt_out=True,
    )


def test_the_parameters_are_those_of_the_specification() -> None:
    assert set(V1.parameters) == {
        *["model", "encoding", "container", "sample_rate", "bit_rate", "speed"],
        *["callback", "callback_method", "tag", "mip_opt_out"],
    }


@pytest.mark.parametrize("raw", ["&", "&&model=aura-zeus-en&&", "m%6fdel=aura%2Dzeus-en"])
def test_empty_pairs_and_escapes_mean_nothing_of_their_own(raw: str) -> None:
    assert query(raw).ignored == ()


@pytest.mark.rule("unknown-parameters")
def test_unknown_parameters_are_ignored_and_remembered() -> None:
    read = query("callback_url=x&model=aura-zeus-en&ssml&MODEL=x&a%20b=1&=x&callback_url=y")
    assert [(ignored.name, ignored.meant) for ignored in read.ignored] == [
        ("callback_url", "callback"),
        ("ssml", ""),
        ("MODEL", "model"),
        ("a b", ""),
        ("", ""),
        ("callback_url", "callback"),
    ]
    assert read.voice.name == "aura-zeus-en"


@pytest.mark.rule("unknown-parameters")
def test_what_follows_an_unencoded_ampersand_of_a_callback_falls_out_and_shows() -> None:
    read = query("callback=https://app.example/hook?a=1&b=2;c")
    assert read.values["callback"] == "https://app.example/hook?a=1"
    assert [ignored.name for ignored in read.ignored] == ["b"]


@pytest.mark.parametrize("model", ["", "aura-2", "aura-2-helios-en", "flux-kit-en", "thalia", "\0"])
def test_an_unknown_voice_is_refused_by_its_name(model: str) -> None:
    rejection = refused_query(f"model={model}")
    assert (rejection.status, rejection.code) == (400, "INVALID_QUERY_PARAMETER")
    assert rejection.message == f"Invalid 'model' value of '{model}'."


@pytest.mark.rule("withdrawn-voices")
def test_a_withdrawn_voice_is_unknown() -> None:
    assert "'aura-2-perseo-it'" in refused_query("model=aura-2-perseo-it").message


@pytest.mark.parametrize(
    "raw", [b"model=%ff", b"%80=1", b"callback=\xe9", b"tag=%c3%28", b"x=%ed%a0%80"]
)
def test_a_query_that_is_no_utf_8_is_no_query(raw: bytes) -> None:
    assert refused_query(raw) == Rejection(400, "Bad Request", "Invalid query string.")


ENCODINGS = "`linear16`, `mulaw`, `alaw`, `mp3`, `opus`, `flac`, `aac`"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("encoding=wav", f"encoding: unknown variant `wav`, expected one of {ENCODINGS}"),
        ("encoding=MP3", f"encoding: unknown variant `MP3`, expected one of {ENCODINGS}"),
        ("container=", "container: unknown variant ``, expected one of `none`, `wav`, `ogg`"),
        ("callback_method=GET", "callback_method: unknown variant `GET`, expected `POST` or `PUT`"),
        ("callback_method=", "callback_method: unknown variant ``, expected `POST` or `PUT`"),
        (
            "callback_method=Put+",
            "callback_method: unknown variant `Put `, expected `POST` or `PUT`",
        ),
        ("mip_opt_out=False", 'mip_opt_out: invalid type: string "False", expected a boolean'),
        ("mip_opt_out=1", 'mip_opt_out: invalid type: string "1", expected a boolean'),
        ("mip_opt_out", 'mip_opt_out: invalid type: string "", expected a boolean'),
        ("tag=" + "a" * 129, "tag: `tag` is longer than 128 characters"),
        ("model=a&model=a", "duplicate field `model`"),
        ("callback=a&callback=b", "duplicate field `callback`"),
        ("speed=1&speed=1", "duplicate field `speed`"),
    ],
)
def test_a_query_off_the_schema_is_refused_in_the_words_of_the_parser(
    raw: str, reason: str
) -> None:
    assert refused_query(raw) == Rejection(
        400, "INVALID_QUERY_PARAMETER", f"Failed to deserialize query parameters: {reason}"
    )


NO_INTEGERS = [
    *["", "x", "NaN", "1e4", "24_000", "24000.5", "24000.0.0", ".0", "+16000", "%2B16000"],
    *["0x10", "--1", "-", "16000 ", "%2016000", "1" * 19, "1" * 5000],
    "\N{FULLWIDTH DIGIT TWO}4000",
]


@pytest.mark.parametrize("value", NO_INTEGERS)
@pytest.mark.parametrize("name", ["sample_rate", "bit_rate"])
def test_a_rate_is_an_integer(name: str, value: str) -> None:
    written = unquote_plus(value)
    assert refused_query(f"{name}={value}").message == (
        f"Failed to deserialize query parameters: {name}:"
        f' invalid type: string "{written}", expected u32'
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *[("24000", 24000), ("24000.0", 24000), ("24000.000", 24000), ("-1", -1), ("0", 0)],
        ("9" * 18, 999_999_999_999_999_999),
    ],
)
def test_a_rate_may_be_written_with_an_empty_fraction(value: str, expected: int) -> None:
    assert query(f"sample_rate={value}").values == {"sample_rate": expected}


@pytest.mark.rule("flux-integers")
@pytest.mark.parametrize("edition", [V2, V2_STREAM], ids=["request", "stream"])
@pytest.mark.parametrize("name", ["sample_rate", "bit_rate"])
def test_flux_takes_no_fraction_in_a_rate(edition: Edition, name: str) -> None:
    rules = SpeakRules(edition, integral_floats=True)
    raw = f"model=flux-kit-en&encoding=linear16&{name}="
    refused = rules.read_query(f"{raw}24000.0".encode())
    assert isinstance(refused, Rejection)
    assert (refused.status, refused.code) == (400, "INVALID_QUERY_PARAMETER")
    if name in edition.parameters:
        assert 'invalid type: string "24000.0", expected u32' in refused.message
        assert isinstance(rules.read_query(f"{raw}24000".encode()), Query)


NO_NUMBERS = ["", "x", "NaN", "nan", "inf", "-Infinity", "1e999", "1_0", "+1", "1+", "0x1p3", "1,5"]


@pytest.mark.parametrize("value", [*NO_NUMBERS, "\N{FULLWIDTH DIGIT ONE}"])
def test_a_speed_is_a_number(value: str) -> None:
    written = unquote_plus(value)
    assert refused_query(f"speed={value}").message == (
        "Failed to deserialize query parameters: speed:"
        f' invalid type: string "{written}", expected f32'
    )


@pytest.mark.rule("speed")
@pytest.mark.parametrize(
    ("value", "expected"), [("0.7", 0.7), ("1", 1.0), ("1.5", 1.5), ("12e-1", 1.2)]
)
def test_a_speed_reaches_from_seven_tenths_to_one_and_a_half(value: str, expected: float) -> None:
    assert request(f"speed={value}").speed == expected


@pytest.mark.rule("speed")
@pytest.mark.parametrize("value", ["0.69", "0.699999", "1.500001", "1.51", "0", "-1", "100"])
def test_a_speed_beyond_its_range_is_refused(value: str) -> None:
    rejection = refused_request(f"speed={value}")
    assert (rejection.status, rejection.code) == (400, "speed_out_of_range")
    assert rejection.message == "Speed must be between 0.7 and 1.5"


@pytest.mark.rule("method")
@pytest.mark.parametrize("value", ["POST", "post", "Post", "PUT", "put", "pUt"])
def test_the_method_is_post_or_put_in_any_case(value: str) -> None:
    assert request(f"callback_method={value}").method == value.upper()


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False)])
def test_a_boolean_is_true_or_false(value: str, expected: bool) -> None:
    assert request(f"mip_opt_out={value}").mip_opt_out is expected


def test_a_method_without_a_callback_is_accepted() -> None:
    assert request("callback_method=PUT").callback is None


@pytest.mark.rule("tags")
@pytest.mark.parametrize("tag", ["a" * 128, "%F0%9F%98%80" * 128])
def test_a_tag_has_up_to_128_characters(tag: str) -> None:
    assert len(request(f"tag={tag}").tags[0]) == 128


def test_a_query_of_thousands_of_parameters_is_still_read() -> None:
    ignored = query("&".join(f"p{number}=1" for number in range(5000))).ignored
    assert [each.name for each in ignored] == [*(f"p{n}" for n in range(8)), "and 4992 more"]
    assert len(query("&".join(f"p{number}=1" for number in range(8))).ignored) == 8


def test_a_query_does_not_print_the_credentials_of_its_callback() -> None:
    read = query("callback=https%3A%2F%2Fada%3As3cret%40app.example%2Fhook")
    assert "ada:s3cret" in read.values["callback"]
    assert "s3cret" not in repr(read)
    assert "s3cret" not in repr(RULES.read_request(read, "text/plain", b"Hello"))


# -- the text --------------------------------------------------------------------------------------


@pytest.mark.rule("pronunciations", "characters")
def test_of_a_text_with_controls_only_what_is_heard_counts() -> None:
    thalia = "model=aura-2-thalia-en"
    word = b'\\{"word":"abcde","pronounce":"abc"}'
    asked = request(thalia, word * 400)
    assert (asked.text, asked.spoken) == ((word * 400).decode(), "abcde" * 400)
    assert refused_request(thalia, word * 400 + b"!").status == 413
    too_long = b'\\{"word":"a","pronounce":"%s"}' % (b"b" * 200)
    assert "too long" in refused_request(thalia, too_long).hint


def test_a_text_without_controls_is_heard_as_it_is() -> None:
    asked = request("", b"Hello")
    assert (asked.spoken, asked.silences, asked.script) == ("Hello", (), None)


@pytest.mark.rule("flux-pauses", "flux-combinations")
def test_a_request_to_flux_may_pause_at_a_speed_that_goes_with_it() -> None:
    rules = SpeakRules(V2)
    text = rb"One \{pause:500ms\}two"
    asked = request("model=flux-kit-en&speed=1.15", text, rules=rules)
    assert (asked.spoken, asked.silences) == ("One two", (Silence(4, 500),))
    read = rules.read_query(b"model=flux-kit-en&speed=1.2")
    assert isinstance(read, Query)
    refused = rules.read_request(read, "text/plain", text)
    assert isinstance(refused, Rejection)
    assert refused.code == "PAUSE_SPEED_CAP_EXCEEDED"


# -- flux ------------------------------------------------------------------------------------------


@pytest.mark.rule("editions", "flux-expressivity")
def test_a_request_to_flux_names_its_voice_and_may_say_how_expressive_it_is() -> None:
    rules = SpeakRules(V2)
    asked = request("model=flux-kit-en&expressivity=-2&speed=1.15", rules=rules)
    assert (asked.voice.name, asked.expressivity, asked.speed) == ("flux-kit-en", -2, 1.15)
    missing = rules.read_query(b"")
    assert isinstance(missing, Rejection)
    assert missing.message == "Failed to deserialize query parameters: missing field `model`"


@pytest.mark.rule("editions")
def test_only_a_request_with_a_callback_may_wait() -> None:
    rules = SpeakRules(V2)
    low = "model=flux-kit-en&priority=low"
    refused = rules.read_request(query(low, rules), "text/plain", b"Hello")
    assert isinstance(refused, Rejection)
    assert refused.message == "`priority` is only applicable with `callback`."
    request(f"{low}&callback=https://app.example/", rules=rules)


# -- the callback ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "callback", ["", "app.example", "ftp://app.example", "http://a:81/", "a+b"]
)
def test_a_bad_callback_is_refused_at_submission(callback: str) -> None:
    rejection = refused_request(f"callback={callback}")
    assert (rejection.status, rejection.code) == (400, "INVALID_QUERY_PARAMETER")
    assert rejection.message == "Invalid callback url."


def test_the_rules_for_callbacks_are_those_that_were_set() -> None:
    rules = SpeakRules(callbacks=CallbackRules(permitted_ports=(81,)))
    assert request("callback=http://a:81/", rules=rules).callback == an_endpoint("http://a:81/")


# -- the order of the checks -----------------------------------------------------------------------


@pytest.mark.rule("order-of-checks")
def test_the_query_and_its_model_are_checked_first() -> None:
    everything_else = "&encoding=mp3&sample_rate=1&speed=9&callback=x"
    assert "unknown variant" in refused_query(f"container=x&model=x{everything_else}").message
    assert "'model'" in refused_query(f"model=x{everything_else}").message


@pytest.mark.rule("order-of-checks")
def test_formats_and_ranges_are_checked_before_the_callback_and_the_body_last() -> None:
    body = b"\xff"
    kind = "application/xml"
    message = refused_request("sample_rate=1&speed=9&callback=x", body, kind).message
    assert message.startswith("Unsupported audio format")
    assert refused_request("speed=9&callback=x", body, kind).message.startswith("Speed")
    assert refused_request("callback=x", body, kind).message == "Invalid callback url."
    assert refused_request("", body, kind).status == 415
    assert refused_request("", body).message == "Failed to decode payload as UTF-8."
