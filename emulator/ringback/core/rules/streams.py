"""Rules of streams, as data."""

from ringback.core.rules.rule import SPEC, Rule, Standing, Topic

_FLUX = "Flux TTS pages"
_SOCKET = "TTS WebSocket troubleshooting page"

_RULES = (
    Rule(
        "stream-encodings",
        "A stream is raw linear16 (24000 Hz), mulaw or alaw (8000 Hz), in frames of whole samples.",
        Standing.DOCUMENTED,
        f"{SPEC}: the query of the WebSocket",
    ),
    Rule(
        "stream-refusal",
        "An upgrade that fails is answered over HTTP, with the JSON error, dg-error and"
        " dg-request-id.",
        Standing.DOCUMENTED,
        f"{_SOCKET}: debugging connection failures",
    ),
    Rule(
        "stream-concurrency",
        "An upgrade beyond the concurrency limit is refused with 429. Streams are counted apart"
        " from requests, each from its upgrade to its end, with the same limit unless they have"
        " one of their own.",
        Standing.OBSERVED,
        "reports on another endpoint of refused upgrades and of streams that linger; the rate"
        " limits page has a number for each (45 or 60 streams a project)",
        "stream_concurrency_limit",
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
        f"{SPEC}: server messages",
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
        "stream-protocol-errors",
        "A frame that breaks the WebSocket protocol ends the stream with close code 1002, text that"
        " is not UTF-8 with 1007.",
        Standing.ASSUMED,
        "what the protocol asks of every server (RFC 6455, 7.4.1)",
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
        f"{SPEC}: the query of the WebSocket",
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
        f"{SPEC}: warning codes",
    ),
    Rule(
        "stream-v2-interrupt",
        "`Interrupt` drops what was not flushed and is answered with `SpeechInterrupted`; with an"
        " offset, which must advance, it says what was heard, every character taking the same"
        " time.",
        Standing.DOCUMENTED,
        f"{SPEC}: SpeechInterrupted (where the text is split is assumed)",
    ),
    Rule(
        "stream-v2-configure",
        "`Configure` sets the speed of the turns that begin after it, from 0.5 to 1.5 in steps of"
        " 0.05; a `ConfigureFailure` changes nothing.",
        Standing.DOCUMENTED,
        f"{SPEC}: Configure (which turns it is for is assumed)",
    ),
    Rule(
        "stream-v2-close",
        "`Close` completes the turn, and `SessionMetadata` sums the session up before close code"
        " 1000.",
        Standing.DOCUMENTED,
        f"{SPEC}: cumulative session totals before the socket closes",
    ),
    Rule(
        "stream-v2-error",
        "What ends such a stream is told in an `Error`, with the reason of the close frame as its"
        " code.",
        Standing.DOCUMENTED,
        f"{SPEC}: a fatal error message followed by a WebSocket close",
    ),
    Rule(
        "stream-v2-pronunciations",
        "A turn obeys the pronunciations in its text, and reports them in `controls_applied` and in"
        " its billable characters; what is doubtful or too long, and more than 500, leads to the"
        " warnings PRONUNCIATION_WARNINGS, PRONUNCIATION_TOO_LONG and"
        " PRONUNCIATIONS_LIMIT_EXCEEDED.",
        Standing.DOCUMENTED,
        f"{SPEC}: Speak, SpeechMetadata and warning codes; {_FLUX}: what is dropped (that the"
        " warnings come before the audio is assumed)",
    ),
    Rule(
        "stream-v2-combinations",
        "A pronunciation ends a stream whose speed is not 1.0: 1008 DATA-0002. A `Configure` of"
        " another speed is refused while the turn that was not flushed has one:"
        " CONTROL_COMBINATION_INVALID.",
        Standing.DOCUMENTED,
        f"{SPEC}: Speak and ConfigureFailure (the close code, and that a turn which was not flushed"
        " is the one that is buffered, are assumed)",
    ),
    Rule(
        "stream-v2-pauses",
        "An inline pause ends the stream: 1008 DATA-0002.",
        Standing.DOCUMENTED,
        f"{SPEC}: a pause marker fails the connection (the close code is assumed)",
    ),
    Rule(
        "stream-v2-idle",
        "60 seconds of the emulator's time without a message end such a stream: 1011 NET-0004.",
        Standing.DOCUMENTED,
        f"{_FLUX}: NET-0004, inactive client; a client's maintainers report it, too"
        " (livekit/agents 7098). The close code is assumed",
    ),
    Rule(
        "stream-v2-ping",
        "A WebSocket ping or pong keeps such a stream open as a message does.",
        Standing.DOCUMENTED,
        f"{_FLUX}: send a ping or pong to keep an idle session alive; clients rely on it"
        " (livekit/agents 7098)",
    ),
    Rule(
        "stream-v2-unreadable",
        "A message that is no JSON object ends such a stream: 1003 MESSAGE-0000.",
        Standing.DOCUMENTED,
        f"{_FLUX}: MESSAGE-0000, unparseable client message (the close code is assumed)",
    ),
)

STREAMS = Topic("Streams", "What a WebSocket session says and does.", _RULES)
