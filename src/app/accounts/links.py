"""Mailed links: signed by us, remembered in the database, good for one use."""

from datetime import timedelta
from hashlib import sha256

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.accounts.errors import InvalidLink
from app.accounts.models import Link, User
from app.database import from_now
from app.settings import settings

CONFIRM = "confirm"


async def issue(db: AsyncSession, user: User, purpose: str, *, lifetime: timedelta) -> Link:
    """Remember a new link for the user's present address."""
    link = Link(purpose=purpose, user_id=user.id, sent_to=user.email, expires_at=from_now(lifetime))
    db.add(link)
    await db.flush()
    return link


def token(link: Link) -> str:
    """The secret part of the link's address; the same each time, so that a mail sent twice says the same."""
    text: str = _serializer(link.purpose).dumps(link.id)
    return text


async def find(db: AsyncSession, purpose: str, token: str) -> Link:
    """The link with its user, still unused, or InvalidLink."""
    query = select(Link).options(joinedload(Link.user)).where(Link.id == _id(purpose, token))
    link = (await db.scalars(query.where(Link.purpose == purpose, *_usable()))).one_or_none()
    if link is None or link.sent_to != link.user.email:
        raise InvalidLink
    return link


async def use(db: AsyncSession, purpose: str, token: str) -> User:
    """The user whom the link was sent to, or InvalidLink; of two uses at once, the database lets one win."""
    link = await find(db, purpose, token)
    used = update(Link).where(Link.id == link.id, *_usable()).values(used_at=from_now()).returning(Link.id)
    if await db.scalar(used) is None:
        raise InvalidLink
    return link.user


def _usable() -> tuple[ColumnElement[bool], ...]:
    return Link.used_at.is_(None), Link.expires_at > from_now()


def _id(purpose: str, token: str) -> int:
    try:
        link_id: int = _serializer(purpose).loads(token)
    except BadData:
        raise InvalidLink from None
    return link_id


def _serializer(purpose: str) -> URLSafeSerializer:
    # Keys oldest first, as itsdangerous wants them: the last one signs, all of them verify.
    keys = [*reversed(settings().secret_key_fallbacks), settings().secret_key]
    # A salt per purpose, so that a link to confirm an account cannot reset a password.
    return URLSafeSerializer(keys, salt=f"link:{purpose}", signer_kwargs={"digest_method": sha256})
