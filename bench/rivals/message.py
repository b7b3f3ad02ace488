"""The mail that the application sends after a sign-up, as a function: the same templates, inlined and put together."""

import os
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from functools import cache

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, select_autoescape

from app.settings import ROOT

SERVER, PORT = "127.0.0.1", int(os.environ.get("MAIL_PORT", "25"))
SUBJECT = "Confirm Your Account"


@dataclass
class Person:
    """Whom the templates greet."""

    name: str

    def full_name(self) -> str:
        return self.name


def compose(to: str, token: str) -> EmailMessage:
    """A mail that confirms an account."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = make_msgid(domain="example.com")
    message["Date"] = formatdate()
    message["From"] = "My Visible Name <no-reply@example.com>"
    message["To"] = to
    message["Subject"] = f"[Quart-Base] {SUBJECT}"
    words = {"user": Person("Ada Lovelace"), "token": token, "subject": SUBJECT}
    message.set_content(_templates().get_template("mail/confirm.txt").render(words))
    html = _templates().get_template("mail/confirm.html").render(words)
    message.add_alternative(_inliner().inline(html), subtype="html")
    return message


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=select_autoescape(["html"]), trim_blocks=True
    )
    environment.globals.update(app_name="Quart-Base", base_url="http://localhost")
    return environment


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
