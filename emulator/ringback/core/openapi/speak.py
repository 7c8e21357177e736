"""One edition of the speak endpoint, as an operation of the OpenAPI document."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from ringback.core.openapi.answers import (
    EVERYWHERE,
    UNAUTHORISED,
    JsonSchema,
    headers_named,
    ordered,
    record,
    refusal,
    schema_named,
)
from ringback.core.request.body import MAX_CHARACTERS
from ringback.core.request.editions import EXPRESSIVITY, Edition, Span
from ringback.core.request.encodings import DEFAULT_ENCODING, AudioFormat, Choice, Container, Output
from ringback.core.request.parameters import Kind, Parameter
from ringback.core.request.speak import SpeakRequest

_TYPES = {Kind.INTEGER: "integer", Kind.NUMBER: "number", Kind.BOOLEAN: "boolean"}
_DEFAULTS = {field.name: field.default for field in fields(SpeakRequest)}
_ABOUT_SPEECH = (
    *("dg-model-name", "dg-model-uuid", "dg-char-count", "dg-pronunciations-applied"),
    *("dg-breaks-applied", "dg-warnings", "dg-project-id"),
)
_TEXT = {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS}


def speak(edition: Edition) -> dict[str, Any]:
    """The one operation of *edition*'s path."""
    return {
        "operationId": "speak" + edition.path.removesuffix("/speak").replace("/", "_"),
        "summary": "Speak a text: here, or with `callback` by a delivery.",
        "description": "Which values go together:\n\n" + "\n".join(_combinations(edition)),
        "security": [{"key": []}, {"granted": []}],
        "parameters": [_parameter(each, edition) for each in edition.parameters.values()],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "oneOf": [record(text=_TEXT), record(url={"type": "string"})],
                        "description": "A text, or where one is (which is never fetched).",
                    }
                },
                "text/plain": {"schema": _TEXT},
            },
        },
        "responses": {
            "200": {
                "description": "The audio; with `callback`, an acknowledgement.",
                "headers": headers_named(*EVERYWHERE, *_ABOUT_SPEECH),
                "content": {
                    **{name: {} for name in media_types(edition)},
                    "application/json": {"schema": schema_named("Acknowledgement")},
                },
            },
            "400": refusal("The query, the format or the body does not fit."),
            "401": UNAUTHORISED,
            "402": ordered(402),
            "403": ordered(403),
            "413": refusal("The text or the body is too long."),
            "415": refusal("The body is neither JSON nor plain text, or has a `Content-Encoding`."),
            "422": ordered(422),
            "429": ordered(429),
            "5XX": ordered(500),
        },
        "callbacks": {"audio": {"{$request.query.callback}": _callback(edition)}},
    }


def media_types(edition: Edition) -> list[str]:
    """The content types of *edition*'s audio, without the rate that raw samples name besides."""
    formats = [
        AudioFormat(encoding, container, output.sample_rate.default, None)
        for encoding, output in edition.outputs.items()
        for container in output.containers or (Container.NONE,)
    ]
    return list(dict.fromkeys(each.content_type.partition(";")[0] for each in formats))


def _parameter(parameter: Parameter, edition: Edition) -> dict[str, Any]:
    schema = _schema(parameter, edition)
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.about,
        "required": parameter.name == "model" and edition.default_voice is None,
        "schema": {"type": "array", "items": schema} if parameter.repeats else schema,
    }


def _schema(parameter: Parameter, edition: Edition) -> JsonSchema:
    """What the table of parameters says of one, and what others know of it."""
    schema: JsonSchema = {"type": _TYPES.get(parameter.kind, "string")}
    if parameter.words:
        schema["enum"] = [*parameter.words]
    if parameter.longest is not None:
        schema["maxLength"] = parameter.longest
    return schema | _known(edition).get(parameter.name, {})


def _known(edition: Edition) -> dict[str, JsonSchema]:
    """What other tables know of parameters, by name."""
    voice = edition.default_voice
    outputs = edition.outputs.values()
    bit_rates = [each.bit_rate.allowed for each in outputs if each.bit_rate is not None]
    return {
        "model": {"enum": [*edition.voices], **({} if voice is None else {"default": voice})},
        "encoding": {"default": DEFAULT_ENCODING},
        "sample_rate": {
            "enum": sorted({rate for each in outputs for rate in each.sample_rate.allowed})
        },
        "bit_rate": {
            "minimum": min(each[0] for each in bit_rates),
            "maximum": max(each[-1] for each in bit_rates),
        },
        "speed": _span(edition.speed),
        "expressivity": _span(EXPRESSIVITY),
        "callback": {"format": "uri"},
        "callback_method": {"default": _DEFAULTS["method"]},
        "mip_opt_out": {"default": _DEFAULTS["mip_opt_out"]},
    }


def _span(span: Span) -> JsonSchema:
    step = {"multipleOf": span.step} if span.step else {}
    return {"minimum": span.low, "maximum": span.high, **step, "default": _DEFAULTS[span.name]}


def _combinations(edition: Edition) -> Iterator[str]:
    for encoding, output in edition.outputs.items():
        yield f"- `{encoding}`: " + "; ".join(_offers(output))


def _offers(output: Output) -> Iterator[str]:
    if output.containers:
        yield "`container` " + ", ".join(output.containers)
    yield f"`sample_rate` {_choice(output.sample_rate)}"
    if output.bit_rate is not None:
        yield f"`bit_rate` {_choice(output.bit_rate)}"


def _choice(choice: Choice) -> str:
    if isinstance(choice.allowed, range):
        allowed = f"{choice.allowed.start} to {choice.allowed.stop - 1}"
    else:
        allowed = ", ".join(map(str, choice.allowed))
    return allowed if choice.fixed else f"{allowed} (default {choice.default})"


def _callback(edition: Edition) -> dict[str, Any]:
    """What is sent to the callback URL, by the one method or the other."""
    operation = {
        "summary": "Bring the audio. Up to 10 retries follow, 30 s apart, until a 2xx comes.",
        "parameters": [
            {
                "name": "dg-token",
                "in": "header",
                "description": "The identifier of the key that asked, never the key.",
                "schema": {"type": "string"},
            }
        ],
        "requestBody": {
            "content": {
                **{name: {} for name in media_types(edition)},
                "application/json": {"schema": schema_named("Error")},
            }
        },
        "responses": {"2XX": {"description": "Received."}},
    }
    methods = edition.parameters["callback_method"].words
    return {method.lower(): operation for method in methods}
