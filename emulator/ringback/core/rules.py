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
        "The acknowledgement carries the `dg-*` headers of an audio answer.",
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
        "unknown-parameters",
        "Unknown query parameters are ignored, and the journal notes them.",
        Standing.OBSERVED,
        "live answers to unknown parameters",
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
)
