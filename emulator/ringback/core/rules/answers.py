"""Rules of answers, and of the paths beside speech, as data."""

from ringback.core.rules.rule import PAGE, SPEC, Rule, Standing, Topic

_RULES = (
    Rule(
        "acknowledgement",
        'A request with `callback` is answered at once, 200 {"request_id": "<uuid>"}, before any'
        " attempt.",
        Standing.DOCUMENTED,
        f"{PAGE}: immediately respond with a request_id",
    ),
    Rule(
        "acknowledgement-headers",
        "The acknowledgement carries the `dg-*` headers of an audio answer, and is chunked as one.",
        Standing.OBSERVED,
        "version 3 and 4 of the Python SDK fail without them",
        "acknowledgement_headers",
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
        "no-negotiation",
        "`Accept` and `Accept-Encoding` change nothing: audio is audio, and not compressed.",
        Standing.OBSERVED,
        "version 3 and 4 of the Python SDK ask for JSON and expect audio",
    ),
    Rule(
        "cross-origin-headers",
        "Every answer says what it varies by; to a page that may talk to the server it carries the"
        " headers that let browsers read the dg-* headers.",
        Standing.OBSERVED,
        "real answers of December 2025 (the service sends the latter to everyone)",
        "allow_origins",
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
        "too-many-requests",
        "A request beyond the concurrency limit is refused with 429. The limit is off unless it is"
        " set; the service allows 15 requests a project, and 45 streams.",
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
        "request_failure",
    ),
    Rule(
        "ordered-failures",
        "402, 403, 422, 429 and 5xx happen when a test orders them, with the service's texts.",
        Standing.DOCUMENTED,
        "errors page",
        "request_failure",
    ),
    Rule(
        "any-token",
        "Where any key is let in, so is any bearer token, and stands for itself; a token that was"
        " granted here still expires.",
        Standing.ASSUMED,
        "ours: SDKs send what they are given as `access_token`, and nothing here can verify it",
        "any_key",
    ),
    Rule(
        "granted-tokens",
        "POST /v1/auth/grant gives out a token that lives 30 s, or up to 3600 s on request; sent as"
        " `Bearer`, it stands for the key that granted it, also in dg-token.",
        Standing.DOCUMENTED,
        f"{SPEC}: /v1/auth/grant (which identifier dg-token carries is assumed)",
    ),
    Rule(
        "models",
        "GET /v1/models lists the voices of Aura, /v2/models those of Flux, for everyone.",
        Standing.DOCUMENTED,
        f"{SPEC}: /v1/models (version, colour, picture and sample are stand-ins)",
    ),
    Rule(
        "account",
        "GET /v1/projects, /v1/auth/token and their like describe the one project and key.",
        Standing.DOCUMENTED,
        f"{SPEC} (the fields of /v1/auth/token are assumed)",
    ),
)

ANSWERS = Topic("Answers", "What the endpoint answers, and what else there is to ask.", _RULES)
