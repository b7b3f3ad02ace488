"""SMTP, and nothing else here knows it."""

from email.message import EmailMessage

import aiosmtplib

from app.mail.errors import Undeliverable
from app.settings import settings


async def send(message: EmailMessage, *, to: str) -> None:
    """Hand the message over; Undeliverable when the server will never take it, any other error may pass."""
    try:
        await aiosmtplib.send(
            message,
            recipients=[to],
            hostname=settings().mail_server,
            port=settings().mail_port,
            username=settings().mail_username or None,
            password=settings().mail_password or None,
            use_tls=settings().mail_use_ssl,
            # explicitly: by default it would be used only if offered
            start_tls=settings().mail_use_tls and not settings().mail_use_ssl,
            timeout=settings().mail_timeout.total_seconds(),
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        _raise_if_permanent(*refused.recipients)
        raise
    except aiosmtplib.SMTPDataError as refused:
        _raise_if_permanent(refused)
        raise


def _raise_if_permanent(*replies: aiosmtplib.SMTPResponseException) -> None:
    for reply in replies:
        if reply.code >= 500:  # noqa: PLR2004 (RFC 5321, 4.2.1: 5yz is a permanent negative reply)
            raise Undeliverable(f"{reply.code} {reply.message}") from reply
