"""Answers as receivers should not give them, beside good ones, and ways to cut them into pieces."""

from itertools import pairwise

from hypothesis import strategies as st

HEAD_LIMIT, BODY_LIMIT, ANSWER_LIMIT = 65_536, 65_536, 1 << 20

LINE_ENDS = st.sampled_from([b"\r\n"] * 30 + [b"\n", b"\r", b"\n\r", b"\r\n\r\n", b""])
VERSIONS = st.sampled_from([b"HTTP/1.1"] * 20 + [b"HTTP/1.0", b"HTTP/1.7", b"HTTP/2", b"http/1.1"])
INTERIM = st.sampled_from([b"100", b"102", b"103", b"199", b"101"])
STATUSES = st.sampled_from(
    [b"200", b"204", b"304", b"404", b"503", b"999", b"101", b"099", b"1xx", b"20", b"2000", b""]
)
REASONS = st.sampled_from([b" OK", b"", b" ", b"\tOK", b" \x00", b" \xff", b"-OK"])
HEADERS = st.sampled_from(
    [
        *(b"Content-Length: 5", b"Content-Length: 0", b"Content-Length: 65537"),
        *(b"Content-Length: x", b"content-length: 2", b"Content-Length: " + b"9" * 5000),
        *(b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip", b"X-Job: 7", b" folded"),
        *(b"no colon", b": no name", b"X: \x00", b"X: \xe9", b"X: " + b"a" * 70_000),
        b"HTTP/1.1 200 OK",
    ]
)
CHUNKS = st.sampled_from(
    [
        *(
            b"5\r\nsound\r\n",
            b"2;x=y\r\nok\r\n",
            b"0\r\n\r\n",
            b"0\r\nX: 1\r\n\r\n",
            b"0\r\nbad\r\n\r\n",
        ),
        *(b"zz\r\n", b"5\r\nsoundXX", b"5\nsound\n", b"1\r\na\n\r\n", b"10001\r\n" + b"b" * 65_537),
        *(b"1;" + b"e" * 70_000 + b"\r\na\r\n", b"0\r\nX: " + b"t" * 70_000 + b"\r\n\r\n"),
        b"2;" + b"e" * ANSWER_LIMIT + b"\r\nok\r\n",
    ]
)
NOISE = st.binary(max_size=20) | st.sampled_from(
    [b"<html>", b"\x15\x03\x01\x00\x02", b"\r\n", b"H"]
)
BODIES = st.one_of(
    st.just(b""),
    st.binary(max_size=12),
    st.lists(CHUNKS, max_size=4).map(b"".join),
    st.integers(BODY_LIMIT - 1, BODY_LIMIT + 1).map(lambda size: b"c" * size),
)


@st.composite
def heads(draw: st.DrawFn, statuses: st.SearchStrategy[bytes] = STATUSES) -> bytes:
    """A head, mostly well framed."""
    lines = [draw(VERSIONS) + b" " + draw(statuses) + draw(REASONS)]
    lines += draw(st.lists(HEADERS, max_size=3))
    return b"".join(line + draw(LINE_ENDS) for line in lines) + draw(LINE_ENDS)


GOOD = st.builds(
    lambda status, chunks: (
        b"HTTP/1.1 %b OK\r\nTransfer-Encoding: chunked\r\n\r\n%b" % (status, chunks)
    ),
    st.sampled_from([b"200", b"204", b"404", b"503"]),
    st.lists(CHUNKS, max_size=4).map(b"".join),
)
LONG = st.integers(HEAD_LIMIT - 1, HEAD_LIMIT + 1).map(
    lambda size: b"HTTP/1.1 200 OK\r\nX: " + b"a" * (size - 24) + b"\r\n\r\n"
)
INTERIMS = st.lists(heads(INTERIM), max_size=3).map(b"".join)
MANY = st.integers(99, 101).map(lambda count: b"HTTP/1.1 103\r\n\r\n" * count)
ANSWERS = st.builds(
    lambda before, head, body, after: before + head + body + after,
    INTERIMS | INTERIMS | MANY,
    GOOD | heads() | heads() | LONG | NOISE,
    BODIES,
    NOISE,
)
"""Whole answers, the bytes that follow them included."""


@st.composite
def cut_answers(draw: st.DrawFn) -> list[bytes]:
    """An answer in pieces, none of which is empty: often a few bytes, and around the limits."""
    answer = draw(ANSWERS)
    end = len(answer)
    places = st.integers(0, end) | st.integers(0, min(end, 200))
    if end > HEAD_LIMIT:
        places |= st.integers(HEAD_LIMIT - 2, min(end, HEAD_LIMIT + 2))
    cuts = sorted({0, end, *draw(st.lists(places, max_size=8))})
    return [answer[begin:stop] for begin, stop in pairwise(cuts)]
