"""The mailbox of `just dev`. These routes read files, so they are plain functions, which Quart runs in a thread."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from mailbox import Maildir
from pathlib import Path

from quart.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.settings import settings
from app.web.dev import dev
from app.web.templating import render


@dev.get("/mail")
def mail() -> str:
    """List what was sent, newest first."""
    return render("dev/mailbox.html", mails=sorted(_mails().items(), key=_sent_at, reverse=True))


@dev.get("/mail/<key>")
def message(key: str) -> str:
    """Show both versions of one mail."""
    return render("dev/message.html", key=key, mail=_mail(key), text=_part(_mail(key), "plain"))


@dev.get("/mail/<key>/html")
def html(key: str) -> ResponseReturnValue:
    """Show the HTML version by itself, in a box that may do nothing but be looked at."""
    return _part(_mail(key), "html"), {"Content-Security-Policy": "sandbox allow-popups"}


def _mails() -> dict[str, EmailMessage]:
    parse = BytesParser(policy=policy.default).parsebytes
    folder = Maildir(Path(settings().maildir))
    return {key: parse(folder.get_bytes(key)) for key in folder.keys()}  # noqa: SIM118 (iterating it gives messages)


def _mail(key: str) -> EmailMessage:
    if key not in (mails := _mails()):
        raise NotFound
    return mails[key]


def _sent_at(entry: tuple[str, EmailMessage]) -> str:
    return entry[0]  # a Maildir's keys begin with the time of arrival


def _part(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    return part.get_content() if part else ""
