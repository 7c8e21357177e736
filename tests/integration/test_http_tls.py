"""Whom the HTTP sender trusts, and how it tells the failures of TLS apart."""

import asyncio
import os
import ssl
from pathlib import Path

import freezegun
import pytest

from ringback.core.base.headers import Headers
from ringback.core.delivery.outcome import Answered, Dropped, Garbled, Unreachable, succeeded
from ringback.errors import SettingsError
from ringback.sending.http import HttpSender
from tests.integration.conftest import Authority, FakeAlarm, Rude
from tests.integration.messages import (
    APP,
    AUDIO,
    LONG_AUDIO,
    OK,
    SECURE_APP,
    deliver,
    noted,
    send,
    sender_to,
    some_turns,
)
from tests.integration.rude_receiver import PATIENCE, Visit, answers, hears_the_hello


@pytest.mark.asyncio
@pytest.mark.parametrize("url", ["https://app.example/done", "https://app.example./done"])
async def test_a_receiver_must_have_the_endpoints_name_wherever_callbacks_lead(
    rude: Rude, authority: Authority, url: str
) -> None:
    receiver = rude(answers(OK), tls=authority.context("app.example"))
    assert succeeded(await send(sender_to(receiver, ca_file=authority.ca_file), url))


@pytest.mark.asyncio
async def test_an_https_endpoint_is_dialled_as_such(rude: Rude, authority: Authority) -> None:
    receiver = rude(answers(OK), tls=authority.context("localhost"))
    sender = HttpSender(FakeAlarm(), ca_file=authority.ca_file)
    assert succeeded(await send(sender, f"https://localhost:{receiver.port}/"))


@pytest.mark.asyncio
async def test_a_certificate_for_another_name_is_not_trusted(
    rude: Rude, authority: Authority
) -> None:
    receiver = rude(answers(OK), tls=authority.context("other.example"))
    outcome = await send(sender_to(receiver, ca_file=authority.ca_file), SECURE_APP)
    assert isinstance(outcome, Unreachable)
    assert outcome.reason == "tls"
    assert "certificate is not valid for 'app.example'" in outcome.detail


@pytest.mark.asyncio
async def test_a_stranger_is_not_trusted(
    rude: Rude, authority: Authority, stranger: Authority
) -> None:
    receiver = rude(answers(OK), tls=stranger.context("app.example"))
    outcome = await send(sender_to(receiver, ca_file=authority.ca_file), SECURE_APP)
    assert outcome == Unreachable("tls", "unable to get local issuer certificate")


@pytest.mark.asyncio
async def test_only_those_that_the_system_trusts_are_trusted_by_default(
    rude: Rude, authority: Authority
) -> None:
    receiver = rude(answers(OK), tls=authority.context("app.example"))
    assert (await deliver(receiver, SECURE_APP)).word == "tls"


@pytest.mark.asyncio
async def test_the_context_is_made_once_per_sender(
    rude: Rude, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = rude(answers(OK), tls=authority.context("app.example"))
    made: list[object] = []
    make = ssl.create_default_context

    def spy(*, cafile: str | None = None) -> ssl.SSLContext:
        made.append(cafile)
        return make(cafile=cafile)

    monkeypatch.setattr(ssl, "create_default_context", spy)
    sender = sender_to(receiver)
    assert made == []
    for _ in range(2):
        assert (await send(sender, SECURE_APP)).word == "tls"
    assert made == [None]


@pytest.mark.asyncio
async def test_a_large_body_arrives_whole_over_tls(rude: Rude, authority: Authority) -> None:
    receiver = rude(answers(OK), tls=authority.context("app.example"))
    body = os.urandom(6 << 20)
    sender = sender_to(receiver, ca_file=authority.ca_file)
    assert succeeded(await send(sender, SECURE_APP, body))
    assert receiver.requests.get(timeout=PATIENCE).endswith(b"\r\n\r\n" + body)


@pytest.mark.asyncio
async def test_plain_http_on_a_tls_port_is_said_to_be_that(rude: Rude) -> None:
    receiver = rude(lambda visit: visit.say(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    sender = HttpSender(FakeAlarm(), base=("https", receiver.host, receiver.port))
    outcome = await send(sender, SECURE_APP)
    assert outcome == Unreachable("tls", "the receiver does not speak TLS; is it plain http?")


@pytest.mark.asyncio
async def test_a_tls_alert_on_a_plain_connection_is_no_http(rude: Rude) -> None:
    receiver = rude(answers(b"\x15\x03\x01\x00\x02\x02\x46"))
    outcome = await deliver(receiver, APP)
    assert outcome == Garbled(
        "it does not begin with HTTP/1; is it https?", r"\x15\x03\x01\x00\x02\x02F"
    )


VERSIONS = pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda version: version.name
)
TIMES = 20
"""How often each is tried where a race could decide: who loses it by chance loses it in these."""


@pytest.mark.asyncio
@VERSIONS
@pytest.mark.parametrize("body", [AUDIO, LONG_AUDIO], ids=["short", "long"])
async def test_a_receiver_that_wants_a_certificate_of_the_sender_fails_as_tls(
    rude: Rude, authority: Authority, version: ssl.TLSVersion, body: bytes
) -> None:
    context = authority.context("app.example")
    context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.ca_file)
    sender = sender_to(rude(answers(OK), tls=context), ca_file=authority.ca_file)
    says = {
        ssl.TLSVersion.TLSv1_2: "sslv3 alert handshake failure",
        ssl.TLSVersion.TLSv1_3: "tlsv13 alert certificate required",
    }
    outcomes = {await send(sender, SECURE_APP, body) for _ in range(TIMES)}
    assert outcomes == {Unreachable("tls", says[version])}


@pytest.mark.asyncio
@VERSIONS
@pytest.mark.parametrize("body", [AUDIO, LONG_AUDIO], ids=["short", "long"])
@pytest.mark.parametrize("resets", [True, False], ids=["reset", "closed on what is unread"])
async def test_an_answer_that_came_before_a_reset_counts_over_tls_too(
    rude: Rude, authority: Authority, version: ssl.TLSVersion, body: bytes, resets: bool
) -> None:
    def answers_and_breaks(visit: Visit) -> None:
        visit.read_head()
        visit.say(OK)
        if resets:
            visit.reset()

    context = authority.context("app.example")
    context.maximum_version = version
    sender = sender_to(rude(answers_and_breaks, tls=context), ca_file=authority.ca_file)
    words = {(await send(sender, SECURE_APP, body)).word for _ in range(TIMES)}
    assert words == {"200"}


@pytest.mark.asyncio
@VERSIONS
async def test_a_fault_of_tls_after_the_handshake_is_a_drop(
    rude: Rude, authority: Authority, version: ssl.TLSVersion
) -> None:
    def forgets_to_encrypt(visit: Visit) -> None:
        visit.read_request()
        visit.say_in_the_clear(OK)

    context = authority.context("app.example")
    context.maximum_version = version
    receiver = rude(forgets_to_encrypt, tls=context)
    outcome = await send(sender_to(receiver, ca_file=authority.ca_file), SECURE_APP)
    assert isinstance(outcome, Dropped)
    assert (outcome.how, outcome.phase) == ("reset", "waiting")
    assert outcome.detail  # in OpenSSL's words, which differ between its versions


@pytest.mark.asyncio
@VERSIONS
async def test_what_came_before_a_fault_of_tls_counts(
    rude: Rude, authority: Authority, version: ssl.TLSVersion
) -> None:
    def forgets_to_encrypt_the_rest(visit: Visit) -> None:
        visit.read_request()
        visit.say(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart")
        visit.say_in_the_clear(OK)

    context = authority.context("app.example")
    context.maximum_version = version
    sender = sender_to(rude(forgets_to_encrypt_the_rest, tls=context), ca_file=authority.ca_file)
    outcomes = {await send(sender, SECURE_APP) for _ in range(TIMES)}
    headers = Headers({"content-length": "9"})
    assert outcomes == {Answered(200, headers, b"part", "truncated body")}


@pytest.mark.asyncio
@pytest.mark.parametrize("verify", [True, False], ids=["verified", "whoever it is"])
@pytest.mark.parametrize(
    ("spoken", "chosen"),
    [(["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), (["h2"], None), ([], None)],
)
async def test_http_1_1_is_offered_and_nothing_else(
    rude: Rude, authority: Authority, verify: bool, spoken: list[str], chosen: str | None
) -> None:
    def tells_the_protocol(visit: Visit) -> None:
        visit.read_request()
        visit.note(str(visit.protocol()))
        visit.say(OK)

    context = authority.context("app.example")
    if spoken:
        context.set_alpn_protocols(spoken)
    receiver = rude(tells_the_protocol, tls=context)
    ca_file = authority.ca_file if verify else None
    sender = HttpSender(FakeAlarm(), base=receiver.base, ca_file=ca_file, tls_verify=verify)
    assert succeeded(await send(sender, SECURE_APP))
    assert await noted(receiver) == str(chosen)


@pytest.mark.asyncio
async def test_a_receiver_that_is_not_trusted_is_told_so(
    rude: Rude, authority: Authority, stranger: Authority
) -> None:
    receiver = rude(answers(OK), tls=stranger.context("app.example"))
    await send(sender_to(receiver, ca_file=authority.ca_file), SECURE_APP)
    assert await noted(receiver) == "TLS: TLSV1_ALERT_UNKNOWN_CA"


def closes_in_the_handshake(visit: Visit) -> None:
    visit.hear()


def resets_in_the_handshake(visit: Visit) -> None:
    visit.hear()
    visit.reset()


@pytest.mark.asyncio
async def test_a_close_in_the_handshake_is_told_from_a_reset(rude: Rude) -> None:
    for behaviour, how in ((closes_in_the_handshake, "closed"), (resets_in_the_handshake, "reset")):
        receiver = rude(behaviour)
        sender = HttpSender(FakeAlarm(), base=("https", receiver.host, receiver.port))
        assert await send(sender, SECURE_APP) == Dropped(how, "connecting")


@pytest.mark.asyncio
async def test_a_receiver_that_leaves_without_a_goodbye_has_closed(
    rude: Rude, authority: Authority
) -> None:
    receiver = rude(answers(), tls=authority.context("app.example"))
    outcome = await send(sender_to(receiver, ca_file=authority.ca_file), SECURE_APP)
    assert outcome == Dropped("closed", "waiting")


@pytest.mark.asyncio
async def test_the_sender_says_goodbye_and_does_not_wait_for_the_receivers(
    rude: Rude, authority: Authority
) -> None:
    def waits_for_the_goodbye(visit: Visit) -> None:
        visit.read_request()
        visit.say(OK)
        try:
            rest = visit.hear()
        except ssl.SSLError as error:
            visit.note(f"no goodbye: {error}")
        else:
            visit.note(f"goodbye after {rest!r}")

    receiver = rude(waits_for_the_goodbye, tls=authority.context("app.example"))
    sender = sender_to(receiver, ca_file=authority.ca_file)
    assert succeeded(await send(sender, SECURE_APP))
    assert await noted(receiver) == "goodbye after b''"


def test_a_certificate_file_that_cannot_be_read_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Settings\.ca_file"):
        HttpSender(FakeAlarm(), ca_file=str(tmp_path / "none.pem"))


def test_a_certificate_file_without_certificates_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(SettingsError, match=r"Settings\.ca_file"):
        HttpSender(FakeAlarm(), ca_file=str(tmp_path / "empty.pem"))


@pytest.mark.asyncio
async def test_a_handshake_has_no_limit_of_its_own_and_is_ended_by_cancelling(rude: Rude) -> None:
    receiver = rude(hears_the_hello)
    sender = HttpSender(FakeAlarm(), base=("https", receiver.host, receiver.port))
    with freezegun.freeze_time("2026-01-01") as frozen:
        attempt = asyncio.create_task(send(sender, SECURE_APP))
        assert await noted(receiver) == "heard the hello"
        frozen.tick(86_400)
        await some_turns()
        assert not attempt.done()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    assert await noted(receiver) == "they left"
