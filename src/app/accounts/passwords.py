"""What a password must be, whether it is the right one, and how it is changed."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.accounts import emails, links, mails, sessions, users
from app.accounts.errors import InvalidEmail, WeakPassword, WrongPassword
from app.accounts.hashing import hash_password, verify_password
from app.accounts.models import User
from app.audit import Action, record
from app.settings import settings


def check(password: str) -> None:
    """Raise WeakPassword unless the length is allowed; any characters are (ASVS 5.0, 6.2.5)."""
    if len(password) < settings().password_min:
        raise WeakPassword(f"A password has at least {settings().password_min} characters.")
    if len(password) > settings().password_max:
        raise WeakPassword(f"A password has at most {settings().password_max} characters.")


async def hashed(password: str) -> str:
    """The hash to store, or WeakPassword; to be made before a transaction, which it would hold up."""
    check(password)
    return await hash_password(password)


async def authenticate(db: AsyncSession, *, email: str, password: str) -> User:
    """The active user with this address and password and their role, or WrongPassword, after the same time."""
    try:
        known = select(User).options(joinedload(User.role)).where(User.email == emails.normalise(email))
        user = (await db.scalars(known.where(User.deactivated_at.is_(None)))).one_or_none()
    except InvalidEmail:
        user = None
    await db.close()  # gives the connection back: others need it while this one waits for its hash
    right = await verify_password(password, user.password_hash if user else None)
    if user is None or not right:
        raise WrongPassword(user)
    return user


async def verify(user: User, password: str) -> None:
    """Raise WrongPassword unless it is the user's."""
    if not await verify_password(password, user.password_hash):
        raise WrongPassword(user)


async def change(db: AsyncSession, user: User, *, password_hash: str) -> None:
    """Set another password, as its owner wants it."""
    await replace(db, user, password_hash=password_hash)
    event = record(db, Action.CHANGE_PASSWORD, person=user)
    await mails.post_event(db, "password_changed", user, event)


async def replace(db: AsyncSession, user: User, *, password_hash: str) -> None:
    """Set another password. What the old one had let in ends with it: every session, and every link."""
    user.password_hash = password_hash
    await links.revoke(db, user)
    await sessions.end_all(db, user)


async def ask_to_reset(db: AsyncSession, *, email: str) -> None:
    """Post a link to the owner of the address; to nobody, if nobody has it."""
    user = await users.with_email(db, email)
    if user is not None and user.is_active:
        await send_reset(db, user)


async def send_reset(db: AsyncSession, user: User) -> None:
    """Post the user a link that resets their password."""
    record(db, Action.ASK_TO_RESET, person=user)
    await mails.post_reset_password(db, await links.issue(db, user, links.RESET))


async def reset(db: AsyncSession, token: str, *, password_hash: str) -> User:
    """Set another password for the user whom the link was sent to, or raise InvalidLink.

    It confirms the account, too: the link has shown who reads the mail there, and whoever registered the
    address before its owner did is out.
    """
    user = (await links.use(db, links.RESET, token)).user
    await replace(db, user, password_hash=password_hash)
    user.confirmed = True
    event = record(db, Action.RESET_PASSWORD, person=user, by=user)
    await mails.post_event(db, "password_changed", user, event)
    return user
