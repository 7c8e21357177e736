"""Every setting of an emulator, checked when it is made."""

from collections.abc import Mapping
from dataclasses import field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from ringback.core.answer.failure import RequestFailure, RequestFailureLike, read_failure
from ringback.core.base.dataclass import dataclass
from ringback.core.base.documented import documented
from ringback.core.base.duration import SECOND, span_of_settings
from ringback.core.base.ids import UuidVersion
from ringback.core.delivery.message import BodyForm, Framing, MessageRules
from ringback.core.delivery.retry import RetryPolicy
from ringback.core.request.body import MAX_CHARACTERS, BodyRules
from ringback.core.request.editions import V1, Edition
from ringback.core.request.encodings import MP3_BIT_RATES
from ringback.core.request.endpoint import INVALID_CALLBACK, PERMITTED_PORTS, CallbackRules
from ringback.core.request.formats import FormatRules
from ringback.core.request.speak import SpeakRules
from ringback.errors import SettingsError
from ringback.settings import checks
from ringback.settings.names import check_among, names_its_fields

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When an emulator's clock starts, unless it is told otherwise."""


@names_its_fields
@documented
@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one emulator behaves. Every default is what the service does, as far as that is known.

    A *rule* that a setting changes is told by `ringback rules`. Spans are seconds or a `timedelta`,
    on the emulator's clock unless they are called real. Raises `SettingsError` for a value that
    cannot mean anything, and for a name that no setting has.
    """

    # -- who is served -----------------------------------------------------------------------------

    seed: int | None = None
    """Decides request ids and `key_id`. None: 0, or one of its own per test in the fixtures."""
    api_key: str | None = field(default=None, repr=False)
    """The key that is let in, for an application that reads its own once. None: one is made up."""
    any_key: bool = False
    """Whether whoever has a key or a token is let in. Rule: any-token."""
    uuid_version: UuidVersion = 7
    """The version of the UUIDs that request ids are. Rule: request-ids."""

    # -- clock and time ----------------------------------------------------------------------------

    clock: str = "paused"
    """How time passes: `"paused"`, `"real"`, `"xN"`, such as `"x100"`, or `"auto"`, by jumps."""
    epoch: datetime = EPOCH
    """The moment at which the clock starts, aware. In time that a freezer has frozen, the freezer's
    moment takes the place of the default."""
    guard: float | timedelta = 10
    """Real seconds, or a `timedelta`, that something may keep a paused or `auto` clock waiting."""

    # -- attempts and retries ----------------------------------------------------------------------

    processing_time: float | timedelta = 0
    """Seconds, or a `timedelta`, from the acceptance of a job to its first attempt."""
    retries: int = 10
    """How many attempts may follow the first one. Rule: retries."""
    retry_delay: float | timedelta = 30
    """Seconds, or a `timedelta`, from the end of an attempt to the next one. Rule: delay."""
    connect_timeout: float | timedelta = 1
    """Seconds, or a `timedelta`, that connecting may take where time flows. Rule: connect-limit."""
    attempt_timeout: float | timedelta = 10
    """Seconds, or a `timedelta`, that an attempt may take in all. Rule: attempt-limit."""

    # -- submission: the callback URL and the acknowledgement --------------------------------------

    permitted_ports: tuple[int, ...] | Literal["any"] = PERMITTED_PORTS
    """The ports that a callback URL may have. Rules: ports, redirects-keep-the-rules."""
    port_refusal: str = INVALID_CALLBACK
    """The `err_msg` about a port that is not permitted. Rule: port-refusal."""
    private_callbacks: bool = True
    """Whether callback URLs may name this machine or a private address. Rule: private-callbacks."""
    resolve_callbacks: bool = False
    """Whether a callback URL is refused if its host is unknown. Rule: resolution."""
    acknowledgement_headers: Literal["full", "minimal"] = "full"
    """Those of an audio answer, or only the request id. Rule: acknowledgement-headers."""

    # -- callbacks: what they carry, and where they go ---------------------------------------------

    callback_body: BodyForm = "raw"
    """The audio as it is, or JSON with the audio in base64. Rule: body."""
    callback_content_type: str | None = None
    """The content type of callbacks that bring audio. None: the audio's. Rule: content-type."""
    callback_framing: Framing = "content-length"
    """How a callback says where its body ends. Rule: framing."""
    callback_user_agent: str | None = None
    """The `User-Agent` of callbacks. None: they have none. Rule: user-agent."""
    callback_status_header: str | None = None
    """The name of a header that says how the job went: 200, or the status that it failed with.
    None: there is no such header. Rule: status-header."""
    callback_metadata: bool = True
    """Whether callbacks carry the `dg-*` headers of the audio. Rule: metadata."""
    callback_errors: bool = True
    """Whether a callback tells of a job that failed. Without, nothing does. Rule: failed-jobs."""
    dg_token: bool = True
    """Whether callbacks carry the identifier of the key that submitted. Rule: dg-token."""
    basic_auth: bool = True
    """Whether credentials in the callback URL are sent to the receiver. Rule: basic-auth."""
    follow_redirects: bool = False
    """Whether a callback goes where a redirect leads. Rule: redirects."""

    # -- reading a request -------------------------------------------------------------------------

    unknown_parameters: Literal["ignore", "refuse"] = "ignore"
    """What is done about a query parameter that does not exist. Rule: unknown-parameters."""
    repeated_parameters: Literal["refuse", "last"] = "refuse"
    """Whether the last one counts of a parameter that is given twice. Rule: repeated-parameters."""
    strict_booleans: bool = True
    """Whether a boolean is `true` or `false` and nothing else. Rule: booleans."""
    integral_floats: bool = True
    """Whether `24000.0` is an integer. Rule: integral-floats."""
    bad_model: Literal["invalid-value", "no-such-version", "no-such-tier"] = "invalid-value"
    """In which words an unknown model is refused. Rule: bad-model."""
    max_characters: int = MAX_CHARACTERS
    """The most characters (Unicode code points) of a text. Rule: characters."""
    too_long_status: Literal[413, 422] = 413
    """The HTTP status about a text that has more. Rule: too-long-status."""
    blank_text: Literal["silence", "refuse"] = "silence"
    """What is done about a text of blanks. Rule: blank-text."""
    remote_texts: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Texts by the URL that a body may name in place of its text. Rule: remote-texts."""

    # -- formats -----------------------------------------------------------------------------------

    mp3_sample_rate: Literal[22050, 24000] = 22050
    """The sample rate of mp3, in hertz. Rule: mp3-rate."""
    mp3_bit_rates: tuple[int, ...] = MP3_BIT_RATES
    """The bit rates that mp3 may have, in bit/s. Rule: mp3-bit-rates."""
    flac_sample_rate: int = 48000
    """The sample rate of flac that was asked for without one, in hertz. Rule: flac-rate."""
    format_error: Literal["UNSUPPORTED_AUDIO_FORMAT", "INVALID_QUERY_PARAMETER"] = (
        "UNSUPPORTED_AUDIO_FORMAT"
    )
    """The `err_code` about a combination that does not exist. Rule: format-errors."""

    # -- limits and failures -----------------------------------------------------------------------

    concurrency_limit: int | None = None
    """How many requests may be in progress; one more is refused. Rule: too-many-requests."""
    stream_concurrency_limit: int | None = None
    """How many streams may be open. None: `concurrency_limit` of them. Rule: stream-concurrency."""
    concurrency_counts_callbacks: bool = False
    """Whether a job is in progress until its delivery ends. Rule: concurrency-of-callbacks."""
    too_many_requests: Literal["speak", "general"] = "speak"
    """Which of the two documented texts a 429 has. Rule: too-many-requests-text."""
    request_failure: RequestFailureLike | None = None
    """What befalls what would be answered. Rules: ordered-failures, payment-required."""
    stream_limits: bool = True
    """Whether flushes and characters of a stream are limited, each in a window of 60 seconds.
    Rules: stream-flush-limit, stream-character-limit."""

    # -- audio -------------------------------------------------------------------------------------

    wav_sizes: Literal["streamed", "exact"] = "streamed"
    """Whether a WAV header has placeholders or the true sizes, in bytes. Rule: wav-sizes."""
    speech: bool = False
    """Whether linear16, mulaw and alaw are spoken, outside of streams, in English, German, Spanish,
    French and Italian. It needs the extra `speech`. All else, and without it all, is tones."""

    # -- history -----------------------------------------------------------------------------------

    keep: int | None = None
    """How many settled deliveries, requests and facts are kept, the latest ones, or a tenth more of
    the latter two; and no bodies, but the digest of what was sent. None: everything."""

    # -- connections: who may talk to the server, and what may be dialled --------------------------

    allow_origins: tuple[str, ...] = ()
    """Pages beyond loopback that may talk to the server, by origin: `https://app.example`.
    Rule: cross-origin-headers."""
    allow_host_headers: tuple[str, ...] = ()
    """Names beyond loopback by which a browser may call the server, without port."""
    request_timeout: float | timedelta = 10
    """Real seconds, or a `timedelta`, without a byte of a request that has begun to arrive, after
    which its server answers 408."""
    allow_hosts: tuple[str, ...] = ()
    """Hosts beyond loopback that may be dialled."""
    ca_file: str | None = None
    """The path of a file of PEM certificates that are trusted in place of the usual authorities."""
    tls_verify: bool = True
    """Whether the certificate of an https receiver has to be trusted. Rule: tls-verification."""

    def __post_init__(self) -> None:
        """Check every value, so that a mistake is found where it was made."""
        for name in _TUPLES:
            if (value := getattr(self, name)) != "any":
                object.__setattr__(self, name, checks.read_tuple(name, value))
        for name, check in CHECKS.items():
            value = getattr(self, name)
            if not check.holds(value):
                shown = "that" if name == "api_key" else repr(value)
                raise SettingsError(f"{name} is {check.wanted}, not {shown}")
        checks.read_rate(self.clock)
        if self.request_failure is not None:
            failure = read_failure(self.request_failure)
            if isinstance(self.request_failure, Mapping):
                object.__setattr__(self, "request_failure", failure)
        if self.speech:
            checks.check_speech()
        if self.ca_file is not None:
            checks.check_certificates(self.ca_file)

    @property
    def epoch_is_set(self) -> bool:
        """Whether the epoch is another than the default, and so stands in frozen time, too."""
        return self.epoch != EPOCH

    @property
    def rate(self) -> int:
        """How many seconds the clock passes in a real one: 0 where it does not flow."""
        return checks.read_rate(self.clock)

    @property
    def retry_policy(self) -> RetryPolicy:
        """The part of the settings that decides about retries."""
        return RetryPolicy(self.retries, span_of_settings(self.retry_delay))

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
        return span_of_settings(self.attempt_timeout)

    @property
    def processing(self) -> int:
        """The processing time in nanoseconds."""
        return span_of_settings(self.processing_time)

    def seconds_of(self, name: str) -> float:
        """The span *name* in seconds, whichever way it was written."""
        return span_of_settings(getattr(self, name)) / SECOND

    def changed(self, **changes: Any) -> "Settings":
        """These settings with *changes*. Raises `SettingsError` naming the nearest setting."""
        for name in changes:  # here, or the traceback would end within `dataclasses`
            check_setting_name(name, "setting")
        return replace(self, **changes)


CHECKS = checks.checks_of(Settings)
"""What each setting may be, by name."""

_TUPLES = checks.tuples_of(Settings)

NAMES = tuple(each.name for each in fields(Settings))


def check_setting_name(name: str, kind: str, also: tuple[str, ...] = ()) -> None:
    """Refuse an unknown *name* with the nearest known one. Raises `SettingsError`."""
    check_among(name, kind, (*NAMES, *also))
