"""Every setting of an emulator, checked when it is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any, Literal

from ringback.core.answer.failure import RequestFailure, RequestFailureLike, read_failure
from ringback.core.base.duration import SECOND, nanoseconds
from ringback.core.base.ids import UuidVersion
from ringback.core.delivery.message import BodyForm, Framing, MessageRules
from ringback.core.delivery.retry import RetryPolicy
from ringback.core.request.body import MAX_CHARACTERS, BodyRules
from ringback.core.request.catalog import MP3_BIT_RATES
from ringback.core.request.editions import V1, Edition
from ringback.core.request.endpoint import INVALID_CALLBACK, PERMITTED_PORTS, CallbackRules
from ringback.core.request.formats import FormatRules
from ringback.core.request.speak import SpeakRules
from ringback.errors import SettingsError
from ringback.settings.checks import CHECKS

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When an emulator's clock starts, unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How one emulator behaves. Spans are seconds or `timedelta`; every default is a rule's.

    *seed* decides request ids and `key_id` (None: 0, or one of its own per test in the fixtures).
    *epoch* is the moment at which the clock starts, aware; in frozen time, the freezer's moment
    takes the place of the default. *clock* is `"paused"`, `"real"` or `"x100"`. *processing_time*
    passes between acceptance and the first attempt. *allow_hosts* are hosts beyond loopback that
    may be dialled. *allow_origins* are pages beyond loopback whose scripts may talk to the server
    (`https://app.example`), *allow_host_headers* names by which a browser may call it.
    *api_key* fixes the key for an application that
    reads its own once; *any_key* lets in whoever has one. *ca_file* is trusted in place of the
    usual authorities, and without *tls_verify* every certificate is. *guard* is how many real
    seconds something may keep a paused clock waiting. *request_failure* befalls every request that
    would be answered. *remote_texts* are what the URLs say that a body may name in place of its
    text. *concurrency_limit* is how many requests may be in progress, and how many streams besides
    them, unless *stream_concurrency_limit* is. *speech* speaks linear16, mulaw and alaw in the
    languages of its engine (English, German, Spanish, French, Italian), outside of streams, where
    there are tones otherwise; it needs the extra `speech`.

    At submission: *permitted_ports* are ports or `"any"`, *port_refusal* is what the service says
    about another, *private_callbacks* lets URLs name this machine and private addresses, and
    *resolve_callbacks* refuses a host that leads nowhere. *acknowledgement_headers* are those of
    an audio answer, or only the request id.

    Of a callback: *callback_body*, *callback_content_type* (None: that of the audio),
    *callback_framing*, *callback_user_agent* and *callback_status_header* (None: no such header),
    *dg_token*, *basic_auth* and *callback_metadata* for what else it carries, *follow_redirects*
    for where it goes. Without *callback_errors* a job that fails is never heard of again.

    Raises `SettingsError` for a value that cannot mean anything.
    """

    seed: int | None = None
    epoch: datetime = EPOCH
    clock: str = "paused"
    retries: int = 10
    retry_delay: float | timedelta = 30
    connect_timeout: float | timedelta = 1
    attempt_timeout: float | timedelta = 10
    processing_time: float | timedelta = 0
    permitted_ports: tuple[int, ...] | Literal["any"] = PERMITTED_PORTS
    port_refusal: str = INVALID_CALLBACK
    private_callbacks: bool = True
    resolve_callbacks: bool = False
    acknowledgement_headers: Literal["full", "minimal"] = "full"
    callback_body: BodyForm = "raw"
    callback_content_type: str | None = None
    callback_framing: Framing = "content-length"
    callback_user_agent: str | None = None
    callback_status_header: str | None = None
    dg_token: bool = True
    basic_auth: bool = True
    callback_metadata: bool = True
    callback_errors: bool = True
    follow_redirects: bool = False
    mp3_sample_rate: int = 22050
    mp3_bit_rates: tuple[int, ...] = MP3_BIT_RATES
    flac_sample_rate: int = 48000
    format_error: Literal["UNSUPPORTED_AUDIO_FORMAT", "INVALID_QUERY_PARAMETER"] = (
        "UNSUPPORTED_AUDIO_FORMAT"
    )
    bad_model: Literal["invalid-value", "no-such-version", "no-such-tier"] = "invalid-value"
    unknown_parameters: Literal["ignore", "refuse"] = "ignore"
    repeated_parameters: Literal["refuse", "last"] = "refuse"
    strict_booleans: bool = True
    integral_floats: bool = True
    max_characters: int = MAX_CHARACTERS
    too_long_status: Literal[413, 422] = 413
    blank_text: Literal["silence", "refuse"] = "silence"
    remote_texts: Mapping[str, str] = field(default_factory=dict, hash=False)
    concurrency_limit: int | None = None
    stream_concurrency_limit: int | None = None
    concurrency_counts_callbacks: bool = False
    too_many_requests: Literal["speak", "general"] = "speak"
    request_failure: RequestFailureLike | None = None
    stream_limits: bool = True
    uuid_version: UuidVersion = 7
    wav_sizes: Literal["streamed", "exact"] = "streamed"
    speech: bool = False
    allow_hosts: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    allow_host_headers: tuple[str, ...] = ()
    api_key: str | None = field(default=None, repr=False)
    any_key: bool = False
    ca_file: str | None = None
    tls_verify: bool = True
    guard: float = 10.0

    def __post_init__(self) -> None:
        """Check every value, so that a mistake is found where it was made."""
        for name in _TUPLES:
            if (value := getattr(self, name)) != "any":
                object.__setattr__(self, name, _tuple(name, value))
        for names, wanted, holds in CHECKS:
            for name in names:
                value = getattr(self, name)
                if not holds(value):
                    shown = "that" if name == "api_key" else repr(value)
                    raise SettingsError(f"{name} is {wanted}, not {shown}")
        read_rate(self.clock)
        if self.request_failure is not None:
            read = read_failure(self.request_failure)
            if isinstance(self.request_failure, Mapping):
                object.__setattr__(self, "request_failure", read)
        if self.speech:
            _check_speech()
        if self.ca_file is not None:
            _check_certificates(self.ca_file)

    @property
    def epoch_is_set(self) -> bool:
        """Whether the epoch is another than the default, and so stands in frozen time, too."""
        return self.epoch != EPOCH

    @property
    def rate(self) -> int:
        """How many seconds the clock passes in a real one: 0 while it is paused."""
        return read_rate(self.clock)

    @property
    def retry_policy(self) -> RetryPolicy:
        """The part of the settings that decides about retries."""
        return RetryPolicy(self.retries, self._span("retry_delay"))

    def speak_rules(self, edition: Edition = V1) -> SpeakRules:
        """The part of the settings that decides how a request is read."""
        return SpeakRules(
            edition,
            self.callback_rules,
            FormatRules(
                self.mp3_sample_rate, self.flac_sample_rate, self.mp3_bit_rates, self.format_error
            ),
            BodyRules(
                self.max_characters, self.too_long_status, self.blank_text, self.remote_texts
            ),
            self.bad_model,
            self.unknown_parameters,
            self.repeated_parameters,
            self.strict_booleans,
            self.integral_floats,
        )

    @property
    def callback_rules(self) -> CallbackRules:
        """The part of the settings that decides where callbacks may go."""
        ports = () if self.permitted_ports == "any" else self.permitted_ports
        return CallbackRules(ports, self.port_refusal, self.private_callbacks)

    @property
    def every_failure(self) -> RequestFailure | None:
        """What befalls every request."""
        return None if self.request_failure is None else read_failure(self.request_failure)

    @property
    def message_rules(self) -> MessageRules:
        """The part of the settings that decides what a callback carries."""
        return MessageRules(
            dg_token=self.dg_token,
            metadata=self.callback_metadata,
            body=self.callback_body,
            content_type=self.callback_content_type,
            framing=self.callback_framing,
            user_agent=self.callback_user_agent,
            basic_auth=self.basic_auth,
            status_header=self.callback_status_header,
        )

    @property
    def attempt_limit(self) -> int:
        """The attempt limit in nanoseconds."""
        return self._span("attempt_timeout")

    @property
    def processing(self) -> int:
        """The processing time in nanoseconds."""
        return self._span("processing_time")

    def seconds_of(self, name: str) -> float:
        """The span *name* in seconds, whichever way it was written."""
        return self._span(name) / SECOND

    def changed(self, **changes: Any) -> "Settings":
        """These settings with *changes*. Raises `SettingsError` naming the nearest setting."""
        for name in changes:
            check_name(name, "setting")
        return replace(self, **changes)

    def _span(self, name: str) -> int:
        return nanoseconds(getattr(self, name))


_TUPLES = ("permitted_ports", "allow_hosts", "allow_origins", "allow_host_headers", "mp3_bit_rates")


def _check_speech() -> None:
    from importlib.util import find_spec

    if find_spec("py_nanotts") is None:
        raise SettingsError("speech needs its extra: pip install 'ringback[speech]'")


def _check_certificates(ca_file: str) -> None:
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(ca_file)
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            f"ca_file: {ca_file!r} cannot be read as certificates in PEM form ({reason})"
        ) from error


def _tuple(name: str, value: object) -> tuple[object, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise SettingsError(f"{name} is a tuple or a list, not {value!r}")
    return tuple(value)


NAMES = tuple(each.name for each in fields(Settings))
"""The names of all settings."""


def check_name(name: str, kind: str, also: tuple[str, ...] = ()) -> None:
    """Refuse an unknown *name* with the nearest known one. Raises `SettingsError`."""
    known = (*NAMES, *also)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else "."
        raise SettingsError(f"unknown {kind} {name!r}{meant} Known: {', '.join(known)}")


def read_rate(mode: str) -> int:
    """Read a clock mode: 0 for `paused`, 1 for `real`, N for `xN`. Raises `SettingsError`."""
    if mode == "paused":
        return 0
    if mode == "real":
        return 1
    digits = str(mode).removeprefix("x")
    if mode != digits and digits.isascii() and digits.isdigit() and 1 <= int(digits) <= 1_000_000:
        return int(digits)
    raise SettingsError(f"clock is 'paused', 'real' or 'xN' such as 'x100', not {mode!r}")
