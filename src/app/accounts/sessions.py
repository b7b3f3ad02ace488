"""Logging in and out: sessions live in the database, so that ending one ends it."""

import secrets
from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from app.accounts.models import User, UserSession
from app.database import from_now
from app.jobs import cron
from app.jobs.purging import forget
from app.settings import settings


async def start(db: AsyncSession, user: User, *, remembered: bool, ip: str, agent: str) -> str:
    """Log the user in and return the token for the browser's cookie: 256 random bits, stored as a hash only."""
    token = secrets.token_urlsafe(32)
    lifetime = settings().remember_lifetime if remembered else settings().session_lifetime
    db.add(
        UserSession(
            token_hash=_hash(token),
            user_id=user.id,
            remembered=remembered,
            ip=ip,
            agent=agent[:255],
            expires_at=from_now(lifetime),
        )
    )
    return token


async def find(db: AsyncSession, token: str) -> UserSession | None:
    """The living session with its user and their role, in one query."""
    query = (
        select(UserSession)
        .options(contains_eager(UserSession.user).joinedload(User.role))
        .join(UserSession.user)
        .where(UserSession.token_hash == _hash(token), UserSession.expires_at > from_now())
        .where(User.deactivated_at.is_(None))
    )
    return (await db.scalars(query)).one_or_none()


async def of_user(db: AsyncSession, user: User) -> Sequence[UserSession]:
    """The user's living sessions, newest first."""
    living = select(UserSession).where(UserSession.user_id == user.id, UserSession.expires_at > from_now())
    return (await db.scalars(living.order_by(UserSession.id.desc()))).all()


async def end(db: AsyncSession, token: str) -> None:
    await db.execute(delete(UserSession).where(UserSession.token_hash == _hash(token)))


async def end_one(db: AsyncSession, user: User, session_id: int) -> None:
    """End one of the user's sessions; somebody else's stays."""
    await db.execute(delete(UserSession).where(UserSession.user_id == user.id, UserSession.id == session_id))


async def end_others(db: AsyncSession, user: User, *, than: UserSession) -> None:
    """End all of the user's sessions but this one."""
    await db.execute(delete(UserSession).where(UserSession.user_id == user.id, UserSession.id != than.id))


async def end_all(db: AsyncSession, user: User) -> None:
    await db.execute(delete(UserSession).where(UserSession.user_id == user.id))


@cron("50 3 * * *", name="sessions.purge")
async def purge() -> None:
    """Forget the sessions that ended a month ago."""
    await forget(UserSession, UserSession.expires_at < from_now(-settings().retention))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
