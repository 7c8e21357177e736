"""What the two editions of the endpoint offer, and in which words they refuse a model."""

import pytest

from ringback.core.base.rejection import Rejection
from ringback.core.request.editions import BAD_MODEL, EXPRESSIVITY, V1, V2, Span, refused_model


@pytest.mark.rule("bad-model")
@pytest.mark.parametrize(
    ("variant", "code", "message"),
    [
        ("invalid-value", "INVALID_QUERY_PARAMETER", "Invalid 'model' value of 'aura-2'."),
        (
            "no-such-version",
            "Bad Request",
            "Bad Request: No such model/version combination found.",
        ),
        (
            "no-such-tier",
            "INVALID_QUERY_PARAMETER",
            "No such model/language/tier combination found.",
        ),
    ],
)
def test_a_model_is_refused_in_one_of_the_three_ways_that_were_seen(
    variant: str, code: str, message: str
) -> None:
    assert refused_model(V1, "aura-2", variant) == Rejection(400, code, message)
    assert variant in BAD_MODEL


@pytest.mark.rule("editions")
def test_a_voice_of_the_other_edition_is_refused_with_advice() -> None:
    on_v2 = refused_model(V2, "aura-zeus-en", "invalid-value")
    assert on_v2.code == "V1_MODEL_ON_V2_SPEAK_ENDPOINT"
    assert "/v1/speak" in on_v2.hint
    on_v1 = refused_model(V1, "flux-kit-en", "invalid-value")
    assert on_v1.code == "INVALID_QUERY_PARAMETER"
    assert "/v2/speak" in on_v1.hint


@pytest.mark.rule("flux-speed")
@pytest.mark.parametrize("value", [0.5, 0.55, 0.7, 1, 1.15, 1.5])
def test_a_flux_voice_speaks_at_steps_of_a_twentieth(value: float) -> None:
    assert V2.speed.refusal(value) is None


@pytest.mark.rule("flux-speed")
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.49, "SPEED_OUT_OF_RANGE"),
        (1.55, "SPEED_OUT_OF_RANGE"),
        (0.51, "SPEED_INCREMENT_INVALID"),
        (1.0001, "SPEED_INCREMENT_INVALID"),
    ],
)
def test_any_other_speed_of_a_flux_voice_is_refused_by_a_code_of_its_own(
    value: float, code: str
) -> None:
    refusal = V2.speed.refusal(value)
    assert refusal is not None
    assert (refusal.status, refusal.code) == (400, code)


@pytest.mark.rule("flux-expressivity")
def test_expressivity_is_a_whole_number_from_minus_two_to_two() -> None:
    assert [value for value in range(-5, 6) if not EXPRESSIVITY.refusal(value)] == [*range(-2, 3)]
    refusal = EXPRESSIVITY.refusal(3)
    assert refusal is not None
    assert refusal.code == "EXPRESSIVITY_OUT_OF_RANGE"
    refusal = EXPRESSIVITY.refusal(1.5)
    assert refusal is not None
    assert refusal.code == "EXPRESSIVITY_INCREMENT_INVALID"


def test_a_span_without_a_step_has_every_value_in_it() -> None:
    assert Span("speed", 0.7, 1.5).refusal(0.70001) is None


@pytest.mark.rule("editions")
def test_flux_needs_a_model_and_refuses_what_it_does_not_know() -> None:
    assert (V1.default_voice, V2.default_voice) == ("aura-asteria-en", None)
    assert (V1.ignores_unknown, V2.ignores_unknown) == (True, False)
    assert set(V2.parameters) - set(V1.parameters) == {"expressivity", "priority"}


def test_an_edition_is_shown_by_its_path() -> None:
    assert repr(V1) == "<Edition /v1/speak>"
