"""Logging in and out: sessions live in the database, so that ending one ends it."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import links, mails
from app.accounts.errors import WrongPassword
from app.accounts.models import Role, User, UserSession
from app.accounts.rows import ROLES, SESSIONS, USERS, session_in
from app.audit import Action, reading, record
from app.database import from_now
from app.jobs import cron
from app.jobs.purging import forget
from app.reader import Reader
from app.settings import Settings, settings

OVERLAP = timedelta(minutes=1)  # a browser that opens several pages at once sends the same token with all of them


async def start(db: AsyncSession, user: User, *, remembered: bool, ip: str, agent: str) -> str:
    """Start a session and return the token for the browser's cookie: 256 random bits, stored as a hash only.

    Raises WrongPassword as `lock_account` does.
    """
    await lock_account(db, user)
    return await _start(db, user, remembered=remembered, ip=ip, agent=agent)


async def _start(db: AsyncSession, user: User, *, remembered: bool, ip: str, agent: str) -> str:
    # The account is locked: two logins at once would not see each other when they count.
    await db.execute(_BUT_THE_NEWEST, {"user_id": user.id, "kept": settings().sessions_per_user - 1})
    token = secrets.token_urlsafe(32)
    until_unused = min(settings().session_idle, settings().session_lifetime)
    db.add(
        UserSession(
            token_hash=_hash(token),
            user_id=user.id,
            remembered=remembered,
            ip=ip,
            agent=agent[:255],
            expires_at=from_now(settings().remember_lifetime if remembered else until_unused),
        )
    )
    return token


async def lock_account(db: AsyncSession, user: User) -> None:
    """Let nobody else change the account until the commit; raises WrongPassword if somebody has since it was read.

    Between the look at a password and what it lets one do lies the hashing, in which the password may be reset.
    """
    if await db.scalar(_LOCK, {"user_id": user.id}) != user.password_hash:
        raise WrongPassword(user)


async def log_in(db: AsyncSession, user: User, *, remembered: bool, ip: str, agent: str, device: str) -> str:
    """Log the user in and return the token for the browser's cookie; tell them, if they never used this `device`.

    Raises WrongPassword as `lock_account` does.
    """
    asked = {"user_id": user.id, "action": Action.LOG_IN, "device": _hash(device)}
    row = (await db.execute(_LOCK_AND_LOOK, asked)).one_or_none()
    if row is None or row.password_hash != user.password_hash:
        raise WrongPassword(user)
    if row.has_resets:
        await links.revoke_resets(db, user)
    token = await _start(db, user, remembered=remembered, ip=ip, agent=agent)
    event = record(db, Action.LOG_IN, person=user, by=user, device=_hash(device))
    if row.is_new:
        await mails.post_event(db, "new_device", user, event)
    return token


async def find(db: Reader, token: str) -> UserSession | None:
    """The living session with its user and their role, in one query."""
    row = await db.first(_living_one(settings()), {"hash": _hash(token)})
    if row is None:
        return None
    found = session_in(values := iter(row))
    found.has_rested, found.has_aged = values
    return found


async def authenticated_recently(db: AsyncSession, session: UserSession) -> bool:
    """Whether its user has shown within SUDO_LIFETIME who they are."""
    recent = UserSession.authenticated_at > from_now(-settings().sudo_lifetime)
    return await db.scalar(select(UserSession.id).where(UserSession.id == session.id, recent)) is not None


async def renew(db: AsyncSession, session: UserSession, user: User) -> str:
    """Another token for a session whose user has shown again who they are; the former is worth nothing any more."""
    token = secrets.token_urlsafe(32)
    renewed = update(UserSession).where(UserSession.id == session.id)
    now = {"issued_at": from_now(), "authenticated_at": from_now()}
    await db.execute(renewed.values(token_hash=_hash(token), former_hash=None, **now))
    record(db, Action.REAUTHENTICATE, person=user)
    return token


async def reissue(db: AsyncSession, session: UserSession) -> str | None:
    """Another token for a session that has had its own for long, so that a copy is soon worth nothing.

    None if another request has just got one.
    """
    token = secrets.token_urlsafe(32)
    unchanged = update(UserSession).where(UserSession.id == session.id, UserSession.token_hash == session.token_hash)
    given = unchanged.values(token_hash=_hash(token), former_hash=session.token_hash, issued_at=from_now())
    return token if await db.scalar(given.returning(UserSession.id)) else None


async def of_user(db: AsyncSession, user: User) -> Sequence[UserSession]:
    """The user's living sessions, newest first."""
    return (await db.scalars(_NEWEST_FIRST, {"user_id": user.id})).all()


def wants_more_time(session: UserSession) -> bool:
    """Whether a session that is used would end too soon; not at every request, so that pages cost no write."""
    return session.has_rested and not session.remembered and session.expires_at < _last_end(session)


async def give_more_time(db: AsyncSession, session: UserSession) -> None:
    """Let a session that is used go on, but never longer than SESSION_LIFETIME after its login."""
    unused, last = from_now(settings().session_idle), _last_end(session)
    until = case((unused < last, unused), else_=last)
    await db.execute(update(UserSession).where(UserSession.id == session.id).values(expires_at=until))


async def end(db: AsyncSession, token: str) -> None:
    await db.execute(delete(UserSession).where(_with_token(_hash(token))))


async def log_out(db: AsyncSession, user: User, token: str) -> None:
    """End the session at its user's word."""
    await end(db, token)
    record(db, Action.LOG_OUT, person=user)


async def end_one(db: AsyncSession, user: User, session_id: int) -> None:
    """End one of the user's sessions; somebody else's stays."""
    one = delete(UserSession).where(UserSession.user_id == user.id, UserSession.id == session_id)
    if (ended := await db.scalar(one.returning(UserSession.agent))) is not None:
        record(db, Action.END_SESSIONS, person=user, details=ended)


async def end_others(db: AsyncSession, user: User, *, than: UserSession) -> None:
    """End all of the user's sessions but this one."""
    await db.execute(delete(UserSession).where(UserSession.user_id == user.id, UserSession.id != than.id))
    record(db, Action.END_SESSIONS, person=user, details="all others")


async def log_out_everywhere(db: AsyncSession, user: User) -> None:
    """End all of the user's sessions at somebody's word."""
    await end_all(db, user)
    record(db, Action.END_SESSIONS, person=user, details="all")


async def end_all(db: AsyncSession, user: User) -> None:
    """End all of the user's sessions, as a part of what changes their account."""
    await db.execute(delete(UserSession).where(UserSession.user_id == user.id))


@cron("50 3 * * *", name="sessions.purge")
async def purge() -> None:
    """Forget the sessions that ended a month ago."""
    await forget(UserSession, UserSession.expires_at < from_now(-settings().retention))


# What is asked often is put together once: that takes longer than to answer it.
_ACTIVE = User.id == bindparam("user_id"), User.deactivated_at.is_(None)
_LOCK = select(User.password_hash).where(*_ACTIVE).with_for_update()
_LOCK_AND_LOOK = _LOCK.add_columns(reading.DEVICE_IS_NEW.label("is_new"), links.HAS_RESETS.label("has_resets"))
_LIVING = UserSession.user_id == bindparam("user_id"), UserSession.expires_at > from_now()
_NEWEST_FIRST = select(UserSession).where(*_LIVING).order_by(UserSession.id.desc())
_NEWEST = _NEWEST_FIRST.with_only_columns(UserSession.id).limit(bindparam("kept"))
_BUT_THE_NEWEST = (
    delete(UserSession).where(*_LIVING, UserSession.id.not_in(_NEWEST)).execution_options(synchronize_session=False)
)


@lru_cache(maxsize=1)
def _living_one(settings: Settings) -> Select[Any]:
    has_rested = SESSIONS.expires_at < from_now(settings.session_idle - settings.session_touch)
    has_aged = func.coalesce(SESSIONS.issued_at, SESSIONS.created_at) < from_now(-settings.remember_reissue)
    return (
        select(*SESSIONS, *USERS, *ROLES, has_rested, SESSIONS.remembered & has_aged)
        .join_from(UserSession.__table__, User.__table__)
        .join(Role.__table__)
        .where(_with_token(bindparam("hash")), SESSIONS.expires_at > from_now(), USERS.deactivated_at.is_(None))
    )


def _with_token(token_hash: str | BindParameter[str]) -> ColumnElement[bool]:
    lately = SESSIONS.issued_at > from_now(-OVERLAP)
    return or_(SESSIONS.token_hash == token_hash, and_(SESSIONS.former_hash == token_hash, lately))


def _last_end(session: UserSession) -> datetime:
    return session.created_at + settings().session_lifetime


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
