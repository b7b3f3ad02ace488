"""How mail goes to an SMTP server, and what its words mean."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import AuthResult
from quart import Quart

from app.jobs import GiveUp, TryLater, Unavailable
from app.mail import smtp
from tests.servers import MailServer, free_port

Tell = Callable[..., None]
ADA = "ada@example.com"


@pytest.fixture
def message(app: Quart) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "no-reply@example.com", ADA, "Hello"
    message.set_content("Hello.")
    return message


@pytest.fixture(autouse=True)
async def no_connection_kept(app: Quart) -> AsyncIterator[None]:
    await smtp.close()
    yield
    await smtp.close()


@asynccontextmanager
async def another_server(tell: Tell, **options: Any) -> AsyncIterator[MailServer]:
    """A mail server for this test, to which mail goes; stopped at the end."""
    server = MailServer(**options)
    server.start()
    tell(MAIL_PORT=server.port, MAIL_SERVER="localhost")
    try:
        yield server
    finally:
        await smtp.close()
        server.stop()


async def test_one_connection_carries_many_mails(message: EmailMessage, mail_server: MailServer) -> None:
    before = mail_server.greetings
    for _ in range(3):
        await smtp.send(message, to=ADA)
    assert (len(mail_server.to(ADA)), mail_server.greetings - before) == (3, 1)


async def test_a_refused_recipient_does_not_cost_the_others_the_connection(
    message: EmailMessage, mail_server: MailServer
) -> None:
    before = mail_server.greetings
    mail_server.replies[ADA] = "550 No such person"
    with pytest.raises(GiveUp):
        await smtp.send(message, to=ADA)
    mail_server.replies.clear()
    await smtp.send(message, to=ADA)
    assert (len(mail_server.to(ADA)), mail_server.greetings - before) == (1, 1)


async def test_a_connection_that_the_server_has_closed_is_replaced(
    message: EmailMessage, mail_server: MailServer
) -> None:
    await smtp.send(message, to=ADA)
    mail_server.stop()
    mail_server.start()
    await smtp.send(message, to=ADA)
    assert len(mail_server.to(ADA)) == 2


@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        ("450 Greylisted", TryLater),
        ("452 Mailbox full", TryLater),
        ("421 Shutting down", Unavailable),
        ("550 No such person", GiveUp),
        ("554 Spam", GiveUp),
    ],
)
async def test_a_reply_about_a_recipient_says_whether_to_try_again(
    message: EmailMessage, mail_server: MailServer, reply: str, meaning: type[Exception]
) -> None:
    mail_server.replies[ADA] = reply
    with pytest.raises(meaning, match=reply) as refused:
        await smtp.send(message, to=ADA)
    assert refused.type is meaning


async def test_a_server_that_is_not_there_is_away(message: EmailMessage, tell: Tell) -> None:
    tell(MAIL_PORT=free_port())
    with pytest.raises(Unavailable):
        await smtp.send(message, to=ADA)


async def test_nothing_is_sent_in_the_clear_to_a_server_without_tls(message: EmailMessage, tell: Tell) -> None:
    async with another_server(tell) as server:
        tell(MAIL_USE_TLS=True)
        with pytest.raises(Unavailable, match="STARTTLS"):
            await smtp.send(message, to=ADA)
        assert server.received == []


@pytest.mark.parametrize("variable", ["MAIL_USE_TLS", "MAIL_USE_SSL"])
async def test_nothing_is_sent_to_a_server_whose_certificate_nobody_vouches_for(
    message: EmailMessage, tell: Tell, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    options = (
        {"tls_context": context, "require_starttls": True} if variable == "MAIL_USE_TLS" else {"ssl_context": context}
    )
    with authority.cert_pem.tempfile() as trusted:
        monkeypatch.setenv("SSL_CERT_FILE", trusted)
        async with another_server(tell, **options) as server:
            tell(**{variable: True})
            await smtp.send(message, to=ADA)
            assert len(server.received) == 1
            await smtp.close()
            monkeypatch.delenv("SSL_CERT_FILE")
            with pytest.raises(Unavailable, match="certificate verify failed"):
                await smtp.send(message, to=ADA)
            assert len(server.received) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_password_that_the_server_refuses_is_for_us_to_mend(message: EmailMessage, tell: Tell) -> None:
    def refuse(*_: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    async with another_server(tell, authenticator=refuse, auth_required=True, auth_require_tls=False) as server:
        tell(MAIL_USERNAME="quart", MAIL_PASSWORD="hunter2")
        with pytest.raises(Unavailable, match="535"):
            await smtp.send(message, to=ADA)
        tell(MAIL_USERNAME="")
        with pytest.raises(Unavailable, match="530"):
            await smtp.send(message, to=ADA)
        assert server.received == []
