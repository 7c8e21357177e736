"""What a timeline tells besides its attempts."""

import httpx
import pytest
import time_machine

from ringback import Delivery, Emulator, RequestFailure, Settings

APP = "https://app.example"
HOOK = f"{APP}/hook"


def ask(emulator: Emulator, **parameters: str) -> httpx.Response:
    return httpx.post(
        f"{emulator.url}/v1/speak",
        params=parameters,
        json={"text": "Hello"},
        headers={"authorization": f"Token {emulator.api_key}"},
        trust_env=False,
    )


def lines(emulator: Emulator, word: str) -> list[str]:
    """The lines of the timeline that begin with *word*, request ids apart."""
    told = [each for each in emulator.timeline.splitlines() if each.startswith(word)]
    return [each.partition("  request ")[0] for each in told]


def test_a_request_answered_with_audio_is_told_of() -> None:
    with Emulator() as ringback:
        ask(ringback, encoding="linear16")
        assert lines(ringback, "answered") == [
            "answered at +0s  audio of 5 characters, aura-asteria-en, audio/wav"
        ]


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (429, "refused at +0s  429 Too Many Requests: Please try again later. ({})"),
        (RequestFailure(503, delay=0), "refused at +0s  503 Service Unavailable: {}"),
    ],
)
def test_an_ordered_refusal_is_told_of_as_ordered(failure: int | RequestFailure, told: str) -> None:
    with Emulator() as ringback:
        ringback.fail_requests(failure)
        assert ask(ringback).status_code >= 400
        (line,) = lines(ringback, "refused")
    assert line.startswith(told.partition("{}")[0])
    assert line.endswith("(This failure was ordered.)")


def test_an_ordered_failure_tells_its_delay_and_how_it_breaks_off() -> None:
    with Emulator(Settings(clock="x1000000")) as ringback:
        ringback.fail_requests(RequestFailure(503, delay=2.5), RequestFailure(breaks="cut"))
        ask(ringback)
        with pytest.raises(httpx.RemoteProtocolError):
            ask(ringback)
        (refused,) = lines(ringback, "refused")
        assert refused.endswith("(This failure was ordered: 503, 2.5 s late.)")
        (failed,) = lines(ringback, "failed")
        assert failed.endswith("  as was ordered: cut")


def test_an_ignored_parameter_is_told_of_with_the_nearest_name() -> None:
    with Emulator() as ringback:
        ask(ringback, sample_rat="8000")
        (line,) = lines(ringback, "ignored")
        assert line.endswith("unknown parameters `sample_rat` (did you mean `sample_rate`?)")


@pytest.mark.parametrize(
    ("model", "meant"),
    [
        ("aura-2-thalia", "(Did you mean `aura-2-thalia-en`?)"),
        ("aura-2-talia-en", "(Did you mean `aura-2-thalia-en`?)"),
        ("AURA-2-THALIA-EN", "(Did you mean `aura-2-thalia-en`?)"),
        ("whisper", "'whisper'."),
    ],
)
def test_a_voice_that_there_is_not_is_told_of_with_the_nearest_one(model: str, meant: str) -> None:
    with Emulator() as ringback:
        assert ask(ringback, model=model).status_code == 400
        (line,) = lines(ringback, "refused")
        assert line.endswith(meant)


def test_attempts_with_one_story_are_folded() -> None:
    with Emulator() as ringback:
        ringback.receiver(APP, [503, 503, 204, 204])
        ringback.receiver("https://two.example", [500])
        for origin in (APP, "https://two.example"):
            ringback.submit("Hello", callback=f"{origin}/hook")
        ringback.run_until_idle()
        told = [each for each in ringback.timeline.splitlines() if each.startswith("  ")]
    assert told == [
        "  +0s POST 503  answered 503",
        "  +30s POST 503  answered 503",
        "  +60s POST 204  answered 204",
        "  = delivered",
        "  +0s POST 500  answered 500",
        "  … the same 10 times more, the last at +300s POST 500",
        "  = exhausted",
    ]


def test_a_freezer_that_has_moved_ahead_of_the_clock_is_mentioned() -> None:
    with time_machine.travel(1_800_000_000, tick=False) as freezer, Emulator() as ringback:
        assert lines(ringback, "frozen") == []
        freezer.shift(90)
        assert lines(ringback, "frozen") == [
            "frozen time is +90s ahead of this clock: clock.sync() follows it there"
        ]
        ringback.clock.sync()
        assert lines(ringback, "frozen") == []


# -- more of it ------------------------------------------------------------------------------------


def eventful(ringback: Emulator) -> Delivery:
    """A delivery that comes through at its third attempt."""
    ringback.receiver(APP, replies=[503, "timeout", 204])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    return delivery


def test_the_rules_behind_each_attempt_are_told_in_full_once() -> None:
    with Emulator() as ringback:
        eventful(ringback)
        told = [line.partition(": ")[0] for line in ringback.tell(rules=True).splitlines()[1:]]
    assert told == [
        "  +0s POST 503  answered 503",
        "      success (documented)",
        "      retries (documented, setting retries)",
        "      delay (documented, setting retry_delay)",
        "      delay-from-the-end (assumed)",
        "  +30s POST timeout  timed out",
        "      attempt-limit (assumed, setting attempt_timeout)",
        "      retries, delay, delay-from-the-end",
        "  +70s POST 204  answered 204",
        "      one-success (assumed)",
        "      success",
        "  = delivered",
    ]


def test_an_attempt_can_be_remarked_on_and_one_that_never_came() -> None:
    with Emulator() as ringback:
        eventful(ringback)
        told = ringback.tell(remarks={(0, 2): "expected 503", (0, 4): "expected +90s"})
    assert told.splitlines()[1:] == [
        "  +0s POST 503  answered 503",
        "  +30s POST timeout  timed out: no answer within 10 s   <-- expected 503",
        "  +70s POST 204  answered 204",
        "  (nothing)   <-- expected +90s",
        "  = delivered",
    ]


def test_an_attempt_that_is_remarked_on_is_not_folded_away() -> None:
    with Emulator() as ringback:
        ringback.receiver(APP, replies=[500])
        ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        told = ringback.tell(remarks={(0, 6): "look here"})
    assert told.splitlines()[1:] == [
        "  +0s POST 500  answered 500",
        "  … the same 4 times more, the last at +120s POST 500",
        "  +150s POST 500  answered 500   <-- look here",
        "  +180s POST 500  answered 500",
        "  … the same 4 times more, the last at +300s POST 500",
        "  = exhausted",
    ]
