"""Rules of deliveries, as data."""

from ringback.core.rules.rule import PAGE, Rule, Standing, Topic

_RULES = (
    Rule(
        "success",
        "Any answer from 200 to 299 ends a delivery; everything else fails, 3xx included.",
        Standing.DOCUMENTED,
        f"{PAGE}: unsuccessful (not 200-299)",
    ),
    Rule(
        "redirects",
        "A redirect is not followed: it is an answer like any other, and a failure.",
        Standing.ASSUMED,
        "no page mentions redirects, and 3xx is not 200-299",
        "follow_redirects",
    ),
    Rule(
        "redirects-keep-the-rules",
        "Where redirects are followed, none leads where a callback URL could not: ports and"
        " private addresses are looked at for each, and the attempt has failed at the redirect.",
        Standing.ASSUMED,
        "no page mentions redirects; the port rule is for all callbacks",
        "permitted_ports",
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
        f"{PAGE}: retry the callback up to 10 times",
        "retries",
    ),
    Rule(
        "delay",
        "30 seconds lie between attempts, without jitter.",
        Standing.DOCUMENTED,
        f"{PAGE}: with a 30 second delay between attempts",
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
        "failed-jobs",
        "A job that fails after its acknowledgement is told of by a callback too: JSON with"
        " err_code, err_msg and request_id, by the same method and with the same retries.",
        Standing.ASSUMED,
        "seen of another endpoint, whose callbacks carry err_code",
        "callback_errors",
    ),
)

DELIVERIES = Topic("Deliveries", "How often a callback is attempted, and when it is over.", _RULES)
