"""SMTP, and nothing else here knows it."""

from email.message import EmailMessage

import aiosmtplib
from aiosmtplib.typing import SMTPStatus

from app.jobs import GiveUp, TryLater, Unavailable
from app.settings import settings


async def send(message: EmailMessage, *, to: str) -> None:
    """Hand the message over; GiveUp, TryLater or Unavailable when the server does not take it."""
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
        raise _about_this_mail(refused.recipients[0]) from refused
    except aiosmtplib.SMTPDataError as refused:
        raise _about_this_mail(refused) from refused
    except (aiosmtplib.SMTPException, OSError) as error:
        # No connection, no TLS, no login, or no sender of ours: true of every mail, and for us to mend.
        raise Unavailable(repr(error)) from error


def _about_this_mail(reply: aiosmtplib.SMTPResponseException) -> Exception:
    reason = f"{reply.code} {reply.message}"
    if (
        reply.code == SMTPStatus.domain_unavailable
    ):  # 421 and the server hangs up, whatever it was asked (RFC 5321, 3.8)
        return Unavailable(reason)
    return GiveUp(reason) if reply.code >= 500 else TryLater(reason)  # noqa: PLR2004 (RFC 5321, 4.2.1: 5yz is for good)
