"""People whom an administrator has added: they choose their own password, by a link in a mail."""

from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.accounts import links, mails, passwords, users
from app.accounts.errors import InvalidLink
from app.accounts.models import Link, Role, User
from app.audit import Action, record
from app.database import from_now


async def invite(db: AsyncSession, *, email: str, first_name: str, last_name: str, role: Role) -> User:
    """Add a user without a password and post them a link, or raise EmailTaken."""
    newcomer = User(email=email, first_name=first_name, last_name=last_name, role=role)
    await users.add(db, newcomer)
    record(db, Action.INVITE, person=newcomer, details=role.name)
    await _send(db, newcomer)
    return newcomer


async def send_link(db: AsyncSession, user: User) -> None:
    """Post the invited user another link, or raise Deactivated; those sent before no longer work."""
    record(db, Action.INVITE, person=user, details="again")
    await _send(db, user)


async def _send(db: AsyncSession, user: User) -> None:
    await links.revoke(db, user)
    await mails.post_link(db, await links.issue(db, user, links.INVITE))


async def find(db: AsyncSession, user_id: int, token: str) -> Link:
    """The link, if it was sent to this user; otherwise UsedLink, ExpiredLink or InvalidLink."""
    link = await links.find(db, links.INVITE, token)
    if link.user_id != user_id:
        raise InvalidLink(links.INVITE)
    return link


async def accept(db: AsyncSession, user_id: int, token: str, *, password_hash: str) -> User:
    """Give the invited user their password; the link has shown that they read mail at their address."""
    await find(db, user_id, token)
    user = (await links.use(db, links.INVITE, token)).user
    await passwords.replace(db, user, password_hash=password_hash)
    user.confirmed = True
    record(db, Action.JOIN, person=user, by=user)
    return user


async def renew(db: AsyncSession, user_id: int) -> None:
    """Post another link to somebody whose own has expired; once per lifetime, however often it is asked for."""
    user = await db.get_one(User, user_id, with_for_update=True)
    waiting = exists().where(Link.user_id == user_id, Link.purpose == links.INVITE, Link.expires_at > from_now())
    if user.is_active and user.password_hash is None and not await db.scalar(select(waiting)):
        await send_link(db, user)


async def get(db: AsyncSession, user_id: int) -> User:
    """The invited user with their role, or NoResultFound once they have joined."""
    invited = select(User).options(joinedload(User.role)).where(User.id == user_id, User.password_hash.is_(None))
    return (await db.scalars(invited)).one()


async def revoke(db: AsyncSession, user: User) -> None:
    """Take the invitation back: forget the invited user, and the link with them."""
    record(db, Action.REVOKE_INVITATION, person=user)
    await db.delete(user)


async def pending(db: AsyncSession) -> Sequence[User]:
    """Who was invited and has not joined yet, with their roles, newest first."""
    invited = select(User).options(joinedload(User.role)).where(User.password_hash.is_(None))
    return (await db.scalars(invited.order_by(User.id.desc()))).all()


async def count_pending(db: AsyncSession) -> int:
    return (await db.scalars(select(func.count()).select_from(User).where(User.password_hash.is_(None)))).one()
