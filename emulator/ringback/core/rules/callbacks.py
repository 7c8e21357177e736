"""Rules of single callbacks, as data."""

from ringback.core.rules.rule import PAGE, SPEC, Rule, Standing, Topic

_RULES = (
    Rule(
        "method",
        "Callbacks are POSTed, or PUT with `callback_method`, in either case; another method is"
        " refused at submission with 400.",
        Standing.DOCUMENTED,
        f"{PAGE}: by default POST, but you can specify PUT",
    ),
    Rule(
        "method-without-callback",
        "`callback_method` without `callback` is accepted and has no effect.",
        Standing.ASSUMED,
        "no page mentions it",
    ),
    Rule(
        "schemes",
        "A callback URL is http or https; anything else is refused at submission as an invalid"
        " callback url.",
        Standing.DOCUMENTED,
        f"{PAGE}: http or https protocols; the text is the error page's, and another endpoint was"
        " seen to answer `Invalid query string.`",
    ),
    Rule(
        "ports",
        "Only ports 80, 443, 8080 and 8443 are permitted; another is refused at submission with"
        " 400.",
        Standing.DOCUMENTED,
        f"{PAGE}: only ports 80, 443, 8080, and 8443",
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
        "dg-token",
        "A callback carries the identifier of the API key that submitted the request as"
        " `dg-token`, never the key.",
        Standing.DOCUMENTED,
        f"{PAGE}; withdrawn as a way to verify callbacks on 2026-10-27",
        "dg_token",
    ),
    Rule(
        "basic-auth",
        "Credentials in the callback URL become a Basic `Authorization` header, percent-decoded,"
        " and appear nowhere else.",
        Standing.DOCUMENTED,
        f"{PAGE}: embed username-password authentication credentials; one careful report of 2026"
        " saw none arrive",
        "basic_auth",
    ),
    Rule(
        "userinfo",
        "The credentials in a callback URL end at the last `@` before the path, so a bare one may"
        " be part of them.",
        Standing.ASSUMED,
        "as WHATWG's parser and Python's read a URL; RFC 3986 has such a one percent-encoded",
    ),
    Rule(
        "both-authentications",
        "`dg-token` is sent with or without Basic authentication.",
        Standing.ASSUMED,
        "the page lists two methods and excludes neither",
    ),
    Rule(
        "body",
        "A callback's body is the audio, byte for byte.",
        Standing.DOCUMENTED,
        f"{SPEC}: with the audio delivered to the callback URL (until 2025 it had a JSON object)",
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
        "status-header",
        "No header of a callback says how the job went.",
        Standing.ASSUMED,
        f"{PAGE}: with an appropriate HTTP status code, which a request has not",
        "callback_status_header",
    ),
)

CALLBACKS = Topic("Callbacks", "Where a callback may go, and what it carries.", _RULES)
