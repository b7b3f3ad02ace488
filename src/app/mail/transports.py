"""The way that mail leaves: through Mailgun if there is a key for it, else by SMTP."""

from email.message import EmailMessage
from types import ModuleType

from quart import Quart

from app.settings import Settings, settings


def init_app(app: Quart, settings: Settings) -> None:
    """Take leave of the mail server when a web process stops that sends mail, too."""
    if settings.worker_in_web:
        app.after_serving(close)


async def send(message: EmailMessage, *, to: str) -> None:
    """Hand the message over; GiveUp, TryLater or Unavailable when it is not taken."""
    await _transport().send(message, to=to)


async def close() -> None:
    """Close the connections that are kept for the next mail."""
    await _transport().close()


def _transport() -> ModuleType:
    if settings().mail_key:
        from app.mail import mailgun

        return mailgun
    from app.mail import smtp

    return smtp
