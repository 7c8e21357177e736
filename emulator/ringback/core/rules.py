"""Every rule of the service as data: what it says, how sure we are, and what changes it.

*documented*: the callback page or another official page says so. *observed*: seen in real traffic
or in a real client. *assumed*: our reading of a silence; its setting, where it has one, changes it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How sure we are of a rule."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. *setting* names the field of `Settings` that changes it, empty if none does."""

    name: str
    statement: str
    standing: Standing
    source: str
    setting: str = ""


_PAGE = "TTS Callback page"
_SPEC = "API specification"
_FLUX = "Flux TTS pages"
_SOCKET = "TTS WebSocket troubleshooting page"

RULES: tuple[Rule, ...] = (
    Rule(
        "success",
        "Any answer from 200 to 299 ends a delivery; everything else fails, 3xx included.",
        Standing.DOCUMENTED,
        f"{_PAGE}: unsuccessful (not 200-299)",
    ),
    Rule(
        "redirects",
        "A redirect is not followed: it is an answer like any other, and a failure.",
        Standing.ASSUMED,
        "no page mentions redirects, and 3xx is not 200-299",
        "follow_redirects",
    ),
    Rule(
        "one-success",
        "Nothing more is sent after a success; an attempt arrives twice only where a `duplicate`"
        " is among the `faults`.",
        Standing.ASSUMED,
        "no page promises that a callback comes once",
    ),
    Rule(
        "retries",
        "A failed callback is retried 10 times after the first attempt, so there are at most 11"
        " attempts.",
        Standing.DOCUMENTED,
        f"{_PAGE}: retry the callback up to 10 times",
        "retries",
    ),
    Rule(
        "delay",
        "30 seconds lie between attempts, without jitter.",
        Standing.DOCUMENTED,
        f"{_PAGE}: with a 30 second delay between attempts",
        "retry_delay",
    ),
    Rule(
        "delay-from-the-end",
        "The delay counts from the end of the failed attempt.",
        Standing.ASSUMED,
        "a reading of 'between attempts'",
    ),
    Rule(
        "retry-after-ignored",
        "A `Retry-After` header of the receiver is not followed; the attempt notes it.",
        Standing.ASSUMED,
        "no page mentions it",
    ),
    Rule(
        "attempt-limit",
        "An attempt has 10 s in all, on the emulator's clock; running out of them is a failure.",
        Standing.ASSUMED,
        "documented for the self-hosted server (callback_timeout)",
        "attempt_timeout",
    ),
    Rule(
        "connect-limit",
        "Where time is real an attempt has 1 s to connect; running out of it is a failure.",
        Standing.ASSUMED,
        "documented for the self-hosted server (callback_conn_timeout)",
        "connect_timeout",
    ),
    Rule(
        "tls-verification",
        "The certificate of an https receiver is verified; one that is not trusted is a failure.",
        Standing.ASSUMED,
        "no page mentions it",
        "tls_verify",
    ),
    Rule(
        "method",
        "Callbacks are POSTed, or PUT with `callback_method`, in either case; another method is"
        " refused at submission with 400.",
        Standing.DOCUMENTED,
        f"{_PAGE}: by default POST, but you can specify PUT",
    ),
    Rule(
        "method-without-callback",
        "`callback_method` without `callback` is accepted and has no effect.",
        Standing.ASSUMED,
        "no page mentions it",
    ),
    Rule(
        "dg-token",
        "A callback carries the identifier of the API key that submitted the request as"
        " `dg-token`, never the key.",
        Standing.DOCUMENTED,
        f"{_PAGE}; withdrawn as a way to verify callbacks on 2026-10-27",
        "dg_token",
    ),
    Rule(
        "basic-auth",
        "Credentials in the callback URL become a Basic `Authorization` header, percent-decoded,"
        " and appear nowhere else.",
        Standing.DOCUMENTED,
        f"{_PAGE}: embed username-password authentication credentials; one careful report of 2026"
        " saw none arrive",
        "basic_auth",
    ),
    Rule(
        "both-authentications",
        "`dg-token` is sent with or without Basic authentication.",
        Standing.ASSUMED,
        "the page lists two methods and excludes neither",
    ),
    Rule(
        "schemes",
        "A callback URL is http or https; anything else is refused at submission as an invalid"
        " callback url.",
        Standing.DOCUMENTED,
        f"{_PAGE}: http or https protocols; the text is the error page's, and another endpoint was"
        " seen to answer `Invalid query string.`",
    ),
    Rule(
        "ports",
        "Only ports 80, 443, 8080 and 8443 are permitted; another is refused at submission with"
        " 400.",
        Standing.DOCUMENTED,
        f"{_PAGE}: only ports 80, 443, 8080, and 8443",
        "permitted_ports",
    ),
    Rule(
        "port-refusal",
        "A port that is not permitted is refused in the words for any bad callback URL.",
        Standing.ASSUMED,
        "the refusal is documented, its text is not",
        "port_refusal",
    ),
    Rule(
        "private-callbacks",
        "A callback URL may name this machine or a private address.",
        Standing.ASSUMED,
        "the service is likely to refuse it; a local double is of no use if it does",
        "private_callbacks",
    ),
    Rule(
        "resolution",
        "The host of a callback URL is not looked up at submission.",
        Standing.ASSUMED,
        "another endpoint was seen to answer 400 `Failed to resolve callback.`",
        "resolve_callbacks",
    ),
    Rule(
        "request-line",
        "Path and query of the callback URL are sent byte for byte as written; the fragment is"
        " not sent.",
        Standing.ASSUMED,
        "no page mentions it",
    ),
    Rule(
        "body",
        "A callback's body is the audio, byte for byte.",
        Standing.DOCUMENTED,
        f"{_SPEC}: with the audio delivered to the callback URL (until 2025 it had a JSON object)",
        "callback_body",
    ),
    Rule(
        "content-type",
        "A callback has the content type of the synchronous answer.",
        Standing.ASSUMED,
        "no log of a real callback was found",
        "callback_content_type",
    ),
    Rule(
        "framing",
        "A callback's body is framed by `Content-Length`.",
        Standing.ASSUMED,
        "no log of a real callback was found",
        "callback_framing",
    ),
    Rule(
        "user-agent",
        "A callback has no `User-Agent`.",
        Standing.ASSUMED,
        "a guide to firewalls says so of the service's other requests",
        "callback_user_agent",
    ),
    Rule(
        "metadata",
        "A callback carries dg-request-id, dg-model-name, dg-model-uuid and dg-char-count.",
        Standing.ASSUMED,
        "the synchronous answer carries them",
        "callback_metadata",
    ),
    Rule(
        "failed-jobs",
        "A job that fails after its acknowledgement is told of by a callback too: JSON with"
        " err_code, err_msg and request_id, by the same method and with the same retries.",
        Standing.ASSUMED,
        "seen of another endpoint, whose callbacks carry err_code",
        "callback_errors",
    ),
    Rule(
        "status-header",
        "No header of a callback says how the job went.",
        Standing.ASSUMED,
        f"{_PAGE}: with an appropriate HTTP status code, which a request has not",
        "callback_status_header",
    ),
    Rule(
        "acknowledgement",
        'A request with `callback` is answered at once, 200 {"request_id": "<uuid>"}, before any'
        " attempt.",
        Standing.DOCUMENTED,
        f"{_PAGE}: immediately respond with a request_id",
    ),
    Rule(
        "acknowledgement-headers",
        "The acknowledgement carries the `dg-*` headers of an audio answer, and is chunked as one.",
        Standing.OBSERVED,
        "version 3 and 4 of the Python SDK fail without them",
        "acknowledgement_headers",
    ),
    Rule(
        "mp3-rate",
        "mp3 is 22050 Hz at 48 kbit/s; naming exactly that rate is accepted.",
        Standing.DOCUMENTED,
        "audio output table, real files until 2025; 24000 Hz was reported in 2026",
        "mp3_sample_rate",
    ),
    Rule(
        "validation",
        "Everything about a request is checked before the acknowledgement; a bad request never"
        " leads to a callback.",
        Standing.ASSUMED,
        "query and body errors precede acknowledgements on other endpoints",
    ),
    Rule(
        "order-of-checks",
        "Query and model are checked first, then the key, then formats and ranges, then the body.",
        Standing.ASSUMED,
        "observed for /v2/speak",
    ),
    Rule(
        "granted-tokens",
        "POST /v1/auth/grant gives out a token that lives 30 s, or up to 3600 s on request; sent as"
        " `Bearer`, it stands for the key that granted it, also in dg-token.",
        Standing.DOCUMENTED,
        f"{_SPEC}: /v1/auth/grant (which identifier dg-token carries is assumed)",
    ),
    Rule(
        "too-many-requests",
        "A request beyond the concurrency limit is refused with 429. The limit is off unless it is"
        " set; the service allows 15 a project.",
        Standing.DOCUMENTED,
        "rate limits page, errors page (two forms of the text)",
        "concurrency_limit",
    ),
    Rule(
        "too-many-requests-text",
        "A 429 reads `Too Many Requests`, `Please try again later.`.",
        Standing.DOCUMENTED,
        "text-to-speech page; the page for all endpoints has `TOO_MANY_REQUESTS`",
        "too_many_requests",
    ),
    Rule(
        "concurrency-of-callbacks",
        "A job does not count against the concurrency limit once it is acknowledged.",
        Standing.ASSUMED,
        "no page says when a callback job ends for the limit",
        "concurrency_counts_callbacks",
    ),
    Rule(
        "payment-required",
        "A 402 carries the text of speech recognition.",
        Standing.ASSUMED,
        "documented for speech recognition; no text for speech was found",
        "failure",
    ),
    Rule(
        "ordered-failures",
        "402, 403, 422, 429 and 5xx happen when a test orders them, with the service's texts.",
        Standing.DOCUMENTED,
        "errors page",
        "failure",
    ),
    Rule(
        "error-shape",
        "An error is JSON with err_code, err_msg and request_id; dg-error repeats its text, and"
        " dg-request-id the id.",
        Standing.OBSERVED,
        "errors page, real error answers of 2025",
    ),
    Rule(
        "no-such-path",
        "An unknown path is answered 404, another method 405, in the shape of every error.",
        Standing.ASSUMED,
        "no real answer was found",
    ),
    Rule(
        "cross-origin-headers",
        "Every answer carries the headers that let browsers read the dg-* headers.",
        Standing.OBSERVED,
        "real answers of December 2025",
    ),
    Rule(
        "no-negotiation",
        "`Accept` and `Accept-Encoding` change nothing: audio is audio, and not compressed.",
        Standing.OBSERVED,
        "version 3 and 4 of the Python SDK ask for JSON and expect audio",
    ),
    Rule(
        "bad-model",
        "An unknown model is refused with `Invalid 'model' value of '…'.`.",
        Standing.OBSERVED,
        "a recorded answer of August 2026; two other texts are documented",
        "bad_model",
    ),
    Rule(
        "format-errors",
        "A combination that does not exist is refused as UNSUPPORTED_AUDIO_FORMAT.",
        Standing.OBSERVED,
        "live answers; the errors page prints INVALID_QUERY_PARAMETER for the same reasons",
        "format_error",
    ),
    Rule(
        "mp3-bit-rates",
        "mp3 takes six bit rates from 8000 to 48000.",
        Standing.DOCUMENTED,
        "errors page; the table of outputs has 32000 and 48000 only",
        "mp3_bit_rates",
    ),
    Rule(
        "flac-rate",
        "flac without `sample_rate` is 48000 Hz.",
        Standing.ASSUMED,
        "the table of outputs names no default that is in its own list",
        "flac_sample_rate",
    ),
    Rule(
        "repeated-parameters",
        "A parameter that has one value and is given twice is refused.",
        Standing.ASSUMED,
        "how the service's parser treats duplicates",
        "repeated_parameters",
    ),
    Rule(
        "booleans",
        "A boolean is `true` or `false` and nothing else.",
        Standing.OBSERVED,
        "`False` was refused by the stream in May 2025",
        "strict_booleans",
    ),
    Rule(
        "integral-floats",
        "`24000.0` is accepted where an integer is expected.",
        Standing.ASSUMED,
        "a client of the service sends it",
        "integral_floats",
    ),
    Rule(
        "characters",
        "A text has at most 2000 characters; a longer one is refused with 413.",
        Standing.DOCUMENTED,
        "limits pages (1000, 2400 and 422 were printed, too)",
        "max_characters",
    ),
    Rule(
        "too-long-status",
        "A text that is too long is refused with 413.",
        Standing.DOCUMENTED,
        "errors page (422 was printed in one place)",
        "too_long_status",
    ),
    Rule(
        "character-unit",
        "Characters are counted as Unicode code points.",
        Standing.ASSUMED,
        "dg-char-count 13 for `Hello, world.`",
    ),
    Rule(
        "pronunciations",
        'Aura-2 in English and Spanish obeys \\{"word": …, "pronounce": …} in a text; the word'
        " alone is counted. 500 a request, 128 characters each and ten times the word's length.",
        Standing.DOCUMENTED,
        "voice controls page (the text of the refusals is assumed)",
    ),
    Rule(
        "body-size",
        "A body beyond 2 MB is refused with 413.",
        Standing.DOCUMENTED,
        "errors page",
    ),
    Rule(
        "blank-text",
        "A text of spaces is answered with 200 and no sound; dg-char-count is its length.",
        Standing.ASSUMED,
        "what cannot be spoken gives empty audio since July 2024",
        "blank_text",
    ),
    Rule(
        "remote-texts",
        'A body {"url": …} is refused as REMOTE_CONTENT_ERROR, unless its text is given.',
        Standing.ASSUMED,
        "documented for all endpoints; Ringback fetches nothing",
        "remote_texts",
    ),
    Rule(
        "editions",
        "/v2/speak needs a Flux `model`, refuses a voice of Aura by a code of its own, and refuses"
        " unknown parameters.",
        Standing.OBSERVED,
        "live answers of September 2026",
    ),
    Rule(
        "flux-speed",
        "A Flux voice speaks from 0.5 to 1.5, in steps of 0.05.",
        Standing.DOCUMENTED,
        f"{_SPEC}: SPEED_OUT_OF_RANGE, SPEED_INCREMENT_INVALID",
    ),
    Rule(
        "flux-expressivity",
        "`expressivity` is a whole number from -2 to 2.",
        Standing.DOCUMENTED,
        f"{_SPEC}: EXPRESSIVITY_OUT_OF_RANGE",
    ),
    Rule(
        "models",
        "GET /v1/models lists the voices of Aura, /v2/models those of Flux, for everyone.",
        Standing.DOCUMENTED,
        f"{_SPEC}: /v1/models (version, colour, picture and sample are stand-ins)",
    ),
    Rule(
        "account",
        "GET /v1/projects, /v1/auth/token and their like describe the one project and key.",
        Standing.DOCUMENTED,
        f"{_SPEC} (the fields of /v1/auth/token are assumed)",
    ),
    Rule(
        "unknown-parameters",
        "Unknown query parameters are ignored, and the journal notes them with the nearest name.",
        Standing.OBSERVED,
        "live answers to unknown parameters",
        "unknown_parameters",
    ),
    Rule(
        "request-ids",
        "Request ids are UUID v7, dated by the emulator's clock.",
        Standing.OBSERVED,
        "real answers since 2026",
        "uuid_version",
    ),
    Rule(
        "wav-sizes",
        "A wav header carries placeholder sizes, as the service streams it.",
        Standing.OBSERVED,
        "real files of 2025 and 2026",
        "wav_sizes",
    ),
    Rule(
        "stream-encodings",
        "A stream is raw linear16 (24000 Hz), mulaw or alaw (8000 Hz), in frames of whole samples.",
        Standing.DOCUMENTED,
        f"{_SPEC}: the query of the WebSocket",
    ),
    Rule(
        "stream-refusal",
        "An upgrade that fails is answered over HTTP, with the JSON error, dg-error and"
        " dg-request-id.",
        Standing.DOCUMENTED,
        f"{_SOCKET}: debugging connection failures",
    ),
    Rule(
        "stream-upgrade",
        "An upgrade that succeeds carries dg-request-id and the emulator's `Date`.",
        Standing.DOCUMENTED,
        f"{_SOCKET}: all requests include dg-request-id (`Date` was seen in logs)",
    ),
    Rule(
        "stream-subprotocol",
        "Without `Authorization`, the subprotocols `token, KEY` or `bearer, JWT` say who is asking,"
        " and the first is echoed.",
        Standing.DOCUMENTED,
        "page on Sec-WebSocket-Protocol",
    ),
    Rule(
        "stream-metadata",
        "The first message of a stream is `Metadata`: request_id and the model.",
        Standing.DOCUMENTED,
        f"{_SPEC}: server messages",
    ),
    Rule(
        "stream-buffer",
        "Text makes no sound until a `Flush` or the `Close`; then all of it is spoken as one text,"
        " with nothing put between its pieces.",
        Standing.ASSUMED,
        "when the service speaks by itself is not written anywhere",
    ),
    Rule(
        "stream-flush",
        "`Flush` is answered with audio, then `Flushed` and a sequence_id.",
        Standing.DOCUMENTED,
        "Flush page",
    ),
    Rule(
        "stream-sequence",
        "One count from 0 numbers `Flushed` and `Cleared`.",
        Standing.ASSUMED,
        "the examples show 0 for either",
    ),
    Rule(
        "stream-audio",
        "The frames of a flush are, end to end, the answer to the same text over HTTP with"
        " `container=none`.",
        Standing.ASSUMED,
        "the same voices speak on both",
    ),
    Rule(
        "stream-pronunciations",
        "A flushed text obeys its pronunciations as a request's does; where a request would be"
        " refused for one, it is spoken as written.",
        Standing.ASSUMED,
        "the voice controls page tells of requests",
    ),
    Rule(
        "stream-clear",
        "`Clear` drops what was spoken and not flushed, and is answered with `Cleared`; audio that"
        " is under way already still arrives.",
        Standing.DOCUMENTED,
        "Clear page (which audio still arrives is assumed)",
    ),
    Rule(
        "stream-close",
        "`Close` is answered with the audio of what is left, then close code 1000, without"
        " `Flushed`.",
        Standing.DOCUMENTED,
        f"{_SOCKET}: finish processing any remaining data (that no Flushed is sent is assumed)",
    ),
    Rule(
        "stream-flush-limit",
        "20 flushes are carried out in 60 seconds of the emulator's time; a further one leads to"
        " the warning EXCESSIVE_FLUSH and to nothing else.",
        Standing.DOCUMENTED,
        "Flush page: 20 times every 60 seconds",
        "stream_limits",
    ),
    Rule(
        "stream-character-limit",
        "2400 characters may be spoken in 60 seconds of the emulator's time; more end the stream:"
        " 1008 DATA-0001.",
        Standing.DOCUMENTED,
        f"{_SOCKET}: too many input characters submitted in recent time window",
        "stream_limits",
    ),
    Rule(
        "stream-text-limit",
        "One `Speak` has 2000 characters at most; more end the stream: 1009 BIG-0001.",
        Standing.DOCUMENTED,
        f"{_SOCKET}: input text has too many characters",
    ),
    Rule(
        "stream-frame-limit",
        "A frame of more than 2 MB ends the stream: 1009 BIG-0000.",
        Standing.DOCUMENTED,
        f"{_SOCKET}: input message is too large, with a link to the largest body",
    ),
    Rule(
        "stream-session-limit",
        "A stream ends after an hour of the emulator's time, 1011 NET-0003, with nothing flushed.",
        Standing.DOCUMENTED,
        f"{_SOCKET}: time limit exceeded (what becomes of the text is assumed)",
    ),
    Rule(
        "stream-unknown-command",
        "What is no command ends the stream, the KeepAlive of other endpoints included: 1008"
        " DATA-0000.",
        Standing.DOCUMENTED,
        f"{_SOCKET}: input message isn't recognized as a valid command",
    ),
    Rule(
        "stream-binary-frame",
        "A binary frame ends the stream: 1003 MESSAGE-0000.",
        Standing.DOCUMENTED,
        f"{_SOCKET}: input message isn't a supported websocket message type",
    ),
    Rule(
        "stream-unspoken-limit",
        "No more than 20000 characters may wait for a flush: more end the stream as too large.",
        Standing.ASSUMED,
        "ours: their audio would fill the memory",
    ),
    Rule(
        "stream-v2-opening",
        "`/v2/speak` streams Flux voices, also at 44100 Hz, and refuses parameters that are for"
        " requests only.",
        Standing.DOCUMENTED,
        f"{_SPEC}: the query of the WebSocket",
    ),
    Rule(
        "stream-v2-connected",
        "The first message of such a stream is `Connected`: request_id and the model.",
        Standing.DOCUMENTED,
        f"{_FLUX}: server messages",
    ),
    Rule(
        "stream-v2-turns",
        "A turn's first text is answered with `SpeechStarted`, its `Flush` with `Flushed`, the"
        " audio and `SpeechMetadata`; a `Flush` without a turn with the warning NO_ACTIVE_SPEECH.",
        Standing.DOCUMENTED,
        f"{_FLUX}: speech lifecycle (that Flushed comes before the audio is assumed: it echoes)",
    ),
    Rule(
        "stream-v2-silence",
        "A turn whose text cannot be spoken leads to the warning NO_SYNTHESIZABLE_TEXT and a"
        " `SpeechMetadata` of no length.",
        Standing.DOCUMENTED,
        f"{_SPEC}: warning codes",
    ),
    Rule(
        "stream-v2-interrupt",
        "`Interrupt` drops what was not flushed and is answered with `SpeechInterrupted`; with an"
        " offset, which must advance, it says what was heard, every character taking the same"
        " time.",
        Standing.DOCUMENTED,
        f"{_SPEC}: SpeechInterrupted (where the text is split is assumed)",
    ),
    Rule(
        "stream-v2-configure",
        "`Configure` sets the speed of the turns that begin after it, from 0.5 to 1.5 in steps of"
        " 0.05; a `ConfigureFailure` changes nothing.",
        Standing.DOCUMENTED,
        f"{_SPEC}: Configure (which turns it is for is assumed)",
    ),
    Rule(
        "stream-v2-close",
        "`Close` completes the turn, and `SessionMetadata` sums the session up before close code"
        " 1000.",
        Standing.DOCUMENTED,
        f"{_SPEC}: cumulative session totals before the socket closes",
    ),
    Rule(
        "stream-v2-error",
        "What ends such a stream is told in an `Error`, with the reason of the close frame as its"
        " code.",
        Standing.DOCUMENTED,
        f"{_SPEC}: a fatal error message followed by a WebSocket close",
    ),
    Rule(
        "stream-v2-pauses",
        "An inline pause ends the stream: 1008 DATA-0002.",
        Standing.DOCUMENTED,
        f"{_SPEC}: a pause marker fails the connection (the close code is assumed)",
    ),
    Rule(
        "stream-v2-idle",
        "60 seconds of the emulator's time without a message end such a stream: 1011 NET-0001.",
        Standing.DOCUMENTED,
        f"{_FLUX}: idle time-out (its code is assumed: a message was not received in time)",
    ),
)
