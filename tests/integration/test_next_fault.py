"""A fault for the next attempt of one delivery, whatever else was arranged."""

import pytest

from ringback import Client, Emulator, RingbackError, SettingsError

ORIGIN, CALLBACK = "https://app.example", "https://app.example/done"


def test_it_befalls_the_next_attempt_of_that_delivery_and_no_other() -> None:
    with Emulator() as ringback:
        ringback.receiver(ORIGIN, replies=[503], faults=[None, 502])
        one, other = (ringback.submit(text, callback=CALLBACK) for text in ("one", "two"))
        ringback.settle()
        ringback.fault_next(one, "refused")
        ringback.advance(60)
        assert one.statuses == [503, "refused", 503]
        assert other.statuses == [503, 502, 503]
        assert one.attempts[1].fault == "refused"


def test_over_http_it_is_the_same() -> None:
    with Emulator() as ringback:
        client = Client(ringback.url, ringback.api_key)
        client.receiver(ORIGIN)
        delivery = client.submit("Hello", callback=CALLBACK)
        client.fault_next(delivery, "answer lost")
        client.run_until_idle()
        assert delivery.statuses == ["answer lost", 200]
        with pytest.raises(RingbackError, match="it has no next attempt"):
            client.fault_next(delivery, "answer lost")


def test_what_cannot_be_ordered_is_refused() -> None:
    with Emulator() as ringback:
        ringback.receiver(ORIGIN)
        delivery = ringback.submit("Hello", callback=CALLBACK)
        with pytest.raises(SettingsError, match="did you mean 'answer lost'"):
            ringback.fault_next(delivery, "anser lost")
        with pytest.raises(SettingsError, match="takes a fault"):
            ringback.fault_next(delivery, None)
        ringback.run_until_idle()
        with pytest.raises(RingbackError, match="delivered; it has no next attempt"):
            ringback.fault_next(delivery, "timeout")


def test_a_client_says_that_a_request_carries_no_faults() -> None:
    with Emulator() as ringback:
        client = Client(ringback.url, ringback.api_key)
        with pytest.raises(TypeError, match=r"fault_next\(delivery, …\)"):
            client.submit("Hello", callback=CALLBACK, faults=["timeout"])


def test_each_attempt_has_the_rules_behind_it() -> None:
    with Emulator() as ringback:
        ringback.receiver(ORIGIN, replies=[503, 200])
        delivery = ringback.submit("Hello", callback=CALLBACK)
        ringback.run_until_idle()
    assert [[rule.name for rule in rules] for rules in delivery.rules] == [
        ["success", "retries", "delay", "delay-from-the-end"],
        ["success", "one-success"],
    ]
