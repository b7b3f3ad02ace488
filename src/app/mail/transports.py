"""The way that mail leaves: through Mailgun if there is a key for it, else by SMTP."""

from email.message import EmailMessage

from app.mail import smtp
from app.settings import settings


async def send(message: EmailMessage, *, to: str) -> None:
    """Hand the message over; GiveUp when it will never be taken, TryLater or Unavailable when not now."""
    if settings().mail_key:
        from app.mail import mailgun  # noqa: PLC0415 (an HTTP client that most processes never need)

        await mailgun.send(message, to=to)
    else:
        await smtp.send(message, to=to)
