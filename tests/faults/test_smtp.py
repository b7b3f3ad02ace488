"""The mail server is down, slow, strict, forgetful, or not who it says."""

import asyncio
import ssl
from collections import Counter

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from tests.faults.people import register
from tests.faults.queue import PARALLEL, PATIENT
from tests.faults.stack import Stack, only_on
from tests.servers import eventually


@only_on("postgresql")
@pytest.mark.faults("R7a", "the mail server is down for a while")
async def test_mail_waits_for_a_mail_server_that_is_down(stack: Stack) -> None:
    await stack.start()
    stack.mail_server.stop()
    people = await register(stack.newcomer, 10)
    await stack.tries(people[0].email, 3)
    stack.mail_server.start()
    stack.is_harmed_no_more()
    await stack.recovers()
    assert len(stack.mail_server.received) == 10


@only_on("postgresql")
@pytest.mark.faults("R7b", "the mail server takes 4 s over each mail")
async def test_a_slow_mail_server_slows_only_the_mail(stack: Stack) -> None:
    busy, most = 0, 0

    async def take_long(_server: SMTP, envelope: Envelope) -> str:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(4)
        busy -= 1
        stack.mail_server.keep(envelope)
        return "250 OK"

    await stack.start(**PATIENT)
    stack.mail_server.mood = take_long
    await register(stack.newcomer, PARALLEL + 1)
    await stack.recovers()
    assert stack.ledger.slowest < 1.5
    assert 1 < most <= PARALLEL
    assert len(stack.mail_server.received) == PARALLEL + 1


@only_on("sqlite")
@pytest.mark.faults("R7c", "greylisting: 451 for the first two tries")
async def test_greylisting_costs_two_tries(stack: Stack) -> None:
    tries: Counter[str] = Counter()

    async def come_again(_server: SMTP, envelope: Envelope) -> str:
        [address] = envelope.rcpt_tos
        tries[address] += 1
        if tries[address] <= 2:
            return "451 Greylisted, come again"
        stack.mail_server.keep(envelope)
        return "250 OK"

    await stack.start()
    stack.mail_server.mood = come_again
    people = await register(stack.newcomer, 5)
    await stack.recovers()
    assert set(tries.values()) == {3}
    assert await stack.attempts(people[0].email) == 3


@only_on("postgresql")
@pytest.mark.faults("R7d", "550 for one recipient, mended by an administrator")
async def test_a_mail_that_is_refused_for_good_waits_for_an_administrator(stack: Stack) -> None:
    await stack.start()
    unlucky = stack.newcomer("eve")
    stack.mail_server.replies[unlucky.email] = "550 No such user here"
    await unlucky.register()
    await register(stack.newcomer, 5)
    await eventually(lambda: len(stack.mail_server.received) == 5)
    assert await stack.dead() == [unlucky.email]
    root = await stack.administrator()
    page = await root.visit("/admin/mail?state=dead")
    assert unlucky.email in page.text
    assert "550" in page.text
    del stack.mail_server.replies[unlucky.email]
    await root.press("Try again", on=page)
    await stack.recovers()


@only_on("sqlite")
@pytest.mark.faults("R7e", "the mail server refuses our password")
async def test_a_wrong_password_for_the_mail_server_kills_no_mail(stack: Stack) -> None:
    await stack.start(MAIL_USERNAME="us", MAIL_PASSWORD="wrong")
    stack.mail_server.becomes(auth_require_tls=False, authenticator=lambda *_: AuthResult(success=False, handled=False))
    people = await register(stack.newcomer, 3)
    await stack.tries(people[0].email, 2)
    assert not stack.mail_server.received
    stack.mail_server.becomes(auth_require_tls=False, authenticator=lambda *_: AuthResult(success=True))
    stack.is_harmed_no_more()
    await stack.recovers()


@only_on("sqlite")
@pytest.mark.faults("R7e", "the mail server offers no TLS, or with a certificate that nobody vouches for")
async def test_without_tls_that_can_be_trusted_nothing_is_sent(stack: Stack) -> None:
    ours, stranger = trustme.CA(), trustme.CA()
    with ours.cert_pem.tempfile() as vouched:
        await stack.start(MAIL_USE_TLS="True", MAIL_SERVER="localhost", SSL_CERT_FILE=vouched)
        people = await register(stack.newcomer, 3)
        await stack.tries(people[0].email, 1)
        for issuer in (stranger, ours):
            assert not stack.mail_server.received
            stack.mail_server.becomes(tls_context=_tls(issuer), require_starttls=True)
            if issuer is stranger:
                await stack.tries(people[0].email, 1)
        stack.is_harmed_no_more()
        await stack.recovers()


@only_on("postgresql")
@pytest.mark.faults("R7f", "the mail server takes the mail and hangs up")
async def test_a_mail_whose_receipt_was_lost_comes_twice_and_is_seen_to_be_the_same(stack: Stack) -> None:
    hung_up: set[str] = set()

    async def hang_up_once(server: SMTP, envelope: Envelope) -> str:
        mail = stack.mail_server.keep(envelope)
        if mail["To"] not in hung_up:
            hung_up.add(mail["To"])
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"

    await stack.start()
    stack.mail_server.mood = hang_up_once
    await register(stack.newcomer, 3)
    stack.ledger.crashes = 3  # as far as a mail is concerned
    await stack.recovers()
    assert len(stack.mail_server.received) == 6


def _tls(issuer: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issuer.issue_cert("localhost").configure_cert(context)
    return context
