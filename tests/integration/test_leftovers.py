"""What strictness finds, kind by kind: what is wrong, and what to do about it."""

import pytest

from ringback import Emulator, Reply, Settings

APP = "https://app.example"
HOOK = f"{APP}/hook"


def found(emulator: Emulator, kind: str) -> list[str]:
    """What is left behind of *kind*, and that nothing else is."""
    leftovers = emulator.leftovers()
    sentences = leftovers.pop(kind)
    assert not any(leftovers.values())
    return sentences


def run(emulator: Emulator, callback: str = HOOK) -> None:
    """One delivery, to its end."""
    emulator.submit("Hello", callback=callback)
    emulator.run_until_idle()


# -- replies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replies", "unused"),
    [
        ([200, 503], 1),
        ([500] * 11 + [200], 1),
        ([200, 503, 503], 2),
        ([503, 204], 0),
        ([204], 0),
        ([503], 0),
    ],
)
def test_of_several_replies_each_must_have_been_given_the_last_one_too(
    replies: list[int], unused: int
) -> None:
    with Emulator() as ringback:
        ringback.receiver(APP, replies)
        run(ringback)
        sentences = found(ringback, "replies")
    assert len(sentences) == bool(unused)
    assert all(f": {unused} of its scripted replies were never used" in each for each in sentences)


def test_a_reply_that_stands_alone_may_go_unused() -> None:
    with Emulator() as ringback:
        ringback.receiver(APP, [503])
        assert found(ringback, "replies") == []


# -- faults ----------------------------------------------------------------------------------------

ENTRIES = (
    " of faults=[…]. Entry i is for attempt i of each delivery: leave out what is not needed, or"
    " let a delivery come as far"
)


@pytest.mark.parametrize(
    ("faults", "unmet"),
    [
        ([503, "answer lost"], ""),
        (["duplicate"], ""),
        ([503, None, None], ""),
        ([None, 503], "entry 2 (503)" + ENTRIES),
        ([None, "reset", None, 503], "entries 2 to 4" + ENTRIES),
    ],
)
def test_a_fault_that_no_attempt_reached_is_told_of(
    faults: list[int | str | None], unmet: str
) -> None:
    with Emulator() as ringback:
        ringback.receiver(APP, [204], faults=faults)
        run(ringback)
        expected = [f"{APP}: no attempt reached {unmet}"] if unmet else []
        assert found(ringback, "faults") == expected


def test_a_fault_is_met_by_whichever_delivery_comes_as_far() -> None:
    with Emulator() as ringback:
        receiver = ringback.receiver(APP, [503, 503, 204], faults=[None, "reset"])
        ringback.cancel(ringback.submit("Hello", callback=HOOK), "another is to come as far")
        assert len(ringback.leftovers()["faults"]) == 1
        run(ringback)
        assert len(receiver.requests) == 3
        assert found(ringback, "faults") == []


def test_a_connection_that_was_replaced_before_it_was_reached_is_told_of() -> None:
    with Emulator() as ringback:
        ringback.receiver(APP)
        ringback.receiver(APP)
        run(ringback)
        (sentence,) = found(ringback, "faults")
    assert sentence == (
        f"{APP}: no attempt reached what was connected there first, for something else was"
        " connected there after it. Connect each origin once, or run the deliveries that are for"
        " the first before the second"
    )


def test_a_connection_that_was_reached_may_be_replaced() -> None:
    with Emulator() as ringback:
        ringback.receiver(APP)
        run(ringback)
        ringback.receiver(APP)
        assert found(ringback, "faults") == []


def test_a_connection_that_only_a_redirect_reached_was_reached() -> None:
    with Emulator(Settings(follow_redirects=True)) as ringback:
        ringback.receiver("https://two.example")
        ringback.receiver(APP, [Reply(307, {"location": "https://two.example/"})])
        run(ringback)
        ringback.receiver("https://two.example")
        assert found(ringback, "faults") == []


# -- unrouted --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("callback", "meant"),
    [
        ("https://ap.example/hook", ". Connected is https://app.example: did you mean that?"),
        ("http://app.example/hook", ". Connected is https://app.example: did you mean that?"),
        ("https://app.example:8443/hook", ". Connected is https://app.example: did you mean that?"),
        (
            "https://192.0.2.7/hook",
            ". Connected are only http://other.example:8080, https://app.example",
        ),
    ],
)
def test_an_attempt_that_led_nowhere_names_the_nearest_origin_that_is_connected(
    callback: str, meant: str
) -> None:
    with Emulator() as ringback:
        ringback.receiver("http://other.example:8080", [204])
        ringback.receiver(APP)
        run(ringback, callback)
        (sentence,) = found(ringback, "unrouted")
    origin = callback.removesuffix("/hook")
    assert sentence.startswith(f"11 attempts to {origin} led nowhere: ")
    assert f"say with connect() where {origin} leads" in sentence
    assert sentence.endswith(meant)


def test_where_nothing_is_connected_nothing_could_have_been_meant() -> None:
    with Emulator(Settings(retries=0)) as ringback:
        run(ringback, "https://ada:s3cret@app.example/hook")
        (sentence,) = found(ringback, "unrouted")
    assert sentence.startswith("1 attempt to https://app.example led nowhere: ")
    assert sentence.endswith(". Nothing is connected")
    assert "s3cret" not in sentence


def test_a_scripted_refusal_leads_somewhere() -> None:
    with Emulator() as ringback:
        ringback.receiver(APP, ["refused"])
        run(ringback)
        assert found(ringback, "unrouted") == []
