"""A story's steps, in process and over sockets: the same is done, and the same is seen."""

import pytest

from ringback.scenario.staging import Over
from tests.integration.story.told import APP, HELLO, asked, both_ways, failures, played


@both_ways
def test_checks_on_the_way_see_what_is_so_at_their_moment(over: Over) -> None:
    assert not failures(
        'receiver: {at: "http://app.example", replies: [503, timeout, 204]}',
        HELLO,
        "expect: {attempts: 0, state: pending, due: 0s}",
        "advance: 65s",
        "expect: {attempts: 2, state: pending, due: +70s, pending: 1}",
        "run_until_idle",
        "expect: {attempts: [0s, 30s, {at: 70s, got: 204}], state: delivered, pending: 0}",
        over=over,
    )


@both_ways
def test_a_receiver_is_down_for_a_time_and_keeps_its_list_for_afterwards(over: Over) -> None:
    report = played(
        'receiver: {at: "http://app.example", replies: [503, 200], down: [{from: 0s, to: 65s},'
        " {from: 90s, to: 95s, answer: timeout}]}",
        HELLO,
        "run_until_idle",
        "expect: {state: delivered, received: {'http://app.example': 2}}",
        over=over,
    )
    assert report.timeline == (
        *("+0s POST refused", "+30s POST refused", "+60s POST refused", "+90s POST timeout"),
        *("+130s POST 503", "+160s POST 200"),
    )
    received = report.failures[0].rpartition(": ")[2] if report.failures else ""
    assert received in ("", "expected 2, got 3")  # in process a time-out has arrived


@both_ways
def test_the_end_of_an_outage_is_outside_of_it(over: Over) -> None:
    report = played(
        'receiver: {at: "http://app.example", down: [{from: 30s, to: 60s}], replies: [503, 200]}',
        HELLO,
        "run_until_idle",
        "expect: {attempts: [{at: 0s, got: 503}, {at: 30s, got: refused}, {at: 60s, got: 200}]}",
        over=over,
    )
    assert report.failures == []


@both_ways
def test_what_one_receiver_got_of_several_deliveries_is_told_apart(over: Over) -> None:
    assert not failures(
        'receiver: {at: "http://app.example", replies: [503, 503, 200]}',
        asked("short"),
        asked("long").replace("text: Hello", "text: Good evening to all of you"),
        "run_until_idle",
        "expect: {of: short, attempts: 2, each: {body: {same_as: audio}, headers: {dg-request-id:"
        " $request_id}}}",
        "expect: {of: long, attempts: 2, each: {body: {same_as: audio}, headers: {dg-request-id:"
        " $request_id}}}",
        over=over,
    )


@both_ways
@pytest.mark.parametrize(
    ("sight", "said"),
    [
        ("state: exhausted", "state: expected exhausted, got delivered"),
        ("state: pending", "state: expected pending, got delivered"),
        ("due: 30s", "due: expected +30s, got none"),
        ("attempts: 2", "number of attempts: expected 2, got 1"),
        ("attempts: [1s]", "attempt 1, at: expected +1s, got +0s"),
        (
            "attempts: ['2026-01-01T00:00:01Z']",
            "attempt 1, at: expected 2026-01-01T00:00:01+00:00, got 2026-01-01T00:00:00+00:00",
        ),
        ("attempts: [{at: 0s, got: 204}]", "attempt 1, got: expected 204, got 200"),
        ("attempts: [{at: 0s, copy: 200}]", "attempt 1, copy: expected 200, got none"),
        ("each: {method: PUT}", "attempt 1, method: expected PUT, got POST"),
        ("reason: x", "reason: expected 'x', got none"),
        ("answer: {status: 429}", "answer: expected 429, got 200"),
        ("answer: {headers: {dg-error: x}}", "answer, header dg-error: expected 'x', got none"),
        ("answer: {body: {bytes: 1}}", "answer, body, bytes: expected 1, got 53"),
        ("answer: cut", "answer: expected cut, got 200"),
        ("deliveries: 2", "deliveries: expected 2, got 1"),
        ("pending: 1", "pending: expected 1, got 0"),
        ("requests: 0", "requests: expected 0, got 1"),
        (
            "received: {'http://app.example': 2}",
            "received by http://app.example: expected 2, got 1",
        ),
        (
            "received: {'http://other.example': 1}",
            "received by http://other.example: expected 1, got no scripted receiver stands there",
        ),
    ],
)
def test_each_expectation_that_fails_is_told(sight: str, said: str, over: Over) -> None:
    assert failures(APP, HELLO, "run_until_idle", f"expect: {{{sight}}}", over=over) == [said]


@both_ways
def test_several_requests_and_receivers_are_told_apart(over: Over) -> None:
    report = played(
        'receiver: {at: "http://one.example", replies: [503, 200]}',
        'receiver: {at: "http://two.example:8080", replies: [refused, 204]}',
        'submit: [{as: a, text: A, callback: "http://one.example/"}, {as: b, text: B, callback:'
        ' "http://two.example:8080/x"}]',
        "run_until_idle",
        "expect: {of: a, attempts: [{at: 0s, got: 503}, {at: 30s, got: 200}]}",
        "expect: {of: b, attempts: [{at: 0s, got: refused}, {at: 30s, got: 204}], each: {url:"
        ' "http://two.example:8080/x", body: {same_as: audio}, headers: {dg-request-id:'
        " $request_id, dg-token: $key_id}}}",
        "expect: {deliveries: 2, requests: 2, received: {'http://one.example': 2,"
        " 'http://two.example:8080': 1}}",
        over=over,
    )
    assert report.failures == []
    assert report.timeline == (
        *("a: +0s POST 503", "b: +0s POST refused", "a: +30s POST 200", "b: +30s POST 204"),
    )
    assert report.end == "a delivered, b delivered"


@both_ways
def test_receivers_stand_at_paths_and_the_longest_one_counts(over: Over) -> None:
    names = {"whole": "/", "low": "/a/b", "deep": "/a/b/c", "beside": "/abc"}
    report = played(
        'receiver: {at: "http://app.example/", replies: [201]}',
        'receiver: {at: "http://app.example/a", replies: [503, 202]}',
        'receiver: {at: "http://app.example/a/b/c/", replies: [refused, 203]}',
        *(
            f'submit: {{as: {name}, text: A, callback: "http://app.example{path}?x=/a"}}'
            for name, path in names.items()
        ),
        "run_until_idle",
        "expect: {of: whole, attempts: [{at: 0s, got: 201}]}",
        "expect: {of: beside, attempts: [{at: 0s, got: 201}]}",
        "expect: {of: low, attempts: [{at: 0s, got: 503}, {at: 30s, got: 202}]}",
        "expect: {of: deep, attempts: [{at: 0s, got: refused}, {at: 30s, got: 203}]}",
        "expect: {received: {'http://app.example': 2, 'http://app.example/a/': 2,"
        " 'http://app.example/a/b/c': 1}}",
        over=over,
    )
    assert (report.trouble, report.failures) == ("", [])


@both_ways
def test_a_request_has_a_moment_of_its_own(over: Over) -> None:
    assert not failures(
        APP,
        asked("first", "at: 10s"),
        asked("second", "at: '2026-01-01T00:00:40Z'"),
        "run_until_idle",
        "expect: {of: first, attempts: ['2026-01-01T00:00:10Z']}",
        "expect: {of: second, attempts: [0s]}",
        "expect: {of: second, attempts: ['2026-01-01T01:00:40+01:00']}",
        over=over,
    )


@both_ways
def test_a_delivery_is_given_up_and_sent_again(over: Over) -> None:
    assert not failures(
        'receiver: {at: "http://app.example", replies: [500]}',
        asked("first"),
        "advance: 45s",
        "cancel: {of: first, reason: nobody waits}",
        "expect: {of: first, attempts: 2, state: cancelled, reason: nobody waits}",
        APP,
        "redeliver: {of: first, as: again}",
        "run_until_idle",
        "expect: {of: again, attempts: ['2026-01-01T00:00:45Z'], state: delivered, each: {headers:"
        " {dg-request-id: $request_id}, body: {same_as: audio}}}",
        "expect: {of: first, attempts: 2}",
        over=over,
    )


@both_ways
def test_a_job_fails_though_it_was_acknowledged(over: Over) -> None:
    assert not failures(
        APP,
        HELLO,
        "fail_job: {err_code: BROKEN, err_msg: Out of breath.}",
        "run_until_idle",
        "expect: {each: {body: {json: {err_code: BROKEN, err_msg: Out of breath., request_id:"
        " $request_id}, contains: [BROKEN, breath]}}}",
        over=over,
    )


@both_ways
def test_the_endpoint_fails_in_the_order_that_was_said(over: Over) -> None:
    assert not failures(
        APP,
        "fail_requests: [429, null, {status: 503, code: A, message: B, headers: {server: x}}]",
        asked("a"),
        asked("b"),
        asked("c"),
        "run_until_idle",
        "expect: {of: a, answer: {status: 429}}",
        "expect: {of: b, answer: {status: 200}, state: delivered}",
        "expect: {of: c, answer: {status: 503, err_code: A, err_msg: B, headers: {server: x}}}",
        over=over,
    )


@both_ways
def test_only_chosen_requests_meet_a_failure(over: Over) -> None:
    assert not failures(
        "fail_requests: {failures: [429, {status: 503, delay: 20s}], when: {text: $regex:Bad.*}}",
        "submit: {as: good, text: Good}",
        "submit: {as: bad, text: Bad}",
        "submit: {as: fine, text: Fine}",
        "submit: {as: worse, text: Bad too}",
        "expect: {of: good, answer: {status: 200}}",
        "expect: {of: bad, answer: {status: 429}}",
        "expect: {of: fine, answer: {status: 200}}",
        "run_until_idle",
        "expect: {of: worse, answer: {status: 503}}",
        over=over,
    )


@both_ways
def test_an_answer_that_comes_late_is_not_there_before(over: Over) -> None:
    steps = (APP, "fail_requests: [{delay: 20s}]", HELLO, "advance: 19s")
    assert failures(*steps, "expect: {answer: {status: 200}}", over=over) == [
        "answer: expected 200, got none yet"
    ]
    assert not failures(
        *steps, "advance: 1s", "expect: {answer: {status: 200}, state: delivered}", over=over
    )


@both_ways
def test_whoever_runs_until_all_is_idle_waits_for_an_answer_that_comes_late(over: Over) -> None:
    assert not failures(
        "fail_requests: [{delay: 20s}]",
        "submit: {as: late, text: Hello}",
        "run_until_idle",
        "submit: {as: next, text: Hello, callback: 'http://app.example/'}",
        "expect: {of: late, answer: {status: 200, headers: {content-type: audio/mpeg}}}",
        "expect: {of: next, due: '2026-01-01T00:00:20Z', state: pending}",
        over=over,
    )


@both_ways
@pytest.mark.parametrize("word", ["cut", "stalled"])
def test_an_answer_breaks_off(word: str, over: Over) -> None:
    assert not failures(
        APP,
        f"fail_requests: [{word}]",
        HELLO,
        "run_until_idle",
        f"expect: {{answer: {word}, state: delivered}}",
        over=over,
    )


@both_ways
def test_a_faulty_client_is_answered_as_the_service_answers_it(over: Over) -> None:
    assert not failures(
        "submit: {as: audio, text: Hello}",
        "submit: {as: keyless, text: Hello, key: none}",
        "submit: {as: stranger, text: Hello, key: wrong}",
        "submit: {as: twice, text: Hello, parameters: {model: [aura-2-thalia-en, x]}}",
        "submit: {as: misspelt, text: Hello, parameters: {callbak: 'http://app.example/'}}",
        "submit: {as: torn, body: '{\"text\": '}",
        "submit: {as: form, body: a=b, content_type: application/x-www-form-urlencoded}",
        "submit: {as: elsewhere, text: Hello, path: /v1/speek}",
        "submit: {as: got, method: GET}",
        "submit: {as: raw, text: Hello, query: 'callback=http%3A%2F%2Fapp.example%3A3000%2F'}",
        "submit: {as: empty, headers: {content-type: null}}",
        "expect: {of: audio, answer: {status: 200, headers: {content-type: audio/mpeg}}}",
        "expect: {of: keyless, answer: {status: 401, err_code: INVALID_AUTH}}",
        "expect: {of: stranger, answer: {status: 401, body: {json: {err_code: INVALID_AUTH,"
        " err_msg: $any, request_id: $request_id}}}}",
        "expect: {of: twice, answer: {status: 400, err_msg: $regex:.*duplicate field .model.*}}",
        "expect: {of: misspelt, answer: {status: 200, headers: {dg-request-id: $request_id}}}",
        "expect: {of: torn, answer: {status: 400}}",
        "expect: {of: elsewhere, answer: {status: 404}}",
        "expect: {of: got, answer: {status: 405}}",
        "expect: {of: raw, answer: {status: 400, body: {contains: callback}}}",
        "expect: {deliveries: 0}",
        over=over,
    )


@both_ways
def test_the_acknowledgement_carries_the_id_of_the_request(over: Over) -> None:
    assert not failures(
        APP,
        HELLO,
        "expect: {answer: {status: 200, headers: {dg-request-id: $request_id, content-type:"
        " application/json, dg-error: null}, body: {json: {request_id: $request_id}}}}",
        over=over,
        head=("allow: [pending]",),
    )


@both_ways
def test_the_copy_of_a_duplicate_is_seen(over: Over) -> None:
    assert not failures(
        'receiver: {at: "http://app.example", replies: [503, 409, 200], faults: [duplicate]}',
        HELLO,
        "run_until_idle",
        "expect: {attempts: [{at: 0s, got: 503, copy: 409}, {at: 30s, got: 200}]}",
        over=over,
    )


@both_ways
def test_what_no_real_receiver_can_play_is_skipped_over_sockets(over: Over) -> None:
    report = played(
        'receiver: {at: "http://app.example", replies: [503, timeout, 200], faults: [null,'
        " duplicate]}",
        HELLO,
        "run_until_idle",
        "expect: {state: delivered}",
        over=over,
    )
    assert report.outcome == ("passed" if over == "process" else "skipped")


@both_ways
@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([APP, HELLO, "expect: {attempts: 0}"], ["request 1 at the end: expected to be settled, "]),
        (
            [
                'receiver: {at: "http://app.example", replies: [200, 500]}',
                HELLO,
                "run_until_idle",
                "expect: {attempts: 1}",
            ],
            ["answers given: expected 2, got 1"],
        ),
        (
            ["fail_requests: [cut, 429]", "expect: {requests: 0}"],
            ["ordered failures left: expected 0, got 2"],
        ),
        (
            [
                'receiver: {at: "http://app.example", faults: [null, 503]}',
                HELLO,
                "run_until_idle",
                "expect: {attempts: 1}",
            ],
            ["fault 2: expected to be met, got no such attempt"],
        ),
    ],
    ids=["pending", "replies", "failures", "faults"],
)
def test_what_a_story_leaves_behind_is_told_unless_it_says_so(
    steps: list[str], said: list[str], over: Over, request: pytest.FixtureRequest
) -> None:
    found = failures(*steps, over=over)
    assert [each.startswith(word) for each, word in zip(found, said, strict=True)] == [True]
    kind = request.node.callspec.id.rpartition("-")[0] or request.node.callspec.id
    allowed = next(word for word in ("pending", "replies", "failures", "faults") if word in kind)
    assert not failures(*steps, over=over, head=(f"allow: [{allowed}]",))


def test_what_is_expected_to_be_pending_at_the_end_is_not_left_behind() -> None:
    assert not failures(APP, HELLO, "expect: {state: pending}")


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (["step", "expect: {requests: 0}"], "step: expected to be done, got "),
        (
            ["advance: 60s", "advance: {to: 30s}", "expect: {requests: 0}"],
            "advance: expected to be done, got the clock cannot go back",
        ),
        (
            [APP, HELLO, "run_until_idle", "cancel", "expect: {requests: 0}"],
            "cancel: expected to be done, got delivery ",
        ),
        (
            ["submit: {text: ''}", "cancel", "expect: {requests: 0}"],
            "cancel: expected to be done, got request 1 has no delivery",
        ),
    ],
    ids=["nothing due", "back", "settled", "refused"],
)
def test_a_step_that_cannot_be_done_ends_the_story(steps: list[str], said: str) -> None:
    (failure,) = failures(*steps)
    assert failure.startswith(said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{json: {a: 1}}", "got no JSON: "),
        ("{text: Hello}", "bytes that are no text"),
        ("{contains: [ID3, Hello]}", "bytes that are no text"),
    ],
)
def test_a_body_that_is_another_is_shown_in_short(body: str, said: str) -> None:
    found = failures(APP, HELLO, "run_until_idle", f"expect: {{each: {{body: {body}}}}}")
    assert found
    assert all(said in each for each in found)
