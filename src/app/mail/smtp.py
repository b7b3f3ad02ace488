"""SMTP, and nothing else here knows it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPStatus,
)

from app.jobs import GiveUp, TryLater, Unavailable
from app.settings import settings

IDLE = 10  # seconds that a connection is kept for the next mail; servers wait for minutes (RFC 5321, 4.5.3.2.7)
PATIENCE = 2  # seconds until a connection that was kept counts as dead

_kept: list[tuple[SMTP, float]] = []


async def send(message: EmailMessage, *, to: str) -> None:
    """Hand the message over; GiveUp, TryLater or Unavailable when the server does not take it."""
    try:
        async with _connection() as server:
            await server.send_message(message, recipients=[to])
    except SMTPRecipientsRefused as refused:
        raise _about_this_mail(refused.recipients[0]) from refused
    except SMTPDataError as refused:
        raise _about_this_mail(refused) from refused
    except (SMTPException, OSError) as error:
        # No connection, no TLS, no login, or no sender of ours: true of every mail, and for us to mend.
        raise Unavailable(repr(error)) from error


async def close() -> None:
    """Take leave of the servers that connections are kept to."""
    while _kept:
        server, _ = _kept.pop()
        with suppress(SMTPException, OSError):
            await server.quit()


@asynccontextmanager
async def _connection() -> AsyncIterator[SMTP]:
    """One that is kept, or a new one; kept again unless something went wrong."""
    server = await _take() or await _connect()
    try:
        yield server
    except (SMTPRecipientsRefused, SMTPDataError):
        raise  # the next mail may fare better
    except BaseException:
        server.close()
        raise
    finally:
        if server.is_connected:
            _kept.append((server, time.monotonic()))


async def _take() -> SMTP | None:
    while _kept:
        server, since = _kept.pop()
        if time.monotonic() < since + IDLE:
            with suppress(SMTPException, OSError):
                await server.noop(timeout=PATIENCE)
                return server
        server.close()
    return None


async def _connect() -> SMTP:
    server = SMTP(
        hostname=settings().mail_server,
        port=settings().mail_port,
        username=settings().mail_username or None,
        password=settings().mail_password or None,
        use_tls=settings().mail_use_ssl,
        # explicitly: by default it would be used only if offered
        start_tls=settings().mail_use_tls and not settings().mail_use_ssl,
        timeout=settings().mail_timeout.total_seconds(),
    )
    await server.connect()
    return server


def _about_this_mail(reply: SMTPResponseException) -> Exception:
    reason = f"{reply.code} {reply.message}"
    if reply.code == SMTPStatus.domain_unavailable:  # 421: the server hangs up, whatever was asked (RFC 5321, 3.8)
        return Unavailable(reason)
    for_good = reply.code >= SMTPStatus.unrecognized_command  # 500, the lowest of its kind (RFC 5321, 4.2.1)
    return GiveUp(reason) if for_good else TryLater(reason)
