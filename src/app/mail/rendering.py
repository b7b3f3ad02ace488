"""From a row of the outbox to a message: the same one on every try."""

from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import cache, lru_cache

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.ext.asyncio import AsyncSession

from app.mail.kinds import KINDS
from app.mail.models import Mail
from app.settings import ROOT, settings


class _Headers(HeaderRegistry):
    """Most are the same in every mail, and to take one apart takes longer than to fill in a template."""

    __call__ = lru_cache(HeaderRegistry.__call__)
    __getitem__ = lru_cache(HeaderRegistry.__getitem__)


POLICY = SMTP.clone(header_factory=_Headers())


async def render(db: AsyncSession, mail: Mail) -> EmailMessage:
    """The mail as HTML and text, or KeyError for an unknown kind, or NoResultFound when what it was about is gone."""
    kind = KINDS[mail.kind]
    context = await kind.compose(db, **mail.ids)
    message = EmailMessage(policy=POLICY)
    message["Message-ID"] = f"<{mail.message_id}@{settings().mail_domain}>"  # a mail sent twice is seen to be one
    message["Date"] = format_datetime(mail.created_at)
    message["From"] = formataddr((settings().mail_name, settings().mail_address))
    message["To"] = mail.to
    message["Subject"] = f"[{settings().app_name}] {kind.subject}"
    message.set_content(_templates().get_template(f"mail/{mail.kind}.txt").render(context))
    html = _templates().get_template(f"mail/{mail.kind}.html").render(context, subject=kind.subject)
    message.add_alternative(_inliner().inline(html), subtype="html")
    return message


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(app_name=settings().app_name, base_url=settings().base_url)
    return environment


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)  # what stays are the media queries
