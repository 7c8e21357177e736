"""Encoding, container and rates of a request, into the format that it asks for."""

from collections.abc import Mapping
from typing import Any

from ringback.core.base.dataclass import dataclass
from ringback.core.base.rejection import Rejection
from ringback.core.request.encodings import (
    DEFAULT_ENCODING,
    MP3_BIT_RATES,
    AudioFormat,
    Choice,
    Container,
    Encoding,
    Output,
)


class _Refused(Exception):
    """A reason why a combination does not exist."""


@dataclass(frozen=True, slots=True)
class FormatRules:
    """What is chosen where the documents differ. Rates are in hertz and bit/s.

    *error_code*: live answers say `UNSUPPORTED_AUDIO_FORMAT`, and a documented table
    `INVALID_QUERY_PARAMETER`, with the same reasons.
    """

    mp3_sample_rate: int = 22050
    flac_sample_rate: int = 48000
    mp3_bit_rates: tuple[int, ...] = MP3_BIT_RATES
    error_code: str = "UNSUPPORTED_AUDIO_FORMAT"

    def read(
        self, values: Mapping[str, Any], outputs: Mapping[Encoding, Output]
    ) -> AudioFormat | Rejection:
        """The format that the query's *values* ask for."""
        encoding = Encoding(values.get("encoding", DEFAULT_ENCODING))
        output = outputs[encoding]
        try:
            return AudioFormat(
                encoding,
                _container(values, output, encoding),
                _chosen("sample_rate", values, self._sample_rate(output, encoding), encoding) or 0,
                _chosen("bit_rate", values, self._bit_rate(output, encoding), encoding),
            )
        except _Refused as reason:
            prefix = (
                "" if self.error_code == "INVALID_QUERY_PARAMETER" else "Unsupported audio format: "
            )
            return Rejection(400, self.error_code, f"{prefix}{reason}")

    def _sample_rate(self, output: Output, encoding: Encoding) -> Choice:
        if encoding is Encoding.MP3:
            return Choice(self.mp3_sample_rate, (self.mp3_sample_rate,), fixed=True)
        if encoding is Encoding.FLAC:
            return Choice(self.flac_sample_rate, output.sample_rate.allowed)
        return output.sample_rate

    def _bit_rate(self, output: Output, encoding: Encoding) -> Choice | None:
        if encoding is Encoding.MP3 and output.bit_rate is not None:
            return Choice(output.bit_rate.default, self.mp3_bit_rates)
        return output.bit_rate


def _container(values: Mapping[str, Any], output: Output, encoding: Encoding) -> Container:
    container = values.get("container")
    if container is None:
        return output.containers[0] if output.containers else Container.NONE
    if not output.containers:
        raise _Refused(f"`container` {_not_applicable(encoding)}")
    if container not in output.containers:
        raise _Refused(f"`container={container}` is invalid when `encoding={encoding}`.")
    return Container(container)


def _chosen(
    name: str, values: Mapping[str, Any], choice: Choice | None, encoding: Encoding
) -> int | None:
    value: int | None = values.get(name)
    if value is None:
        return None if choice is None else choice.default
    if choice is not None and value in choice.allowed:
        return value
    if choice is None or choice.fixed:
        raise _Refused(f"`{name}` {_not_applicable(encoding)}")
    raise _Refused(f"`{name}` must be {_listed(choice.allowed)} when `encoding={encoding}`.")


def _not_applicable(encoding: Encoding) -> str:
    return f"is not applicable when `encoding={encoding}`."


def _listed(allowed: tuple[int, ...] | range) -> str:
    if isinstance(allowed, range):
        return f"between {allowed.start} and {allowed.stop - 1}"
    *others, last = (str(value) for value in sorted(allowed))
    comma = "," if len(others) > 1 else ""
    return f"{', '.join(others)}{comma} or {last}" if others else last
