"""Mailed links: signed by us, remembered in the database, good for one use."""

from datetime import timedelta
from hashlib import sha256

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import bindparam, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.accounts.errors import Deactivated, ExpiredLink, InvalidLink, UsedLink
from app.accounts.models import Link, User
from app.database import from_now
from app.jobs import cron
from app.jobs.purging import forget
from app.settings import settings

CONFIRM = "confirm"
RESET = "reset"
CHANGE_EMAIL = "change-email"
INVITE = "invite"


async def issue(db: AsyncSession, user: User, purpose: str, *, to: str | None = None) -> Link:
    """Remember a new link, sent to the address that the user has or wants to change to, or raise Deactivated."""
    if not user.is_active:
        raise Deactivated
    link = Link(
        purpose=purpose,
        user_id=user.id,
        issued_for=user.email,
        sent_to=to or user.email,
        expires_at=from_now(lifetime(purpose)),
    )
    db.add(link)
    await db.flush()
    return link


def lifetime(purpose: str) -> timedelta:
    """How long a link of this purpose works."""
    return {
        CONFIRM: settings().confirm_lifetime,
        RESET: settings().reset_lifetime,
        CHANGE_EMAIL: settings().change_email_lifetime,
        INVITE: settings().invite_lifetime,
    }[purpose]


def token(link: Link) -> str:
    """The secret part of the link's address; the same each time, so that a mail sent twice says the same."""
    text: str = _serializer(link.purpose).dumps(link.key)
    return text


async def find(db: AsyncSession, purpose: str, token: str) -> Link:
    """The link with its user, still unused; otherwise UsedLink, ExpiredLink or InvalidLink."""
    query = select(Link, from_now()).options(joinedload(Link.user).joinedload(User.role))
    found = (await db.execute(query.where(Link.key == _key(purpose, token), Link.purpose == purpose))).one_or_none()
    if found is None:
        raise InvalidLink(purpose)
    link, now = found
    if link.issued_for != link.user.email or not link.user.is_active:
        raise InvalidLink(purpose)
    if link.used_at is not None:
        raise UsedLink(purpose)
    if link.expires_at <= now:
        raise ExpiredLink(purpose)
    return link


async def use(db: AsyncSession, purpose: str, token: str) -> Link:
    """The link, used from now on; of two uses at once, the database lets one win."""
    link = await find(db, purpose, token)
    unused = update(Link).where(Link.id == link.id, Link.used_at.is_(None))
    if await db.scalar(unused.values(used_at=from_now()).returning(Link.id)) is None:
        raise UsedLink(purpose)
    return link


async def revoke(db: AsyncSession, user: User) -> None:
    """Forget the user's unused links: they die with the password that they were issued beside."""
    await db.execute(delete(Link).where(*_UNUSED), {"user_id": user.id})


async def revoke_resets(db: AsyncSession, user: User) -> None:
    """Forget the user's unused links that reset the password: whoever logs in knows it."""
    await db.execute(delete(Link).where(*_UNUSED, Link.purpose == RESET), {"user_id": user.id})


@cron("45 3 * * *", name="links.purge")
async def purge() -> None:
    """Forget the links that expired a month ago."""
    await forget(Link, Link.expires_at < from_now(-settings().retention))


# HAS_RESETS is a part of a question: whether there is something for revoke_resets to forget.
_UNUSED = Link.user_id == bindparam("user_id"), Link.used_at.is_(None)
HAS_RESETS = exists().where(*_UNUSED, Link.purpose == RESET)


def _key(purpose: str, token: str) -> str:
    try:
        key: str = _serializer(purpose).loads(token)
    except BadData:
        raise InvalidLink(purpose) from None
    return key


def _serializer(purpose: str) -> URLSafeSerializer:
    # Keys oldest first, as itsdangerous wants them: the last one signs, all of them verify.
    keys = [*reversed(settings().secret_key_fallbacks), settings().secret_key]
    # A salt per purpose, so that a link to confirm an account cannot reset a password.
    return URLSafeSerializer(keys, salt=f"link:{purpose}", signer_kwargs={"digest_method": sha256})
