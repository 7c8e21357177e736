"""The two editions of the endpoint, as data: `/v1/speak` (Aura) and `/v2/speak` (Flux)."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from ringback.core.base.dataclass import dataclass
from ringback.core.base.masking import masked
from ringback.core.base.rejection import Rejection
from ringback.core.request.encodings import FLUX_OUTPUTS, OUTPUTS, Encoding, Output
from ringback.core.request.parameters import BASE, FLUX, Parameter, table
from ringback.core.request.voices import AURA, DEFAULT_VOICE, Voice
from ringback.core.request.voices import FLUX as FLUX_VOICES


@dataclass(frozen=True, slots=True)
class Span:
    """The values that a numeric parameter may take, with its refusals' codes.

    A *step* of 0 allows every value between *low* and *high*, which are inside.
    """

    name: str
    low: float
    high: float
    step: float = 0
    range_code: str = "INVALID_QUERY_PARAMETER"
    step_code: str = "INVALID_QUERY_PARAMETER"
    range_text: str = "`{name}` must be between {low} and {high}."
    step_text: str = "`{name}` must be a multiple of {step}."

    def refusal(self, value: float) -> Rejection | None:
        """Why *value* is refused, None if it is not."""
        if not self.low <= value <= self.high:
            return Rejection(400, self.range_code, self._said(self.range_text))
        # Decimal fractions are not exact in binary: 0.55 is a step of 0.05 all the same.
        if self.step and abs(value / self.step - round(value / self.step)) > 1e-6:
            return Rejection(400, self.step_code, self._said(self.step_text))
        return None

    def _said(self, text: str) -> str:
        return text.format(name=self.name, low=self.low, high=self.high, step=self.step)


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """What one path offers. *default_voice* is None where `model` must be named.

    *integral_floats*: `24000.0` may be an integer.
    """

    path: str
    parameters: MappingProxyType[str, Parameter]
    voices: Mapping[str, Voice]
    default_voice: str | None
    outputs: Mapping[Encoding, Output]
    speed: Span
    ignores_unknown: bool
    integral_floats: bool

    def __repr__(self) -> str:
        return f"<Edition {self.path}>"


V1 = Edition(
    path="/v1/speak",
    parameters=table(*BASE),
    voices=AURA,
    default_voice=DEFAULT_VOICE.name,
    outputs=OUTPUTS,
    speed=Span(
        "speed",
        0.7,
        1.5,
        range_code="speed_out_of_range",
        range_text="Speed must be between {low} and {high}",
    ),
    ignores_unknown=True,
    integral_floats=True,
)

V2 = Edition(
    path="/v2/speak",
    parameters=table(*FLUX),
    voices=FLUX_VOICES,
    default_voice=None,
    outputs=FLUX_OUTPUTS,
    speed=Span(
        "speed",
        0.5,
        1.5,
        0.05,
        "SPEED_OUT_OF_RANGE",
        "SPEED_INCREMENT_INVALID",
        range_text="'{name}' must be between {low} and {high}",
        step_text="'{name}' must be provided in increments of {step}",
    ),
    ignores_unknown=False,
    # Typed as positive integers; `24000.0` was refused on the wire (observed).
    integral_floats=False,
)

EXPRESSIVITY = Span(
    "expressivity", -2, 2, 1, "EXPRESSIVITY_OUT_OF_RANGE", "EXPRESSIVITY_INCREMENT_INVALID"
)
"""How expressive a Flux voice may be (documented)."""

_NEAR = 0.75
"""How alike the names of two voices must be for one to be taken for a slip of the other."""

BAD_MODEL = {
    "invalid-value": ("INVALID_QUERY_PARAMETER", "Invalid 'model' value of '{model}'."),
    "no-such-version": ("Bad Request", "Bad Request: No such model/version combination found."),
    "no-such-tier": (
        "INVALID_QUERY_PARAMETER",
        "No such model/language/tier combination found.",
    ),
}
"""The three ways in which a model was seen to be refused, as code and text."""


def refused_model(edition: Edition, model: str, variant: str) -> Rejection:
    """Why *model* is none of *edition*'s."""
    model = masked(model)
    if edition.path == V2.path and model in AURA:
        return Rejection(
            400,
            "V1_MODEL_ON_V2_SPEAK_ENDPOINT",
            f"Invalid 'model' value of '{model}'.",
            f"`{model}` is a voice of /v1/speak.",
        )
    code, text = BAD_MODEL[variant]
    if edition.path == V1.path and model in FLUX_VOICES:
        hint = f"`{model}` is a voice of /v2/speak."
    else:
        near = get_close_matches(model.lower()[:64], edition.voices, n=1, cutoff=_NEAR)
        hint = f"Did you mean `{near[0]}`?" if near else ""
    return Rejection(400, code, text.format(model=model), hint)
