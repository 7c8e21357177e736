"""Rules of requests to speak, as data."""

from ringback.core.rules.rule import SPEC, Rule, Standing, Topic

_CONTROLS = "voice controls page"

_RULES = (
    Rule(
        "validation",
        "Everything about a request is checked before the acknowledgement; a bad request never"
        " leads to a callback.",
        Standing.ASSUMED,
        "query and body errors precede acknowledgements on other endpoints",
    ),
    Rule(
        "request-target",
        "A request may name a whole URL in its first line, as proxies are told to; its host counts,"
        " whatever the `Host` header says.",
        Standing.ASSUMED,
        "what HTTP asks of every server (RFC 9112, 3.2.2)",
    ),
    Rule(
        "order-of-checks",
        "Query and model are checked first, then the key, then formats and ranges, then the body.",
        Standing.ASSUMED,
        "observed for /v2/speak",
    ),
    Rule(
        "credentials",
        "A request says who sends it with `Authorization: Token KEY`, or `Bearer` and a granted"
        " token, the scheme in any case; whatever else is there, or nothing, is refused with 401"
        " INVALID_AUTH.",
        Standing.DOCUMENTED,
        "authentication pages, errors page (that a missing header is refused alike is assumed)",
    ),
    Rule(
        "outputs",
        "Each encoding has its own containers, rates and defaults; without `encoding` the audio is"
        " mp3, and without `model` the voice is aura-asteria-en.",
        Standing.DOCUMENTED,
        f"audio output table, {SPEC}; one page has wav as the default, live answers mp3",
    ),
    Rule(
        "speed",
        "A voice of Aura speaks from 0.7 to 1.5 times its pace, whichever voice it is; another"
        " speed is refused with 400 speed_out_of_range.",
        Standing.DOCUMENTED,
        f"{SPEC}, {_CONTROLS} (for other voices than those of Aura-2 in English and Spanish"
        " assumed)",
    ),
    Rule(
        "tags",
        "`tag` may repeat; one of more than 128 characters is refused with 400.",
        Standing.DOCUMENTED,
        "page on tags (the text of the refusal is assumed)",
    ),
    Rule(
        "unknown-parameters",
        "Unknown query parameters are ignored, and the journal notes them with the nearest name.",
        Standing.OBSERVED,
        "live answers to unknown parameters",
        "unknown_parameters",
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
        "flux-integers",
        "/v2/speak refuses `24000.0` where an integer is expected, whatever the setting says of"
        " /v1/speak.",
        Standing.OBSERVED,
        "a report of a refused request in the Python SDK's issues (744)",
    ),
    Rule(
        "bad-model",
        "An unknown model is refused with `Invalid 'model' value of '…'.`.",
        Standing.OBSERVED,
        "a recorded answer of August 2026; two other texts are documented",
        "bad_model",
    ),
    Rule(
        "withdrawn-voices",
        "aura-2-perseo-it is unknown, and listed only with `include_outdated=true`.",
        Standing.ASSUMED,
        f"in the {SPEC} of July 2026, and in no later list",
    ),
    Rule(
        "format-errors",
        "A combination that does not exist is refused as UNSUPPORTED_AUDIO_FORMAT.",
        Standing.OBSERVED,
        "live answers; the errors page prints INVALID_QUERY_PARAMETER for the same reasons",
        "format_error",
    ),
    Rule(
        "mp3-rate",
        "mp3 is 22050 Hz at 48 kbit/s; naming exactly that rate is accepted.",
        Standing.DOCUMENTED,
        "audio output table, real files until 2025; 24000 Hz was reported in 2026",
        "mp3_sample_rate",
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
        "body-types",
        "A body is text/plain, or application/json with `text` and nothing else, in UTF-8; another"
        " type, or none, is refused with 415, and another body with 400.",
        Standing.DOCUMENTED,
        "errors page, live answers (what becomes of a body without a type is assumed)",
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
        'Aura-2 in English and Spanish obeys \\{"word": …, "pronounce": …\\} in a text; the word'
        " alone is counted. 500 a request, 128 characters each and ten times the word's length;"
        " more are refused with 400 pronunciation_invalid.",
        Standing.DOCUMENTED,
        f"{_CONTROLS} (that one more than 500 has this code, that a last brace without its"
        " backslash will do, and that what is no control is spoken, is assumed)",
    ),
    Rule(
        "flux-pronunciations",
        "Flux obeys pronunciations as Aura-2 does, with the same limits; more are refused with 400"
        " PRONUNCIATION_TOO_LONG or PRONUNCIATIONS_LIMIT_EXCEEDED.",
        Standing.DOCUMENTED,
        f"{_CONTROLS}: early access (the codes are those of streams; over REST they are assumed)",
    ),
    Rule(
        "pronunciation-warnings",
        "A pronunciation whose IPA is doubtful is applied and counted all the same; its PRON-NNN"
        " codes are in dg-warnings. A stress mark before a consonant is doubtful on Aura-2 alone.",
        Standing.DOCUMENTED,
        f"{_CONTROLS}: pronunciation warning codes (which characters are IPA is assumed; a sentence"
        " of the page has invalid IPA rejected)",
    ),
    Rule(
        "flux-pauses",
        "Flux obeys pauses in the text of a request: \\{pause:500ms\\}, \\{pause:1.5s\\} or"
        " {pause:{duration_ms:500}}, from 500 to 3000 ms in steps of 100, at most 8, with text"
        " between two of them; others are refused with 400 BREAK_SYNTAX_INVALID,"
        " BREAK_OUT_OF_RANGE, BREAK_INCREMENT_INVALID or BREAKS_LIMIT_EXCEEDED. The audio is silent"
        " for so long, to 40 ms; pauses are no characters. Aura speaks what is written.",
        Standing.DOCUMENTED,
        f"{_CONTROLS} (100 ms more or less; which code comes first, the texts, and what Aura does"
        " with a pause, which it does not support, are assumed)",
    ),
    Rule(
        "flux-combinations",
        "On Flux a pronunciation goes with no pause and with no speed but 1.0, or is refused with"
        " 400 CONTROL_COMBINATION_INVALID; a pause goes with a speed of at most 1.15, or is refused"
        " with 400 PAUSE_SPEED_CAP_EXCEEDED.",
        Standing.DOCUMENTED,
        f"{_CONTROLS}: combining controls",
    ),
    Rule(
        "controls-applied",
        "An answer to a text with controls says in dg-pronunciations-applied and dg-breaks-applied"
        " how many were obeyed; dg-char-count counts neither IPA nor pauses.",
        Standing.DOCUMENTED,
        f"{_CONTROLS}: batch response headers, billing (that a text without controls has none of"
        " these headers is assumed)",
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
        "content-encoding",
        "A body with a `Content-Encoding` other than identity is refused with 415"
        " UNSUPPORTED_MEDIA_TYPE.",
        Standing.ASSUMED,
        "no page mentions it; 415 is what HTTP has for it (RFC 9110, 15.5.16)",
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
        f"{SPEC}: SPEED_OUT_OF_RANGE, SPEED_INCREMENT_INVALID",
    ),
    Rule(
        "flux-expressivity",
        "`expressivity` is a whole number from -2 to 2.",
        Standing.DOCUMENTED,
        f"{SPEC}: EXPRESSIVITY_OUT_OF_RANGE, EXPRESSIVITY_INCREMENT_INVALID",
    ),
)

REQUESTS = Topic("Requests", "What the endpoint takes, and how it refuses the rest.", _RULES)
